//! [`Order`]: which entries leave first.

use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::time::Duration;

use lru::LruCache;
use secret_source::{AddressHasher, AddressMap, SecretAddress};

use crate::entry::Entry;

/// Keeps the order in which entries were used.
///
/// Reads only leave a mark in the entry; the marks are brought into the order before each write.
pub(crate) struct Order {
    used: LruCache<SecretAddress, (), BuildHasherDefault<AddressHasher>>,
}

impl Order {
    pub(crate) fn new() -> Self {
        // The bound is not the list's own, since stale entries leave before those least used.
        Self {
            used: LruCache::unbounded_with_hasher(BuildHasherDefault::default()),
        }
    }

    /// Moves what was read since the last write behind what was not, in the order of reading.
    pub(crate) fn bring_in_reads(&mut self, entries: &AddressMap<Arc<Entry>>) {
        let read_at = |address: &SecretAddress| entries.get(address)?.take_read();
        let read = self
            .used
            .iter()
            .rev()
            .filter_map(|(address, ())| Some((read_at(address)?, address.clone())));
        let mut read: Vec<_> = read.collect();
        read.sort_by_key(|(at, _)| *at);
        for (_, address) in read {
            self.used.promote(&address);
        }
    }

    /// Puts an address behind all others.
    pub(crate) fn used(&mut self, address: &SecretAddress) {
        self.used.put(address.clone(), ());
    }

    /// Leaves an address where it is, and puts a new one behind all others.
    pub(crate) fn keeps(&mut self, address: &SecretAddress) {
        if !self.used.contains(address) {
            self.used(address);
        }
    }

    pub(crate) fn removed(&mut self, address: &SecretAddress) {
        self.used.pop(address);
    }

    /// Removes what is above the bound, stale entries first, and returns how many.
    pub(crate) fn evict(
        &mut self,
        entries: &mut AddressMap<Arc<Entry>>,
        bound: usize,
        now: Duration,
    ) -> usize {
        let excess = entries.len().saturating_sub(bound);
        if excess == 0 {
            return 0;
        }
        let is_stale = |address: &SecretAddress| {
            entries
                .get(address)
                .is_some_and(|entry| entry.is_stale(now))
        };
        let oldest_first = || self.used.iter().rev().map(|(address, ())| address);
        let stale = oldest_first().filter(|address| is_stale(address));
        let others = oldest_first().filter(|address| !is_stale(address));
        let leaving: Vec<_> = stale.chain(others).take(excess).cloned().collect();
        for address in &leaving {
            entries.remove(address);
            self.used.pop(address);
        }
        leaving.len()
    }
}
