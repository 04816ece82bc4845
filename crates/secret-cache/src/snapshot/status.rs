//! [`SnapshotStatus`]: how a cache's snapshot fares.

use serde::Serialize;

use super::SnapshotErrorKind;

/// Says how a cache's snapshot fares, without a name or a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SnapshotStatus {
    /// What became of the snapshot that an earlier run left.
    pub state: SnapshotState,
    /// How many secrets could stand in now, some of which may be too old.
    pub entries: usize,
    /// Whether look-ups were answered from it since the source last answered.
    pub is_serving: bool,
    /// Why the last attempt to save failed; `None` where it did not.
    pub failed_to_save: Option<SnapshotErrorKind>,
}

/// Says what became of the snapshot that an earlier run left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SnapshotState {
    /// Nothing asked for it yet.
    NotLoaded,
    /// There was none.
    Absent,
    /// It was read.
    Loaded,
    /// It was not used.
    Refused(SnapshotErrorKind),
    /// The cache was closed, and neither serves nor saves any more.
    Closed,
}
