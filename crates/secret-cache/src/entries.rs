//! [`Entries`]: the table that readers see without a lock.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use secret_ref::SecretType;
use secret_source::{AddressMap, SecretAddress};

use crate::entry::Entry;
use crate::order::Order;

/// Holds the entries as one immutable snapshot after the other.
///
/// Whoever writes holds the cache's lock, of which [`Order`] is the proof.
#[derive(Default)]
pub(crate) struct Entries {
    snapshot: ArcSwap<AddressMap<Arc<Entry>>>,
}

/// What happens to the entry of one address.
pub(crate) enum Change {
    Put(Entry),
    /// As `Put`, for an address that nobody asked for just now: it is no more recently used than before.
    Renew(Entry),
    Drop,
}

impl Entries {
    /// Reads one entry, without allocating.
    pub(crate) fn read<T>(
        &self,
        address: &SecretAddress,
        read: impl FnOnce(&Entry) -> Option<T>,
    ) -> Option<T> {
        read(self.snapshot.load().get(address)?)
    }

    /// Counts the entries that are not gone.
    pub(crate) fn count(&self, now: Duration) -> usize {
        self.snapshot
            .load()
            .values()
            .filter(|entry| !entry.is_gone(now))
            .count()
    }

    /// Returns the other live values in the folders of those addresses that have a value to refresh.
    pub(crate) fn neighbours(
        &self,
        addresses: &AddressMap<usize>,
        now: Duration,
    ) -> Vec<SecretAddress> {
        let snapshot = self.snapshot.load();
        let mut folders: Vec<&SecretAddress> = Vec::new();
        for address in addresses.keys() {
            let refreshed = snapshot
                .get(address)
                .is_some_and(|entry| entry.is_live_value(now));
            if refreshed && !folders.iter().any(|other| same_folder(other, address)) {
                folders.push(address);
            }
        }
        let is_neighbour = |address: &SecretAddress| {
            !addresses.contains_key(address)
                && folders.iter().any(|other| same_folder(other, address))
        };
        let neighbours = snapshot
            .iter()
            .filter(|(address, entry)| entry.is_live_value(now) && is_neighbour(address));
        neighbours.map(|(address, _)| address.clone()).collect()
    }

    /// Publishes changes as one snapshot of at most `bound` entries, and returns how many entries
    /// had to leave for that. What is gone leaves in any case.
    pub(crate) fn publish(
        &self,
        order: &mut Order,
        changes: Vec<(SecretAddress, Change)>,
        bound: usize,
        now: Duration,
    ) -> usize {
        let current = self.snapshot.load();
        if changes.is_empty() && !current.values().any(|entry| entry.is_gone(now)) {
            return 0;
        }
        order.bring_in_reads(&current);
        let mut next = self.without(order, |_, entry| entry.is_gone(now));
        for (address, change) in changes {
            match change {
                Change::Put(entry) => {
                    order.used(&address);
                    next.insert(address, Arc::new(entry));
                }
                Change::Renew(entry) => {
                    order.keeps(&address);
                    next.insert(address, Arc::new(entry));
                }
                Change::Drop => {
                    order.removed(&address);
                    next.remove(&address);
                }
            }
        }
        let evicted = order.evict(&mut next, bound, now);
        self.snapshot.store(Arc::new(next));
        evicted
    }

    /// Removes entries and returns how many of them were not gone.
    pub(crate) fn remove(
        &self,
        order: &mut Order,
        matches: impl Fn(&SecretAddress) -> bool,
        now: Duration,
    ) -> usize {
        let before = self.count(now);
        let next = self.without(order, |address, entry| {
            entry.is_gone(now) || matches(address)
        });
        let removed = before - next.len();
        self.snapshot.store(Arc::new(next));
        removed
    }

    fn without(
        &self,
        order: &mut Order,
        leaves: impl Fn(&SecretAddress, &Entry) -> bool,
    ) -> AddressMap<Arc<Entry>> {
        let mut next = AddressMap::clone(&self.snapshot.load());
        next.retain(|address, entry| {
            let leaves = leaves(address, entry);
            if leaves {
                order.removed(address);
            }
            !leaves
        });
        next
    }
}

fn same_folder(one: &SecretAddress, other: &SecretAddress) -> bool {
    one.folder() == other.folder()
        && one.environment() == other.environment()
        && one.project() == other.project()
        && one.scheme() == other.scheme()
        // A pinned version or a personal value is not in a folder's list, and would cost a request.
        && other.version().is_none()
        && other.secret_type() == SecretType::Shared
}
