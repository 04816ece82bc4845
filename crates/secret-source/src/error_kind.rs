//! [`ErrorKind`]: what a look-up failed of, which is all that decorators branch on.

use std::fmt;

use serde::{Serialize, Serializer};

/// Says what a look-up failed of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The source answered, and what was asked for does not exist.
    NotFound(Missing),
    /// The identity may not read this secret, or only its name.
    Denied,
    /// The source refused the credentials.
    Unauthenticated,
    /// The source asked for fewer requests.
    RateLimited,
    /// The source did not answer in time, or answered that it cannot.
    Unavailable,
    /// The request can never succeed as it is: a wrong project, environment, setting or reference.
    Invalid,
    /// The source has no notion of a coordinate or operation that was asked for.
    Unsupported,
    /// The source answered with something that cannot be understood or must not be used.
    Protocol,
}

/// Says what exactly was not found, as far as the source could tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Missing {
    /// The folder exists and holds no such secret.
    Secret,
    /// The folder does not exist.
    Folder,
    /// The secret exists, and the JSON Pointer of the reference leads nowhere in it.
    Field,
    /// The source does not tell.
    Unknown,
}

impl ErrorKind {
    /// Tells whether trying again later may succeed without anyone changing anything.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Unavailable | Self::RateLimited)
    }

    /// Tells whether the secret, its folder or its field is missing, whatever is known about which.
    pub fn is_not_found(self) -> bool {
        matches!(self, Self::NotFound(_))
    }

    /// Returns the code of an error of this kind whose source named no cause of its own, such as
    /// `secret-not-found`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFound(Missing::Secret) => "secret-not-found",
            Self::NotFound(Missing::Folder) => "folder-not-found",
            Self::NotFound(Missing::Field) => "field-not-found",
            Self::NotFound(Missing::Unknown) => "not-found",
            Self::Denied => "denied",
            Self::Unauthenticated => "unauthenticated",
            Self::RateLimited => "rate-limited",
            Self::Unavailable => "unavailable",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
            Self::Protocol => "unusable-answer",
        }
    }

    /// Returns the name that logs and reports use, such as `not_found`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::Denied => "denied",
            Self::Unauthenticated => "unauthenticated",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Invalid => "invalid",
            Self::Unsupported => "unsupported",
            Self::Protocol => "protocol",
        }
    }
}

/// Serialises to its name, such as `not_found`.
impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound(Missing::Secret) => "secret not found",
            Self::NotFound(Missing::Folder) => "folder not found",
            Self::NotFound(Missing::Field) => "field not found",
            Self::NotFound(Missing::Unknown) => "not found",
            Self::Denied => "permission denied",
            Self::Unauthenticated => "credentials refused",
            Self::RateLimited => "rate limited",
            Self::Unavailable => "source unavailable",
            Self::Invalid => "invalid request",
            Self::Unsupported => "not supported by the source",
            Self::Protocol => "unusable answer",
        })
    }
}
