//! [`StackCache`]: the caches of a stack, as one.

use std::collections::BTreeMap;

use secret_cache::{CacheHandle, Selector, Stats};
use secret_source::{SecretAddress, SecretError};

use crate::INFISICAL;

/// Reaches the caches of a stack; each scheme and each tenant has one of its own.
#[derive(Clone, Debug, Default)]
pub struct StackCache {
    by_scheme: BTreeMap<String, CacheHandle>,
    by_tenant: BTreeMap<String, CacheHandle>,
}

impl StackCache {
    pub(crate) fn new(
        by_scheme: BTreeMap<String, CacheHandle>,
        by_tenant: BTreeMap<String, CacheHandle>,
    ) -> Self {
        Self {
            by_scheme,
            by_tenant,
        }
    }

    /// Drops the selected entries of every cache, and returns how many there were.
    pub fn invalidate(&self, selector: &Selector) -> usize {
        self.by_scheme
            .values()
            .chain(self.by_tenant.values())
            .map(|cache| cache.invalidate(selector))
            .sum()
    }

    /// Returns what the cache of a scheme, such as `infisical`, has done so far.
    ///
    /// `None` where the scheme has no cache: it is unknown, or the environment alone answers.
    pub fn stats(&self, scheme: &str) -> Option<Stats> {
        self.by_scheme.get(scheme).map(CacheHandle::stats)
    }

    /// Returns what the cache of a tenant has done so far; `None` where there is no such tenant.
    pub fn tenant_stats(&self, tenant: &str) -> Option<Stats> {
        self.by_tenant.get(tenant).map(CacheHandle::stats)
    }

    /// Fetches one secret anew; without a cache there is nothing to do.
    pub(crate) async fn refresh(&self, address: &SecretAddress) -> Result<(), SecretError> {
        let of_tenant = address
            .project()
            .filter(|_| address.scheme() == INFISICAL)
            .and_then(|tenant| self.by_tenant.get(tenant));
        match of_tenant.or_else(|| self.by_scheme.get(address.scheme())) {
            Some(cache) => cache.refresh(address).await.map(drop),
            None => Ok(()),
        }
    }

    pub(crate) fn clear(&self) {
        self.invalidate(&Selector::all());
    }
}
