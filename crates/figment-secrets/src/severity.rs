//! [`Severity`]: whether a problem keeps a configuration from being used.

use serde::Serialize;

/// Says how much a problem matters. It serialises to `error` or `warning`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// The configuration can be used, and is probably not what was meant.
    Warning,
}
