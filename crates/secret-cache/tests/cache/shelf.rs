//! [`Shelf`]: a snapshot's store that a test fills, breaks and looks into.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use secret_cache::{Snapshot, SnapshotEntry, SnapshotError, SnapshotErrorKind, SnapshotStore};
use secret_source::{Origin, Secret, async_trait};
use tokio::sync::Semaphore;

use crate::scene::db;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Keeps snapshots in memory. Clones are the same shelf.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    inside: Arc<Mutex<Inside>>,
    loading: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Inside {
    kept: Option<Snapshot>,
    refused: Option<SnapshotErrorKind>,
    fails: Option<SnapshotErrorKind>,
    loads: usize,
    saves: usize,
    max_age: Option<Duration>,
}

impl Shelf {
    /// Makes an empty shelf.
    pub(crate) fn new() -> Self {
        Self {
            inside: Arc::default(),
            loading: Arc::new(Semaphore::new(1_000)),
        }
    }

    /// Makes a shelf with what an earlier run left of keys of `/db`: `KEY@0`, this old.
    pub(crate) fn with(keys: &[&str], age: Duration) -> Self {
        let shelf = Self::new();
        let fetched = SystemTime::now() - age;
        let entry = |key: &&str| {
            let secret = Secret::new(format!("{key}@0"), Origin::new("script"))
                .with_version(3)
                .with_fetched_at(fetched);
            SnapshotEntry::new(db(key), fetched, secret)
        };
        let entries = keys.iter().map(entry).collect();
        shelf.inside().kept = Some(Snapshot::new(fetched, entries));
        shelf
    }

    /// Lets loading fail.
    pub(crate) fn refuse(&self, kind: SnapshotErrorKind) {
        self.inside().refused = Some(kind);
    }

    /// Lets saving fail, or not.
    pub(crate) fn fail(&self, kind: impl Into<Option<SnapshotErrorKind>>) {
        self.inside().fails = kind.into();
    }

    /// Lets everything be too old that is older than this, instead of 24 h.
    pub(crate) fn limit(&self, age: Duration) {
        self.inside().max_age = Some(age);
    }

    /// Lets loading hang until it is released.
    pub(crate) fn hold(&self) {
        self.loading.forget_permits(1_000);
    }

    pub(crate) fn release(&self) {
        self.loading.add_permits(1_000);
    }

    pub(crate) fn loads(&self) -> usize {
        self.inside().loads
    }

    pub(crate) fn saves(&self) -> usize {
        self.inside().saves
    }

    /// Returns the keys that were saved last, in order of the alphabet.
    pub(crate) fn keys(&self) -> Vec<String> {
        let inside = self.inside();
        let entries = inside.kept.iter().flat_map(|kept| kept.entries());
        let mut keys: Vec<_> = entries
            .map(|entry| entry.address().key().to_owned())
            .collect();
        keys.sort();
        keys
    }

    /// Counts who holds the shelf.
    pub(crate) fn holders(&self) -> usize {
        Arc::strong_count(&self.inside)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }
}

#[async_trait]
impl SnapshotStore for Shelf {
    fn max_age(&self) -> Duration {
        self.inside().max_age.unwrap_or(HOUR * 24)
    }

    async fn load(&self) -> Result<Option<Snapshot>, SnapshotError> {
        self.inside().loads += 1;
        drop(self.loading.acquire().await);
        let inside = self.inside();
        match inside.refused {
            Some(kind) => Err(SnapshotError::new(kind, "scripted").with_hint("a hint")),
            None => Ok(inside.kept.clone()),
        }
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        let mut inside = self.inside();
        inside.saves += 1;
        if let Some(kind) = inside.fails {
            return Err(SnapshotError::new(kind, "scripted").with_hint("a hint"));
        }
        inside.kept = Some(snapshot.clone());
        Ok(())
    }
}
