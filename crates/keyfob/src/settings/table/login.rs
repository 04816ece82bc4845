//! The settings of the login.

use super::{ANYTHING, NAME, SLUG, Setting};
use crate::settings::form::Form;

pub(super) const TABLE: &[Setting] = &[
    Setting {
        name: "auth_method",
        variables: &["INFISICAL_AUTH_METHOD"],
        default: None,
        form: Form::Login(|settings, method| settings.auth_method = Some(method)),
        doc: "How to log in. Unset, that is universal auth or the token, whichever is set; two sets of credentials need it, and so do all other methods.",
    },
    Setting {
        name: "client_id",
        variables: &["INFISICAL_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"],
        default: None,
        form: Form::Secret(|settings, id| settings.client_id = Some(id)),
        doc: "The client id of a machine identity with universal auth.",
    },
    Setting {
        name: "client_secret",
        variables: &[
            "INFISICAL_CLIENT_SECRET",
            "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
        ],
        default: None,
        form: Form::Secret(|settings, secret| settings.client_secret = Some(secret)),
        doc: "The client secret that belongs to the client id.",
    },
    Setting {
        name: "token",
        variables: &["INFISICAL_TOKEN", "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN"],
        default: None,
        form: Form::Secret(|settings, token| settings.token = Some(token)),
        doc: "An access token, used as it is and never renewed.",
    },
    Setting {
        name: "identity_id",
        variables: &["INFISICAL_MACHINE_IDENTITY_ID"],
        default: None,
        form: Form::Text(NAME, |settings, id| settings.identity_id = Some(id)),
        doc: "The id of the machine identity, for all methods but universal auth and the token.",
    },
    Setting {
        name: "jwt",
        variables: &["INFISICAL_JWT", "INFISICAL_OIDC_AUTH_JWT"],
        default: None,
        form: Form::Secret(|settings, jwt| settings.jwt = Some(jwt)),
        doc: "The token for the methods `oidc` and `jwt`.",
    },
    Setting {
        name: "kubernetes_token_file",
        variables: &["INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH"],
        default: Some("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        form: Form::Path(|settings, path| settings.kubernetes_token_file = path),
        doc: "The file with the service account's token, for the method `kubernetes`. It is read at each login.",
    },
    Setting {
        name: "ldap_username",
        variables: &["INFISICAL_LDAP_USERNAME"],
        default: None,
        form: Form::Secret(|settings, name| settings.ldap_username = Some(name)),
        doc: "The name for the method `ldap`.",
    },
    Setting {
        name: "ldap_password",
        variables: &["INFISICAL_LDAP_PASSWORD"],
        default: None,
        form: Form::Secret(|settings, password| settings.ldap_password = Some(password)),
        doc: "The password for the method `ldap`.",
    },
    Setting {
        name: "gcp_key_file",
        variables: &["INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH"],
        default: None,
        form: Form::Path(|settings, path| settings.gcp_key_file = Some(path)),
        doc: "The service account's key file, for the method `gcp-iam`. It is read at each login.",
    },
    Setting {
        name: "azure_resource",
        variables: &["KEYFOB_AZURE_RESOURCE"],
        default: Some("https://management.azure.com/"),
        form: Form::Text(ANYTHING, |settings, resource| {
            settings.azure_resource = resource
        }),
        doc: "The resource that the machine's token is for, with the method `azure`.",
    },
    Setting {
        name: "aws_region",
        // Not `AWS_DEFAULT_REGION` as well: AWS allows both to differ, and here that would be a fault.
        variables: &["AWS_REGION"],
        default: Some("us-east-1"),
        form: Form::Text(NAME, |settings, region| settings.aws_region = region),
        doc: "The region whose STS vouches for the machine, with the method `aws`.",
    },
    Setting {
        name: "organization",
        variables: &["INFISICAL_AUTH_ORGANIZATION_SLUG"],
        default: None,
        form: Form::Text(SLUG, |settings, slug| settings.organization = Some(slug)),
        doc: "The organization that a login is for, by slug, where the identity is in several.",
    },
];
