//! [`CacheHandle`]: invalidates, refreshes and counts from outside the stack.

use std::sync::{Arc, Weak};

use secret_source::{Secret, SecretAddress, SecretError};

use crate::background::Background;
use crate::cache::Cache;
use crate::{Selector, Stats};

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

    /// Returns what the cache did so far.
    pub fn stats(&self) -> Stats {
        self.cache.stats()
    }
}
