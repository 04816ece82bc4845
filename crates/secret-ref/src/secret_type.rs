//! Which of two secrets of one name.

use std::fmt;

/// Tells the secret that everybody sees from the one that its owner set for himself.
///
/// Infisical calls the two `shared` and `personal`; a machine identity that reads a personal secret gets its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretType {
    /// The secret that everybody sees.
    #[default]
    Shared,
    /// The secret that overrides the shared one for its owner.
    Personal,
}

impl SecretType {
    pub(crate) const NAMES: [(&'static str, Self); 2] =
        [("shared", Self::Shared), ("personal", Self::Personal)];

    /// Returns the type's name as references and Infisical spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Personal => "personal",
        }
    }
}

impl fmt::Display for SecretType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
