//! [`SnapshotStore`]: where a cache keeps what is to outlive its process.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use secret_source::{Secret, SecretAddress};

use super::{Snapshot, SnapshotEntry, SnapshotError};

/// Keeps a cache's secrets from one run of a program to the next.
///
/// The cache asks for them only while its source fails for the moment; see
/// [`CacheConfig::snapshot`](crate::CacheConfig::snapshot). A store protects what it keeps, and refuses as a
/// whole what it does not trust. No method blocks the thread.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
/// use std::time::Duration;
///
/// use secret_cache::{CacheConfig, Snapshot, SnapshotError, SnapshotStore};
/// use secret_source::async_trait;
///
/// /// Outlives the cache, and not the process.
/// #[derive(Debug, Default)]
/// struct InMemory(Mutex<Option<Snapshot>>);
///
/// #[async_trait]
/// impl SnapshotStore for InMemory {
///     fn max_age(&self) -> Duration {
///         Duration::from_secs(3600)
///     }
///
///     async fn load(&self) -> Result<Option<Snapshot>, SnapshotError> {
///         Ok(self.0.lock().unwrap().clone())
///     }
///
///     async fn save(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
///         *self.0.lock().unwrap() = Some(snapshot.clone());
///         Ok(())
///     }
/// }
///
/// let config = CacheConfig::new().snapshot(InMemory::default());
/// # let _ = config;
/// ```
#[async_trait]
pub trait SnapshotStore: fmt::Debug + Send + Sync + 'static {
    /// Returns how old an entry may become by the wall clock, in the store and in memory.
    fn max_age(&self) -> Duration;

    /// Makes the entry of a secret that was just fetched, which the cache keeps in memory until it is saved
    /// and for as long as it may be used.
    ///
    /// The default keeps the value as it is; a store that can seal does so here.
    ///
    /// # Errors
    ///
    /// Fails where sealing does.
    fn seal(
        &self,
        address: &SecretAddress,
        secret: &Secret,
    ) -> Result<SnapshotEntry, SnapshotError> {
        let fetched = secret.fetched_at();
        Ok(SnapshotEntry::new(address.clone(), fetched, secret.clone()))
    }

    /// Reads what was saved last; `None` where nothing ever was.
    ///
    /// # Errors
    ///
    /// Fails where there is a snapshot that must not be used.
    async fn load(&self) -> Result<Option<Snapshot>, SnapshotError>;

    /// Replaces what was saved before, as a whole or not at all.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be written; what was there before is then still there.
    async fn save(&self, snapshot: &Snapshot) -> Result<(), SnapshotError>;
}
