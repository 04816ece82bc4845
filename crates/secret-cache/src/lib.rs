//! A cache over any [`SecretSource`](secret_source::SecretSource): time to live, stale window, single
//! flight.
//!
//! A value is *fresh* for its time to live, then *stale* for a while, then gone. Fresh values are
//! served without asking anyone; stale ones only while the source fails to answer, and marked as
//! such. However many callers want a value at the same moment, the source is asked once.
//!
//! # Examples
//!
//! ```
//! use secret_cache::{CacheConfig, CacheExt, Selector};
//! use secret_source::{MemorySource, SecretAddress, SecretSource, SourceExt};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let memory = MemorySource::new().with("infisical://prod/db/PASSWORD", "correct horse")?;
//! let cached = memory.cached(CacheConfig::new());
//! let handle = cached.handle();
//!
//! let address = SecretAddress::new("infisical", "prod", &"/db".parse()?, "PASSWORD");
//! assert!(!cached.lookup(&address).await?.is_cached());
//! assert!(cached.lookup(&address).await?.is_cached());
//!
//! assert_eq!(handle.invalidate(&Selector::glob("/db/*")), 1);
//! assert!(cached.peek(&address).is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```
//!
//! # What each failure does
//!
//! | the source answers | a stale value | the entry |
//! |---|---|---|
//! | value | not needed | is replaced |
//! | unavailable, rate limited, or nothing within the refresh deadline | is served, marked | stays, no longer than before |
//! | credentials refused | is not served | stays |
//! | denied | is not served | is dropped |
//! | not found | is not served | is dropped, and the absence remembered for a short time |
//! | anything else | is not served | stays |
//!
//! # Across restarts
//!
//! Given a [`SnapshotStore`], the cache keeps what it fetched outside of the process, too, and serves that
//! where the source fails for the moment and there is neither a fresh nor a stale value: at a start during
//! an outage above all. What the source denies or no longer has, and what is invalidated, leaves the
//! snapshot.

mod clock;
mod config;

mod cached;
mod handle;
mod selector;
mod snapshot;
mod stats;

mod background;
mod cache;
mod entries;
mod entry;
mod flights;
mod landing;
mod order;
mod stale_warning;
mod sync;

pub use cached::{CacheExt, Cached};
pub use clock::{Clock, CoarseClock, TokioClock};
pub use config::{CacheConfig, StalePolicy};
pub use handle::CacheHandle;
pub use selector::Selector;
pub use snapshot::{
    Snapshot, SnapshotEntry, SnapshotError, SnapshotErrorKind, SnapshotState, SnapshotStatus,
    SnapshotStore, SnapshotValue,
};
pub use stats::Stats;
