//! [`Book`]: a snapshot in memory, with the store that it comes from and goes to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use secret_source::{Freshness, Origin, Secret, SecretAddress};
use tokio::sync::{Mutex as Turn, OnceCell};
use tracing::{error, info, warn};

use super::pages::{Limits, Pages};
use super::{Snapshot, SnapshotError, SnapshotErrorKind, SnapshotStatus, SnapshotStore};

/// Loads once, serves while the source fails, and saves what changed.
pub(super) struct Book {
    pub(super) store: Arc<dyn SnapshotStore>,
    pub(super) bound: usize,
    pages: Mutex<Pages>,
    /// What loading failed of, once it was tried.
    loaded: OnceCell<Option<SnapshotError>>,
    refusal_told: AtomicBool,
    serving: AtomicBool,
    saving: Turn<()>,
}

/// What a snapshot is loaded for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Serving,
    /// What an earlier run left is saved again with what is new.
    Saving,
}

impl Book {
    pub(super) fn new(store: Arc<dyn SnapshotStore>, bound: usize) -> Self {
        Self {
            store,
            bound,
            pages: Mutex::new(Pages::new()),
            loaded: OnceCell::new(),
            refusal_told: AtomicBool::new(false),
            serving: AtomicBool::new(false),
            saving: Turn::new(()),
        }
    }

    /// Returns what stands in for a secret while the source fails, marked as what it is.
    pub(super) async fn recall(&self, address: &SecretAddress) -> Option<Secret> {
        self.load(Purpose::Serving).await;
        let entry = self.pages().find(address)?;
        let age = entry.age(SystemTime::now(), self.store.max_age())?;
        match entry.reveal() {
            Ok(secret) => {
                self.serves(age.as_secs());
                Some(marked(&secret).served_from_cache(Freshness::Stale { age }))
            }
            Err(error) => {
                let (kind, hint) = (error.kind().as_str(), error.hint().unwrap_or_default());
                error!(kind, hint, "a secret of the snapshot is not used: {error}");
                None
            }
        }
    }

    fn serves(&self, age_seconds: u64) {
        if !self.serving.swap(true, Ordering::Relaxed) {
            let entries = self.status().entries;
            warn!(
                age_seconds,
                entries, "the application runs from a snapshot, since the source fails"
            );
        }
    }

    /// Tells whether a secret was, or could be, answered from here since the source last answered anything.
    pub(super) fn stands_in(&self, address: &SecretAddress) -> bool {
        self.serving.load(Ordering::Relaxed)
            && self.pages().find(address).is_some_and(|entry| {
                let age = entry.age(SystemTime::now(), self.store.max_age());
                age.is_some()
            })
    }

    /// Notes that the source answers.
    pub(super) fn recovered(&self) {
        if self.serving.load(Ordering::Relaxed) && self.serving.swap(false, Ordering::Relaxed) {
            info!("the source answers again, and the snapshot stands in no longer");
        }
    }

    /// Reads what an earlier run left, once, however many ask at the same time.
    async fn load(&self, purpose: Purpose) {
        let refusal = self.loaded.get_or_init(|| self.read()).await;
        let Some(error) = refusal else { return };
        let (kind, hint) = (error.kind().as_str(), error.hint().unwrap_or_default());
        // After a long stop the snapshot is old, and while the source answers nobody misses it.
        if purpose == Purpose::Saving && error.kind() == SnapshotErrorKind::TooOld {
            info!(kind, "the snapshot of an earlier run is replaced: {error}");
        } else if !self.refusal_told.swap(true, Ordering::Relaxed) {
            error!(kind, hint, "the snapshot is refused: {error}");
        }
    }

    async fn read(&self) -> Option<SnapshotError> {
        match self.store.load().await {
            Ok(snapshot) => {
                let written = snapshot.as_ref().map(Snapshot::written);
                let entries = self.pages().take_in(snapshot, &self.limits());
                if let Some(written) = written {
                    let age_seconds = written.elapsed().unwrap_or_default().as_secs();
                    info!(age_seconds, entries, "a snapshot was loaded");
                }
                None
            }
            Err(error) => {
                self.pages().refuse(error.kind());
                Some(error)
            }
        }
    }

    /// Saves what changed since the last time, one at a time.
    ///
    /// Whoever gives up on it loses nothing: what was not saved still counts as changed.
    pub(super) async fn save(&self) -> Result<(), SnapshotError> {
        let _turn = self.saving.lock().await;
        if !self.pages().is_unsaved() {
            return Ok(());
        }
        self.load(Purpose::Saving).await;
        let limits = self.limits();
        let Some((change, entries)) = self.pages().unsaved(&limits) else {
            return Ok(());
        };
        let outcome = self.store.save(&Snapshot::new(limits.now, entries)).await;
        let mut pages = self.pages();
        let failed_before = pages.failed_to_save.is_some();
        pages.failed_to_save = outcome.as_ref().err().map(SnapshotError::kind);
        if outcome.is_ok() {
            pages.saved(change);
        }
        drop(pages);
        match &outcome {
            Err(error) if !failed_before => {
                let (kind, hint) = (error.kind().as_str(), error.hint().unwrap_or_default());
                warn!(kind, hint, "the snapshot is not saved: {error}");
            }
            Ok(()) if failed_before => info!("the snapshot is saved again"),
            _ => {}
        }
        outcome
    }

    pub(super) fn status(&self) -> SnapshotStatus {
        let is_serving = self.serving.load(Ordering::Relaxed);
        self.pages().status(is_serving)
    }

    pub(super) fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn limits(&self) -> Limits {
        Limits {
            now: SystemTime::now(),
            max_age: self.store.max_age(),
            bound: self.bound,
        }
    }
}

/// Returns the secret with the snapshot on top of where it came from.
fn marked(secret: &Secret) -> Secret {
    let origin = Origin::over("snapshot", secret.origin());
    let marked = Secret::new(secret.value().clone(), origin)
        .with_fetched_at(secret.fetched_at())
        .with_unexpanded(secret.is_unexpanded());
    match secret.version() {
        Some(version) => marked.with_version(version),
        None => marked,
    }
}
