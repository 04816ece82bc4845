//! [`JwtAuth`]: a JWT of an issuer whose keys Infisical knows.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;
use secret_source::SecretError;

use crate::BuildError;

use super::credential::Credential;
use super::environment::{IDENTITY, Variables, both, needed};
use super::login_form::LoginForm;

/// Logs in with a JWT that is signed with a key, or by an issuer, which the identity is set up to trust.
#[derive(Clone)]
pub struct JwtAuth {
    pub(crate) identity_id: String,
    pub(crate) jwt: Credential,
}

impl JwtAuth {
    /// Takes the id of the identity, and a token as it is.
    pub fn new(identity_id: impl Into<String>, jwt: impl Into<SecretString>) -> Self {
        Self {
            identity_id: identity_id.into(),
            jwt: Credential::Text(jwt.into()),
        }
    }

    /// Takes the token from a file that is read at each login, since such tokens live for minutes.
    pub fn jwt_file(identity_id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            identity_id: identity_id.into(),
            jwt: Credential::File(path.into()),
        }
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID`, and the token from `INFISICAL_JWT` or from
    /// the file that `INFISICAL_JWT_FILE` names.
    ///
    /// # Errors
    ///
    /// Fails with the names of all variables that are needed and not set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = needed(variables.text(&[IDENTITY]), IDENTITY);
        let jwt = needed(variables.credential(&["INFISICAL_JWT"]), "INFISICAL_JWT");
        let (identity_id, jwt) = both(identity, jwt)?;
        Ok(Self { identity_id, jwt })
    }

    pub(crate) async fn form(&self) -> Result<LoginForm, SecretError> {
        Ok(LoginForm::new("POST /api/v1/auth/jwt-auth/login")
            .with("identityId", self.identity_id.as_str())
            .with("jwt", self.jwt.read().await?))
    }
}

/// Shows no credential.
impl fmt::Debug for JwtAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtAuth")
            .field("identity_id", &self.identity_id)
            .finish_non_exhaustive()
    }
}
