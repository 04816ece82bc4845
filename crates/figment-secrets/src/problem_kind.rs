//! [`ProblemKind`]: what sort of problem it is.

use std::fmt;

use secret_ref::ParseErrorKind;
use secret_source::ErrorKind;
use serde::{Serialize, Serializer};

/// Names the sorts of problems. It serialises to its name, such as `invalid_reference` or `not_found`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A text that was meant as a reference does not follow the grammar.
    InvalidReference(ParseErrorKind),
    /// A text is not a reference only because its scheme is misspelt.
    NearScheme,
    /// A reference could not be answered.
    Lookup(ErrorKind),
    /// A value does not fit the application's type.
    Extraction,
    /// A file or another provider of the configuration could not be read.
    Configuration,
}

impl ProblemKind {
    /// Returns the code of a problem of this kind where its cause has no narrower one.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::InvalidReference(kind) => kind.code(),
            Self::NearScheme => ParseErrorKind::NearScheme.code(),
            Self::Lookup(kind) => kind.code(),
            Self::Extraction => "refused-value",
            Self::Configuration => "unreadable-configuration",
        }
    }

    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidReference(_) => "invalid_reference",
            Self::NearScheme => "near_scheme",
            Self::Lookup(kind) => kind.as_str(),
            Self::Extraction => "extraction",
            Self::Configuration => "invalid_configuration",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
