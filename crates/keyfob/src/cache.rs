//! [`StackCache`]: the caches of a stack, as one.

use std::collections::BTreeMap;

use secret_cache::{CacheHandle, Selector, Stats};
use secret_source::{SecretAddress, SecretError};

/// Reaches the caches of a stack; each scheme has one of its own.
#[derive(Clone, Debug, Default)]
pub struct StackCache {
    by_scheme: BTreeMap<String, CacheHandle>,
}

impl StackCache {
    pub(crate) fn new(by_scheme: BTreeMap<String, CacheHandle>) -> Self {
        Self { by_scheme }
    }

    /// Drops the selected entries of every cache, and returns how many there were.
    pub fn invalidate(&self, selector: &Selector) -> usize {
        self.by_scheme
            .values()
            .map(|cache| cache.invalidate(selector))
            .sum()
    }

    /// Returns what the cache of a scheme, such as `infisical`, has done so far.
    ///
    /// `None` where the scheme has no cache: it is unknown, or the environment alone answers.
    pub fn stats(&self, scheme: &str) -> Option<Stats> {
        self.by_scheme.get(scheme).map(CacheHandle::stats)
    }

    /// Fetches one secret anew; without a cache there is nothing to do.
    pub(crate) async fn refresh(&self, address: &SecretAddress) -> Result<(), SecretError> {
        match self.by_scheme.get(address.scheme()) {
            Some(cache) => cache.refresh(address).await.map(drop),
            None => Ok(()),
        }
    }

    pub(crate) fn clear(&self) {
        self.invalidate(&Selector::all());
    }
}
