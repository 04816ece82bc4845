//! [`CacheHandle`]: invalidates, refreshes and counts from outside the stack.

use std::sync::{Arc, Weak};

use secret_source::{Secret, SecretAddress, SecretError};

use crate::background::Background;
use crate::cache::Cache;
use crate::{Selector, SnapshotError, SnapshotStatus, Stats};

/// Invalidates, refreshes and counts, wherever in a stack the cache is.
///
/// Clones are handles of the same cache.
#[derive(Clone, Debug)]
pub struct CacheHandle {
    pub(crate) cache: Arc<Cache>,
    // Weak, so that a handle that is kept somewhere does not keep refreshes going.
    pub(crate) background: Weak<Background>,
}

impl CacheHandle {
    /// Drops the selected entries and returns how many there were, remembered absences included.
    ///
    /// A look-up that is on its way for one of them still answers its callers, and stores nothing.
    pub fn invalidate(&self, selector: &Selector) -> usize {
        self.cache.invalidate(selector)
    }

    /// Asks the source for one secret, whatever is cached or on its way, and caches the answer.
    ///
    /// # Errors
    ///
    /// Fails as the source does; the entry then stays as it was.
    pub async fn refresh(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.cache.force(address).answer().await
    }

    /// Empties the cache for good: it ends the refreshes that nobody waits for, and keeps nothing that comes
    /// in later. Look-ups still pass through.
    pub fn close(&self) {
        if let Some(background) = self.background.upgrade() {
            background.end();
        }
        self.cache.close();
    }

    /// Saves what changed in the snapshot now, and waits for it; there is nothing to do without one.
    ///
    /// # Errors
    ///
    /// Fails where the store does, which the log says, too.
    pub async fn save_snapshot(&self) -> Result<(), SnapshotError> {
        match &self.cache.keeper {
            Some(keeper) => keeper.flush().await,
            None => Ok(()),
        }
    }

    /// Saves the snapshot a last time, within 5 s, and keeps nothing for it from then on.
    ///
    /// To be called before the cache is emptied at a shutdown, so that this does not empty the snapshot.
    pub async fn close_snapshot(&self) {
        if let Some(keeper) = &self.cache.keeper {
            keeper.close().await;
        }
    }

    /// Returns how the snapshot fares; `None` where there is none.
    pub fn snapshot(&self) -> Option<SnapshotStatus> {
        self.cache.keeper.as_ref().map(|keeper| keeper.status())
    }

    /// Returns what the cache did so far.
    pub fn stats(&self) -> Stats {
        self.cache.stats()
    }
}
