//! [`AuthMethod`]: the ways to log in, their words, and what each cannot do without.

/// Says how to log in, where the settings say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthMethod {
    /// Universal auth: a client id and a client secret.
    Universal,
    /// An access token that someone else obtained.
    Token,
    /// The service account of a Kubernetes pod.
    Kubernetes,
    /// An id token of an OpenID Connect issuer.
    Oidc,
    /// A JWT of an issuer that the identity trusts.
    Jwt,
    /// A signed request to AWS. Needs the feature `aws`.
    Aws,
    /// The service account of a Google Cloud machine.
    GcpIdToken,
    /// The key of a Google service account.
    GcpIam,
    /// The managed identity of an Azure machine.
    Azure,
    /// The name and password of an LDAP directory.
    Ldap,
}

/// A setting that a login needs, with the variable that hints name.
pub(super) type Need = (&'static str, &'static str);

pub(super) const CLIENT_ID: Need = ("client_id", "INFISICAL_CLIENT_ID");
pub(super) const CLIENT_SECRET: Need = ("client_secret", "INFISICAL_CLIENT_SECRET");
pub(super) const TOKEN: Need = ("token", "INFISICAL_TOKEN");
pub(super) const IDENTITY: Need = ("identity_id", "INFISICAL_MACHINE_IDENTITY_ID");
const JWT: Need = ("jwt", "INFISICAL_JWT");
const GCP_KEY: Need = (
    "gcp_key_file",
    "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH",
);
const LDAP_USERNAME: Need = ("ldap_username", "INFISICAL_LDAP_USERNAME");
const LDAP_PASSWORD: Need = ("ldap_password", "INFISICAL_LDAP_PASSWORD");

impl AuthMethod {
    pub(super) const ALL: [Self; 10] = [
        Self::Universal,
        Self::Token,
        Self::Kubernetes,
        Self::Oidc,
        Self::Jwt,
        Self::Aws,
        Self::GcpIdToken,
        Self::GcpIam,
        Self::Azure,
        Self::Ldap,
    ];

    /// Returns the words for it: ours first, then that of Infisical's own command line.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Universal => &["universal-auth", "universal"],
            Self::Token => &["token"],
            Self::Kubernetes => &["kubernetes"],
            Self::Oidc => &["oidc", "oidc-auth"],
            Self::Jwt => &["jwt", "jwt-auth"],
            Self::Aws => &["aws", "aws-iam"],
            Self::GcpIdToken => &["gcp-id-token"],
            Self::GcpIam => &["gcp-iam"],
            Self::Azure => &["azure"],
            Self::Ldap => &["ldap", "ldap-auth"],
        }
    }

    /// Returns the first of its words.
    pub(crate) fn word(self) -> &'static str {
        self.words().first().copied().unwrap_or_default()
    }

    /// Finds the method that a word means, in any case.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let means = |other: &&str| other.eq_ignore_ascii_case(word);
        let mut all = Self::ALL.into_iter();
        all.find(|method| method.words().iter().any(means))
    }

    /// Returns the settings that it cannot do without.
    pub(super) fn needs(self) -> &'static [Need] {
        match self {
            Self::Universal => &[CLIENT_ID, CLIENT_SECRET],
            Self::Token => &[TOKEN],
            Self::Oidc | Self::Jwt => &[IDENTITY, JWT],
            Self::Kubernetes | Self::Aws | Self::GcpIdToken | Self::Azure => &[IDENTITY],
            Self::GcpIam => &[IDENTITY, GCP_KEY],
            Self::Ldap => &[IDENTITY, LDAP_USERNAME, LDAP_PASSWORD],
        }
    }
}

/// Tells whether a setting chooses a login or is needed by one, so that whoever sets it means Infisical to
/// be used.
pub(super) fn is_part_of_a_login(setting: &str) -> bool {
    let needs = |method: AuthMethod| method.needs().iter().any(|(need, _)| *need == setting);
    setting == "auth_method" || AuthMethod::ALL.into_iter().any(needs)
}
