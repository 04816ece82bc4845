//! [`JwtAuth`]: a JWT of an issuer whose keys Infisical knows.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::BuildError;

use super::assertion::Assertion;
use super::environment::Variables;
use super::login_form::LoginForm;

/// Logs in with a JWT that is signed with a key, or by an issuer, which the identity is set up to trust.
#[derive(Clone)]
pub struct JwtAuth(pub(crate) Assertion);

impl JwtAuth {
    /// Takes the id of the identity, and a token as it is.
    pub fn new(identity_id: impl Into<String>, jwt: impl Into<SecretString>) -> Self {
        Self(Assertion::text(identity_id, jwt))
    }

    /// Takes the token from a file that is read at each login, since such tokens live for minutes.
    pub fn jwt_file(identity_id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self(Assertion::file(identity_id, path))
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID`, and the token from `INFISICAL_JWT` or from the file that
    /// `INFISICAL_JWT_FILE` names.
    ///
    /// # Errors
    ///
    /// Fails with the names of all variables that are needed and not set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        Assertion::from_variables(variables, &[], &[]).map(Self)
    }

    pub(crate) fn form(&self, jwt: &SecretString) -> LoginForm {
        self.0.form("POST /api/v1/auth/jwt-auth/login", jwt)
    }
}

/// Shows no credential.
impl fmt::Debug for JwtAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_as("JwtAuth", f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_identity_and_token() {
        let identity = ("INFISICAL_MACHINE_IDENTITY_ID", "id");
        let set = [identity, ("INFISICAL_JWT", "jwt")];
        let auth = with(&set, JwtAuth::from_variables).unwrap();
        assert_eq!(auth.0.identity_id, "id");
        assert!(!auth.0.jwt.is_file());
        let set = [identity, ("INFISICAL_JWT_FILE", "/run/jwt")];
        assert!(with(&set, JwtAuth::from_variables).unwrap().0.jwt.is_file());
        let error = with(&[], JwtAuth::from_variables).unwrap_err();
        assert_eq!(error.faults().len(), 2, "{error}");
    }
}
