//! [`Freshness`]: whether a value is current.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// Tells whether a value is current as far as its source's rules go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// The value was just fetched, or is within its time to live.
    #[default]
    Fresh,
    /// The value outlived its time to live and is served because nothing better could be had.
    Stale {
        /// How long ago the value was fetched.
        #[serde(rename = "age_seconds", serialize_with = "as_seconds")]
        age: Duration,
    },
}

impl Freshness {
    /// Tells whether the value outlived its time to live.
    pub fn is_stale(self) -> bool {
        matches!(self, Self::Stale { .. })
    }

    /// Returns `fresh` or `stale`.
    pub fn as_str(self) -> &'static str {
        if self.is_stale() { "stale" } else { "fresh" }
    }
}

impl fmt::Display for Freshness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fresh => f.write_str("fresh"),
            Self::Stale { age } => write!(f, "stale, {} s old", age.as_secs()),
        }
    }
}

fn as_seconds<S: serde::Serializer>(age: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(age.as_secs())
}
