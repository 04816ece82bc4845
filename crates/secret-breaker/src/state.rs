//! [`BreakerState`]: what the breaker does with the next call.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// Says what the breaker does with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum BreakerState {
    /// Calls go through.
    Closed {
        /// How many calls in a row have failed so far.
        failures: u32,
    },
    /// Calls are refused.
    Open {
        /// How long until the next probe.
        #[serde(rename = "remaining_seconds", serialize_with = "as_seconds")]
        remaining: Duration,
    },
    /// One call is let through, or is on its way, to find out whether the source answers again.
    HalfOpen,
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { failures: 0 } => f.write_str("closed"),
            Self::Closed { failures } => write!(f, "closed, failures in a row: {failures}"),
            Self::Open { remaining } => write!(f, "open for {} s", remaining.as_secs()),
            Self::HalfOpen => f.write_str("half-open"),
        }
    }
}

fn as_seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(duration.as_secs())
}
