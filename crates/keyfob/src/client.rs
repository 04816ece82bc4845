//! The client of Infisical, from settings.

use std::path::PathBuf;
use std::time::Duration;

use infisical_http::{
    Auth, AzureAuth, BuildFault, GcpIamAuth, GcpIdTokenAuth, Infisical, InfisicalBuilder, JwtAuth,
    KubernetesAuth, LdapAuth, OidcAuth, TokenAuth, UniversalAuth,
};
use secret_source::ExposeSecret;

use crate::settings::{AuthMethod, EffectiveSetting, Fault, Mode, Provenance, Settings};

/// How long Infisical itself remembers the state of a list: fifteen minutes.
const LONGEST_CONDITIONAL: Duration = Duration::from_secs(15 * 60);

/// Builds the client of Infisical where the settings ask for one.
pub(crate) fn client(
    settings: &Settings,
    effective: &[EffectiveSetting],
    mode: Option<Mode>,
) -> Result<Option<Infisical>, Vec<Fault>> {
    let (Some(Mode::Infisical(method)), Some(address)) = (mode, &settings.address) else {
        return Ok(None);
    };
    let files = |name: &str| file_of(name, effective);
    // Where nothing comes back, something is set that could not be read, which is a fault already.
    let Some(auth) = auth(method, settings, files)? else {
        return Ok(None);
    };
    let mut client = tuned(&address.to_string(), settings)
        .allow_http(settings.allow_http)
        .auth(auth);
    // The certificate is for this server; a tenant's has no business with it.
    if let Some(path) = &settings.client_cert_file {
        client = client.client_cert_file(path);
    }
    if let Some(path) = &settings.client_key_file {
        client = client.client_key_file(path);
    }
    if let Some(project) = &settings.project {
        client = client.project(project);
    }
    if let Some(slug) = &settings.organization {
        client = client.organization(slug);
    }
    client.build().map(Some).map_err(|error| {
        let fault =
            |fault: &BuildFault| Fault::new(fault.setting(), fault.message()).hint_at(fault.hint());
        error.faults().iter().map(fault).collect()
    })
}

/// Begins a client with the limits of the stack and its way through the network, which are the same for
/// each of its servers.
pub(crate) fn tuned(address: &str, settings: &Settings) -> InfisicalBuilder {
    let mut client = Infisical::builder(address)
        .connect_timeout(settings.connect_timeout)
        .request_timeout(settings.request_timeout)
        .lookup_deadline(settings.look_up_limit())
        .retries(settings.retries)
        .retry_delay(settings.retry_delay)
        .retry_max_delay(settings.retry_max_delay)
        .requests_per_minute(settings.requests_per_minute)
        .log_names(settings.log_names)
        .conditional_for(settings.value_lifetime().min(LONGEST_CONDITIONAL))
        .system_proxy(settings.system_proxy);
    if let Some(path) = &settings.ca_file {
        client = client.ca_file(path);
    }
    if let Some(url) = &settings.proxy {
        client = client.proxy(url.clone());
    }
    client
}

/// Makes the way to log in. A credential that came from a file is read again at each login, so that it can
/// be replaced without a restart.
fn auth(
    method: AuthMethod,
    settings: &Settings,
    file_of: impl Fn(&str) -> Option<PathBuf>,
) -> Result<Option<Auth>, Vec<Fault>> {
    let identity = settings.identity_id.as_deref().unwrap_or_default();
    Ok(match method {
        AuthMethod::Universal => {
            let pair = settings
                .client_id
                .as_ref()
                .zip(settings.client_secret.as_ref());
            pair.map(|(id, secret)| match file_of("client_secret") {
                Some(path) => UniversalAuth::secret_file(id.expose_secret(), path).into(),
                None => UniversalAuth::new(id.expose_secret(), secret.clone()).into(),
            })
        }
        AuthMethod::Token => settings.token.clone().map(|token| match file_of("token") {
            Some(path) => TokenAuth::token_file(path).into(),
            None => TokenAuth::new(token).into(),
        }),
        AuthMethod::Kubernetes => {
            let auth = KubernetesAuth::new(identity);
            Some(auth.token_file(&settings.kubernetes_token_file).into())
        }
        AuthMethod::Oidc => settings.jwt.clone().map(|jwt| match file_of("jwt") {
            Some(path) => OidcAuth::jwt_file(identity, path).into(),
            None => OidcAuth::new(identity, jwt).into(),
        }),
        AuthMethod::Jwt => settings.jwt.clone().map(|jwt| match file_of("jwt") {
            Some(path) => JwtAuth::jwt_file(identity, path).into(),
            None => JwtAuth::new(identity, jwt).into(),
        }),
        AuthMethod::Aws => return aws(identity, &settings.aws_region).map(Some),
        AuthMethod::GcpIdToken => Some(GcpIdTokenAuth::new(identity).into()),
        AuthMethod::GcpIam => {
            let key_file = settings.gcp_key_file.as_ref();
            key_file.map(|path| GcpIamAuth::new(identity, path).into())
        }
        AuthMethod::Azure => {
            let auth = AzureAuth::new(identity);
            Some(auth.resource(&settings.azure_resource).into())
        }
        AuthMethod::Ldap => {
            let pair = settings
                .ldap_username
                .as_ref()
                .zip(settings.ldap_password.as_ref());
            pair.map(|(name, password)| match file_of("ldap_password") {
                Some(path) => LdapAuth::password_file(identity, name.expose_secret(), path).into(),
                None => LdapAuth::new(identity, name.expose_secret(), password.clone()).into(),
            })
        }
    })
}

#[cfg(feature = "aws")]
fn aws(identity: &str, region: &str) -> Result<Auth, Vec<Fault>> {
    Ok(infisical_http::AwsAuth::new(identity, region).into())
}

#[cfg(not(feature = "aws"))]
fn aws(_: &str, _: &str) -> Result<Auth, Vec<Fault>> {
    let fault = Fault::new(
        "auth_method",
        "this program was built without the login of AWS",
    );
    Err(vec![fault.at("INFISICAL_AUTH_METHOD").hint_at(
        "build it with keyfob's feature `aws`, or choose another method",
    )])
}

/// Returns the file that a setting was read from, where its variable named one.
fn file_of(name: &str, effective: &[EffectiveSetting]) -> Option<PathBuf> {
    let setting = effective.iter().find(|setting| setting.name == name)?;
    match &setting.from {
        Provenance::File { path, .. } => Some(path.into()),
        _ => None,
    }
}
