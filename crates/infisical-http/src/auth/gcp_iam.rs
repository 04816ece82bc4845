//! [`GcpIamAuth`]: the key of a Google service account.

use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;
use serde::Deserialize;
use serde_json::json;

use crate::secret_text::SecretText;
use crate::{BuildError, ServerAddress};

use super::environment::{Variables, both, needed};
use super::login_form::LoginForm;
use super::metadata::{Metadata, Question};

const GOOGLE: &str = "Google's IAM service";
const IAM: &str = "https://iamcredentials.googleapis.com";
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";

/// How long the assertion is valid, which is exchanged at once: as long as Google allows, and from a little
/// before now, so that a clock may be a minute fast or most of an hour slow.
const ASSERTION_LIFE: Duration = Duration::from_secs(3600);
const FAST_CLOCK: Duration = Duration::from_secs(60);

/// Logs in as a Google service account whose key file is at hand, with a JWT that Google's IAM signs.
#[derive(Clone)]
pub struct GcpIamAuth {
    pub(crate) identity_id: String,
    pub(crate) key_file: PathBuf,
    iam_endpoint: String,
}

/// What matters of a service account's key file.
#[derive(Deserialize)]
struct Key {
    client_email: String,
    private_key: SecretText,
    token_uri: Option<String>,
}

impl GcpIamAuth {
    /// Takes the id of the identity in Infisical, and the service account's key file (JSON), which is read
    /// at each login.
    pub fn new(identity_id: impl Into<String>, key_file: impl Into<PathBuf>) -> Self {
        Self {
            identity_id: identity_id.into(),
            key_file: key_file.into(),
            iam_endpoint: IAM.to_owned(),
        }
    }

    /// Sets where the IAM service is (default: `https://iamcredentials.googleapis.com`), for tests.
    ///
    /// It is sent a token for all of the service account's Google Cloud, so it must be https, or this machine.
    #[must_use]
    pub fn iam_endpoint(mut self, origin: impl Into<String>) -> Self {
        self.iam_endpoint = origin.into();
        self
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID` (or `INFISICAL_GCP_AUTH_IDENTITY_ID`) and
    /// `INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH`.
    ///
    /// # Errors
    ///
    /// Fails with the names of all variables that are needed and not set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = variables.identity(&["INFISICAL_GCP_AUTH_IDENTITY_ID"]);
        let name = "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH";
        let file = needed(variables.text(&[name]), name);
        let (identity, file) = both(identity, file)?;
        Ok(Self::new(identity, file))
    }

    /// The calls: <https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt>,
    /// with an access token by <https://datatracker.ietf.org/doc/html/rfc7523>.
    pub(crate) async fn form(
        &self,
        key_file: &SecretString,
        metadata: &Metadata,
    ) -> Result<LoginForm, SecretError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Signed {
            signed_jwt: SecretText,
        }

        let key: Key = serde_json::from_str(key_file.expose_secret())
            .map_err(|_| not_a_key(&self.key_file))?;
        let access_token = access_token(&key, metadata).await?;
        let claims = json!({ "sub": key.client_email, "aud": self.identity_id }).to_string();
        let email = utf8_percent_encode(&key.client_email, NON_ALPHANUMERIC);
        let body = json!({ "payload": claims }).to_string();
        let signed: Signed = metadata
            .json(&Question {
                service: GOOGLE,
                origin: &self.iam_endpoint,
                target: format!("/v1/projects/-/serviceAccounts/{email}:signJwt"),
                header: None,
                bearer: Some(&access_token),
                body: Some(("application/json", body.into())),
                busy: &[],
            })
            .await?;
        Ok(LoginForm::new("POST /api/v1/auth/gcp-auth/login")
            .with("identityId", self.identity_id.as_str())
            .with("jwt", signed.signed_jwt.0))
    }
}

async fn access_token(key: &Key, metadata: &Metadata) -> Result<SecretString, SecretError> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: SecretText,
    }

    let uri = key.token_uri.as_deref().unwrap_or(TOKEN_URI);
    let (origin, target) = split(uri)?;
    let assertion = assertion(key, uri, SystemTime::now())?;
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
    let body = format!("grant_type={grant}&assertion={}", assertion.expose_secret());
    let answer: Answer = metadata
        .json(&Question {
            service: GOOGLE,
            origin,
            target: target.to_owned(),
            header: None,
            bearer: None,
            body: Some(("application/x-www-form-urlencoded", body.into())),
            busy: &[],
        })
        .await?;
    Ok(answer.access_token.0)
}

/// Signs the claim to be the service account (RS256).
fn assertion(key: &Key, audience: &str, now: SystemTime) -> Result<SecretString, SecretError> {
    let unusable = || {
        SecretError::invalid("the private key of the service account cannot be used")
            .with_hint("download the key file again: an RSA key in PKCS #8 is needed")
    };
    let pem = key.private_key.0.expose_secret().as_bytes();
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| unusable())?;
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| unusable())?;
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let issued = now.saturating_sub(FAST_CLOCK);
    let claims = json!({
        "iss": key.client_email,
        "scope": SCOPE,
        "aud": audience,
        "iat": issued.as_secs(),
        "exp": (issued + ASSERTION_LIFE).as_secs(),
    });
    let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .map_err(|_| unusable())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

/// Splits a token URI; an assertion goes over TLS, or to this machine in tests.
fn split(uri: &str) -> Result<(&str, &str), SecretError> {
    let path = uri
        .match_indices('/')
        .nth(2)
        .map_or(uri.len(), |(index, _)| index);
    let (origin, target) = uri.split_at(path);
    match ServerAddress::parse(origin) {
        Ok(server) if server.is_https() || server.is_loopback() => Ok((origin, target)),
        _ => Err(
            SecretError::invalid("the key file names a token URI that is not https")
                .with_hint("download the service account's key file again"),
        ),
    }
}

fn not_a_key(path: &std::path::Path) -> SecretError {
    SecretError::invalid(format!("{} is not a service account's key", path.display()))
        .with_hint("name the JSON file that Google Cloud gave for the service account")
}

/// Shows where the key is.
impl fmt::Debug for GcpIamAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GcpIamAuth")
            .field("identity_id", &self.identity_id)
            .field("key_file", &self.key_file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_identity_and_key_file() {
        let set = [
            ("INFISICAL_GCP_AUTH_IDENTITY_ID", "id"),
            (
                "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH",
                "/run/key.json",
            ),
        ];
        let auth = with(&set, GcpIamAuth::from_variables).unwrap();
        assert_eq!(auth.identity_id, "id");
        assert!(auth.key_file.ends_with("key.json"));
        let error = with(&[], GcpIamAuth::from_variables).unwrap_err();
        assert_eq!(error.faults().len(), 2, "{error}");
    }

    #[test]
    fn an_assertion_goes_over_tls_or_to_this_machine() {
        assert_eq!(
            split("https://oauth2.googleapis.com/token").unwrap(),
            ("https://oauth2.googleapis.com", "/token")
        );
        assert!(split("http://127.0.0.1:80/token").is_ok());
        assert!(split("http://example.com/token").is_err());
        assert!(split("nonsense").is_err());
    }
}
