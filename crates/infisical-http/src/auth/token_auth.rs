//! [`TokenAuth`]: a token that someone else obtained.

use std::fmt;

use secrecy::SecretString;

use crate::BuildError;

use super::environment::{Variables, needed};

/// Uses a token as it is. It cannot be replaced once it has expired.
#[derive(Clone)]
pub struct TokenAuth(pub(crate) SecretString);

impl TokenAuth {
    /// Takes the token.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }

    /// Reads `INFISICAL_TOKEN`, or `INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN`.
    ///
    /// # Errors
    ///
    /// Fails where neither is set.
    pub fn from_env() -> Result<Self, BuildError> {
        let spellings = ["INFISICAL_TOKEN", "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN"];
        let token = Variables::of_process().text(&spellings);
        let token = needed(token, "INFISICAL_TOKEN");
        token
            .map(Self::new)
            .map_err(|fault| BuildError::new(vec![fault]))
    }
}

/// Shows no credential.
impl fmt::Debug for TokenAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenAuth").finish_non_exhaustive()
    }
}
