//! [`StackCache`]: the caches of a stack, as one.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use secret_cache::{CacheHandle, Selector, SnapshotError, Stats};
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

    /// Saves what changed in the stack's snapshot now, and waits for it; there is nothing to do without one.
    ///
    /// It is saved by itself, too, some seconds after a change and at the shutdown.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be written, which the log says, too.
    pub async fn save_snapshot(&self) -> Result<(), SnapshotError> {
        let saving = self.by_scheme.values().map(CacheHandle::save_snapshot);
        join_all(saving).await.into_iter().collect()
    }

    /// Saves the snapshot a last time; what happens to the caches afterwards is not in it.
    pub(crate) async fn close_snapshots(&self) {
        join_all(self.by_scheme.values().map(CacheHandle::close_snapshot)).await;
    }

    /// Fetches one secret anew; without a cache there is nothing to do.
    pub(crate) async fn refresh(&self, address: &SecretAddress) -> Result<(), SecretError> {
        match self.of(address) {
            Some(cache) => cache.refresh(address).await.map(drop),
            None => Ok(()),
        }
    }

    /// Drops what is held of a secret, under whatever name its project was asked for.
    pub(crate) fn forget(&self, address: &SecretAddress) {
        let Some(cache) = self.of(address) else {
            return;
        };
        let folder = address.folder().trim_end_matches('/');
        let secret = Selector::path(format!("{folder}/{}", address.key()));
        cache.invalidate(&secret.environment(address.environment()));
    }

    fn of(&self, address: &SecretAddress) -> Option<&CacheHandle> {
        let tenant = address.project().filter(|_| address.scheme() == INFISICAL);
        let of_tenant = tenant.and_then(|tenant| self.by_tenant.get(tenant));
        of_tenant.or_else(|| self.by_scheme.get(address.scheme()))
    }

    /// Empties every cache for good.
    pub(crate) fn close(&self) {
        let caches = self.by_scheme.values().chain(self.by_tenant.values());
        caches.for_each(CacheHandle::close);
    }
}
