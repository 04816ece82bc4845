//! [`Pages`]: the entries of a snapshot in memory, and what must not come back.

use std::time::{Duration, SystemTime};

use secret_source::{AddressMap, SecretAddress};

use super::{Snapshot, SnapshotEntry, SnapshotErrorKind, SnapshotState, SnapshotStatus};
use crate::Selector;

/// How many droppings are remembered one by one until the snapshot is loaded.
const MOST_FORGOTTEN: usize = 10_000;

/// Holds the entries as they are to be saved.
///
/// What is dropped before the earlier run's snapshot was read must not come back with it, so it is
/// remembered until then.
pub(super) struct Pages {
    entries: AddressMap<SnapshotEntry>,
    state: SnapshotState,
    forgotten: Vec<Selector>,
    /// Counts changes; what was saved is the number at that time.
    changes: u64,
    saved: u64,
    pub(super) is_saving: bool,
    pub(super) failed_to_save: Option<SnapshotErrorKind>,
}

impl Pages {
    pub(super) fn new() -> Self {
        Self {
            entries: AddressMap::default(),
            state: SnapshotState::NotLoaded,
            forgotten: Vec::new(),
            changes: 0,
            saved: 0,
            is_saving: false,
            failed_to_save: None,
        }
    }

    pub(super) fn find(&self, address: &SecretAddress) -> Option<SnapshotEntry> {
        self.entries.get(address).cloned()
    }

    /// Keeps an entry in the place of an older one, and about `bound` of them.
    pub(super) fn keep(&mut self, entry: SnapshotEntry, bound: usize) {
        if self.is_closed() {
            return;
        }
        self.entries.insert(entry.address().clone(), entry);
        // Now and then, since it looks at all of them.
        if self.entries.len() > bound + bound / 8 {
            self.bind(bound);
        }
        self.changes += 1;
    }

    /// Drops what is selected, from what an earlier run left, too.
    pub(super) fn forget(&mut self, selector: Selector) {
        if self.is_closed() {
            return;
        }
        let before = self.entries.len();
        self.entries.retain(|address, _| !selector.matches(address));
        let is_loaded = self.state != SnapshotState::NotLoaded;
        if !is_loaded {
            if self.forgotten.len() >= MOST_FORGOTTEN {
                self.forgotten = vec![Selector::all()];
            } else {
                self.forgotten.push(selector);
            }
        }
        if !is_loaded || self.entries.len() < before {
            self.changes += 1;
        }
    }

    /// Takes in what an earlier run left, beneath what this one knows already, and returns how many
    /// entries that are.
    pub(super) fn take_in(&mut self, snapshot: Option<Snapshot>, limits: &Limits) -> usize {
        if self.is_closed() {
            return 0;
        }
        self.state = match snapshot {
            Some(_) => SnapshotState::Loaded,
            None => SnapshotState::Absent,
        };
        let forgotten = std::mem::take(&mut self.forgotten);
        let before = self.entries.len();
        for entry in snapshot.into_iter().flat_map(Snapshot::into_entries) {
            let address = entry.address();
            let returns = forgotten.iter().any(|selector| selector.matches(address));
            if limits.allow(&entry) && !returns {
                self.entries.entry(address.clone()).or_insert(entry);
            }
        }
        self.bind(limits.bound);
        self.entries.len().saturating_sub(before)
    }

    pub(super) fn refuse(&mut self, kind: SnapshotErrorKind) {
        if !self.is_closed() {
            self.state = SnapshotState::Refused(kind);
            self.forgotten = Vec::new();
        }
    }

    /// Returns what is to be saved, where anything changed since the last time, and the number of that
    /// change. What is too old leaves.
    pub(super) fn unsaved(&mut self, limits: &Limits) -> Option<(u64, Vec<SnapshotEntry>)> {
        if !self.is_unsaved() {
            return None;
        }
        self.entries.retain(|_, entry| limits.allow(entry));
        self.bind(limits.bound);
        Some((self.changes, self.entries.values().cloned().collect()))
    }

    pub(super) fn is_unsaved(&self) -> bool {
        self.changes != self.saved && !self.is_closed()
    }

    pub(super) fn saved(&mut self, change: u64) {
        self.saved = change;
    }

    pub(super) fn close(&mut self) {
        self.state = SnapshotState::Closed;
        self.entries = AddressMap::default();
        self.forgotten = Vec::new();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state == SnapshotState::Closed
    }

    pub(super) fn status(&self, is_serving: bool) -> SnapshotStatus {
        SnapshotStatus {
            state: self.state,
            entries: self.entries.len(),
            is_serving,
            failed_to_save: self.failed_to_save,
        }
    }

    /// Lets the entries go that were fetched first.
    fn bind(&mut self, bound: usize) {
        let excess = self.entries.len().saturating_sub(bound);
        if excess == 0 {
            return;
        }
        let mut oldest: Vec<_> = self.entries.values().cloned().collect();
        oldest.sort_by_key(SnapshotEntry::fetched);
        for entry in &oldest[..excess] {
            self.entries.remove(entry.address());
        }
    }
}

/// Says which entries may be kept at a moment.
pub(super) struct Limits {
    pub(super) now: SystemTime,
    pub(super) max_age: Duration,
    pub(super) bound: usize,
}

impl Limits {
    fn allow(&self, entry: &SnapshotEntry) -> bool {
        entry.age(self.now, self.max_age).is_some()
    }
}
