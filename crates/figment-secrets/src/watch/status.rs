//! [`WatchStatus`]: how a watch fares.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::WatchError;

/// Tells how a watch fares. It holds no value.
///
/// The counts begin with the watch and only grow, as those of a metric do. It serialises to `running`, `version`,
/// `last_changed_seconds`, `last_checked_seconds`, `reloads`, `changes`, `failures`, `failures_in_a_row` and
/// `last_failure`, which is a text or null.
#[derive(Clone, Debug, Serialize)]
pub struct WatchStatus {
    #[serde(rename = "running")]
    pub(super) is_running: bool,
    pub(super) version: u64,
    #[serde(rename = "last_changed_seconds", serialize_with = "seconds")]
    pub(super) last_changed: Duration,
    #[serde(rename = "last_checked_seconds", serialize_with = "seconds")]
    pub(super) last_checked: Duration,
    pub(super) reloads: u64,
    pub(super) changes: u64,
    pub(super) failures: u64,
    pub(super) failures_in_a_row: u64,
    pub(super) last_failure: Option<WatchError>,
}

impl WatchStatus {
    /// Tells whether the watch goes on; where it does not, the last good configuration stays for ever.
    pub fn is_running(&self) -> bool {
        self.is_running
    }

    /// Returns the number of the current version, the first being 1.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns how long the current version has been the current one.
    pub fn last_changed(&self) -> Duration {
        self.last_changed
    }

    /// Returns how long ago the configuration was last known to be what its source says.
    pub fn last_checked(&self) -> Duration {
        self.last_checked
    }

    /// Returns how many reloads have ended, the first load not included.
    pub fn reloads(&self) -> u64 {
        self.reloads
    }

    /// Returns how many reloads brought another configuration.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Returns how many reloads failed.
    pub fn failures(&self) -> u64 {
        self.failures
    }

    /// Returns how many reloads failed since one went well; above zero the last good configuration stands in.
    pub fn failures_in_a_row(&self) -> u64 {
        self.failures_in_a_row
    }

    /// Returns why a reload failed last, be it long ago.
    pub fn last_failure(&self) -> Option<&WatchError> {
        self.last_failure.as_ref()
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_secs())
}
