//! What is wrong with a seed tree.

use std::error::Error;
use std::fmt;

/// Says what is wrong with a seed and where, without showing a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SeedError {
    kind: SeedErrorKind,
    location: String,
    message: String,
    hint: &'static str,
}

/// Classifies a [`SeedError`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SeedErrorKind {
    /// The text is no JSON.
    Syntax,
    /// A level of the tree is no table.
    NotATable,
    /// A secret's value is no text.
    NotText,
    /// A project, environment, folder or key has a name that no server would take.
    BadName,
}

impl SeedError {
    pub(crate) fn new(
        kind: SeedErrorKind,
        location: String,
        message: String,
        hint: &'static str,
    ) -> Self {
        Self {
            kind,
            location,
            message,
            hint,
        }
    }

    /// Tells what sort of mistake it is.
    #[must_use]
    pub fn kind(&self) -> SeedErrorKind {
        self.kind
    }

    /// Gives the place in the tree, such as `shop > dev > /shared/db > PORT`; empty for the whole text.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.hint
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.location.is_empty() {
            write!(f, "seed: {}", self.message)
        } else {
            write!(f, "seed, at {}: {}", self.location, self.message)
        }
    }
}

impl Error for SeedError {}
