//! [`TokenAuth`]: a token that someone else obtained.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::BuildError;

use super::credential::Credential;
use super::environment::{Variables, needed};

/// Uses a token as it is. Once it has expired, only whoever obtained it can replace it.
#[derive(Clone)]
pub struct TokenAuth(pub(crate) Credential);

impl TokenAuth {
    /// Takes the token.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(Credential::Text(token.into()))
    }

    /// Takes the token from a file, which is read again when the server refuses what it held: an agent that
    /// keeps the file current needs no restart.
    pub fn token_file(path: impl Into<PathBuf>) -> Self {
        Self(Credential::File(path.into()))
    }

    /// Reads `INFISICAL_TOKEN` (or `INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN`), or takes the file that
    /// `INFISICAL_TOKEN_FILE` names.
    ///
    /// # Errors
    ///
    /// Fails where none is set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let spellings = ["INFISICAL_TOKEN", "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN"];
        let token = needed(variables.credential(&spellings), "INFISICAL_TOKEN");
        token
            .map(Self)
            .map_err(|fault| BuildError::new(vec![fault]))
    }
}

/// Shows no credential.
impl fmt::Debug for TokenAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenAuth").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_holds_the_token_or_names_its_file() {
        for name in ["INFISICAL_TOKEN", "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN"] {
            let auth = with(&[(name, "t")], TokenAuth::from_variables).unwrap();
            assert!(matches!(auth.0, Credential::Text(_)));
            let file = format!("{name}_FILE");
            let auth = with(&[(&file, "/run/t")], TokenAuth::from_variables).unwrap();
            assert!(auth.0.is_file());
        }
        let error = with(&[], TokenAuth::from_variables).unwrap_err();
        assert!(error.to_string().contains("INFISICAL_TOKEN"), "{error}");
    }
}
