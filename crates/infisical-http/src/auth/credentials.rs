//! [`Credentials`]: how the client proves who it is.

use std::fmt;

use secrecy::SecretString;

/// Holds what a login needs, or the token that makes one unnecessary.
pub(crate) enum Credentials {
    /// A machine identity's client id and client secret.
    UniversalAuth {
        /// The id, which is not secret.
        client_id: String,
        /// The secret that belongs to it.
        client_secret: SecretString,
    },
    /// A bearer token that someone else obtained.
    Token(SecretString),
}

impl Credentials {
    /// Names the method as Infisical's documentation does.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::UniversalAuth { .. } => "universal auth",
            Self::Token(_) => "token",
        }
    }

    /// Tells whether a new token can be had by logging in again.
    pub(crate) fn can_log_in(&self) -> bool {
        !matches!(self, Self::Token(_))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.method())
    }
}
