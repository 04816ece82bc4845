//! Snapshots: what a cache keeps outside of the process, for a start during an outage.

mod book;
mod entry;
mod error;
mod keeper;
mod pages;
mod status;
mod store;

pub use entry::{Snapshot, SnapshotEntry, SnapshotValue};
pub use error::{SnapshotError, SnapshotErrorKind};
pub use status::{SnapshotState, SnapshotStatus};
pub use store::SnapshotStore;

pub(crate) use keeper::{Keeper, Note};
