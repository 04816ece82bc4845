//! [`AzureAuth`]: the managed identity of an Azure machine.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secret_source::SecretError;
use serde::Deserialize;

use crate::BuildError;
use crate::secret_text::SecretText;

use super::environment::Variables;
use super::login_form::LoginForm;
use super::metadata::{Metadata, Question};

/// The address that every Azure machine finds its metadata service at.
const METADATA: &str = "http://169.254.169.254";

/// 404: the service is being updated; 410: it will be back within 70 seconds. Both are to be asked again:
/// <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token#error-handling>
const BUSY: &[u16] = &[404, 410];

/// Logs in as the managed identity of the machine, which the instance metadata service vouches for.
#[derive(Clone, Debug)]
pub struct AzureAuth {
    pub(crate) identity_id: String,
    resource: String,
    metadata_endpoint: String,
}

impl AzureAuth {
    /// Takes the id of the identity in Infisical.
    pub fn new(identity_id: impl Into<String>) -> Self {
        Self {
            identity_id: identity_id.into(),
            resource: "https://management.azure.com/".to_owned(),
            metadata_endpoint: METADATA.to_owned(),
        }
    }

    /// Sets the resource that the token is for, as the identity expects it
    /// (default: `https://management.azure.com/`).
    #[must_use]
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// Sets where the metadata service is (default: `http://169.254.169.254`), for tests.
    #[must_use]
    pub fn metadata_endpoint(mut self, origin: impl Into<String>) -> Self {
        self.metadata_endpoint = origin.into();
        self
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID` (or `INFISICAL_AZURE_AUTH_IDENTITY_ID`).
    ///
    /// # Errors
    ///
    /// Fails where no identity is set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = variables.identity(&["INFISICAL_AZURE_AUTH_IDENTITY_ID"]);
        identity
            .map(Self::new)
            .map_err(|fault| BuildError::new(vec![fault]))
    }

    /// The token's form: <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>
    pub(crate) async fn form(&self, metadata: &Metadata) -> Result<LoginForm, SecretError> {
        #[derive(Deserialize)]
        struct Answer {
            access_token: SecretText,
        }

        let resource = utf8_percent_encode(&self.resource, NON_ALPHANUMERIC);
        let answer: Answer = metadata
            .json(&Question {
                service: "Azure's metadata service",
                origin: &self.metadata_endpoint,
                target: format!(
                    "/metadata/identity/oauth2/token?api-version=2018-02-01&resource={resource}"
                ),
                header: Some(("Metadata", "true")),
                bearer: None,
                body: None,
                busy: BUSY,
            })
            .await?;
        Ok(LoginForm::new("POST /api/v1/auth/azure-auth/login")
            .with("identityId", self.identity_id.as_str())
            .with("jwt", answer.access_token.0))
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::IDENTITY;
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_the_identity() {
        for name in [IDENTITY, "INFISICAL_AZURE_AUTH_IDENTITY_ID"] {
            let auth = with(&[(name, "id")], AzureAuth::from_variables).unwrap();
            assert_eq!(auth.identity_id, "id");
        }
        let error = with(&[], AzureAuth::from_variables).unwrap_err();
        assert!(error.to_string().contains(IDENTITY), "{error}");
    }
}
