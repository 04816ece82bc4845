//! [`GcpIdTokenAuth`]: the service account of a Google Cloud machine.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secret_source::SecretError;

use crate::BuildError;

use super::environment::Variables;
use super::login_form::LoginForm;
use super::metadata::{Metadata, Question};

/// The name that every Google Cloud machine finds its metadata server under.
const METADATA: &str = "http://metadata.google.internal";

/// Logs in as the service account that is attached to the machine, which the metadata server vouches for.
#[derive(Clone, Debug)]
pub struct GcpIdTokenAuth {
    pub(crate) identity_id: String,
    metadata_endpoint: String,
}

impl GcpIdTokenAuth {
    /// Takes the id of the identity in Infisical, which is also the token's audience.
    pub fn new(identity_id: impl Into<String>) -> Self {
        Self {
            identity_id: identity_id.into(),
            metadata_endpoint: METADATA.to_owned(),
        }
    }

    /// Sets where the metadata server is (default: `http://metadata.google.internal`), for tests.
    #[must_use]
    pub fn metadata_endpoint(mut self, origin: impl Into<String>) -> Self {
        self.metadata_endpoint = origin.into();
        self
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID` (or `INFISICAL_GCP_AUTH_IDENTITY_ID`).
    ///
    /// # Errors
    ///
    /// Fails where no identity is set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = variables.identity(&["INFISICAL_GCP_AUTH_IDENTITY_ID"]);
        identity
            .map(Self::new)
            .map_err(|fault| BuildError::new(vec![fault]))
    }

    /// The token's form: <https://cloud.google.com/compute/docs/instances/verifying-instance-identity>
    pub(crate) async fn form(&self, metadata: &Metadata) -> Result<LoginForm, SecretError> {
        let audience = utf8_percent_encode(&self.identity_id, NON_ALPHANUMERIC);
        let token = metadata
            .text(&Question {
                service: "Google's metadata server",
                origin: &self.metadata_endpoint,
                target: format!(
                    "/computeMetadata/v1/instance/service-accounts/default/identity\
                     ?audience={audience}&format=full"
                ),
                header: Some(("Metadata-Flavor", "Google")),
                bearer: None,
                body: None,
                busy: &[],
            })
            .await?;
        Ok(LoginForm::new("POST /api/v1/auth/gcp-auth/login")
            .with("identityId", self.identity_id.as_str())
            .with("jwt", token))
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::IDENTITY;
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_the_identity() {
        for name in [IDENTITY, "INFISICAL_GCP_AUTH_IDENTITY_ID"] {
            let auth = with(&[(name, "id")], GcpIdTokenAuth::from_variables).unwrap();
            assert_eq!(auth.identity_id, "id");
        }
        let error = with(&[], GcpIdTokenAuth::from_variables).unwrap_err();
        assert!(error.to_string().contains(IDENTITY), "{error}");
    }
}
