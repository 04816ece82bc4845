//! [`Keeper`]: keeps a cache's snapshot, and saves it in the background.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secret_source::{Secret, SecretAddress, SecretError};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tracing::warn;

use super::book::Book;
use super::{SnapshotEntry, SnapshotError, SnapshotStatus, SnapshotStore};
use crate::Selector;

/// How long after a write the next one follows at the earliest.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause after writes that failed; it doubles until then.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How long closing waits for the last write.
const LAST_WRITE: Duration = Duration::from_secs(5);

/// Keeps the snapshot of one cache.
///
/// Dropping it ends what it does in the background; a write that has begun is finished by its store.
pub(crate) struct Keeper {
    book: Arc<Book>,
    background: Mutex<Background>,
}

#[derive(Default)]
struct Background {
    tasks: JoinSet<()>,
    /// The runtime last seen: invalidations come from threads without one.
    runtime: Option<Handle>,
}

/// What an answer means for the snapshot.
pub(crate) enum Note {
    Keep(SnapshotEntry),
    Forget(SecretAddress),
}

impl Keeper {
    pub(crate) fn new(store: Arc<dyn SnapshotStore>, bound: usize) -> Self {
        Self {
            book: Arc::new(Book::new(store, bound)),
            background: Mutex::default(),
        }
    }

    /// Returns what an answer means for the snapshot, if anything.
    ///
    /// A refusal means it whatever the cache makes of it: what was withdrawn must not outlive the process.
    pub(crate) fn note(
        &self,
        address: &SecretAddress,
        answer: &Result<Secret, SecretError>,
    ) -> Option<Note> {
        use secret_source::ErrorKind::{Denied, NotFound};
        match answer {
            Ok(secret) if secret.freshness().is_stale() => None,
            Ok(secret) => Some(self.sealed(address, secret)),
            Err(error) if matches!(error.kind(), Denied | NotFound(_)) => {
                Some(Note::Forget(address.clone()))
            }
            Err(_) => None,
        }
    }

    fn sealed(&self, address: &SecretAddress, secret: &Secret) -> Note {
        match self.book.store.seal(address, secret) {
            Ok(entry) => Note::Keep(entry),
            Err(error) => {
                let (kind, hint) = (error.kind().as_str(), error.hint().unwrap_or_default());
                warn!(kind, hint, "a secret is not kept in the snapshot: {error}");
                // An older value must not stand in for it.
                Note::Forget(address.clone())
            }
        }
    }

    /// Writes notes down, to be saved soon.
    pub(crate) fn write_down(&self, notes: Vec<Note>) {
        let mut pages = self.book.pages();
        for note in notes {
            match note {
                Note::Keep(entry) => {
                    pages.keep(entry, self.book.bound);
                    self.book.recovered();
                }
                Note::Forget(address) => pages.forget(Selector::address(&address)),
            }
        }
    }

    /// Drops what is selected, to be saved soon.
    pub(crate) fn forget(&self, selector: &Selector) {
        self.book.pages().forget(selector.clone());
    }

    /// Sees to it that what changed is saved: at once, or some seconds after the last time.
    ///
    /// Without any runtime to do that in, it is saved when there is one, or on request.
    pub(crate) fn wake(&self) {
        let mut background = self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Ok(runtime) = Handle::try_current() {
            background.runtime = Some(runtime);
        }
        let Some(runtime) = background.runtime.clone() else {
            return;
        };
        let mut pages = self.book.pages();
        if pages.is_saving || !pages.is_unsaved() {
            return;
        }
        pages.is_saving = true;
        drop(pages);
        while background.tasks.try_join_next().is_some() {}
        let saving = Saving(Some(Arc::clone(&self.book)));
        background.tasks.spawn_on(saving.run(), &runtime);
    }

    /// Returns what stands in for a secret while the source fails.
    pub(crate) async fn recall(&self, address: &SecretAddress) -> Option<Secret> {
        self.book.recall(address).await
    }

    /// Tells whether the source fails since a while, and there is something in place of a secret.
    pub(crate) fn stands_in(&self, address: &SecretAddress) -> bool {
        self.book.stands_in(address)
    }

    /// Saves what changed, now.
    pub(crate) async fn flush(&self) -> Result<(), SnapshotError> {
        self.book.save().await
    }

    /// Saves what changed, and neither serves nor saves from then on.
    pub(crate) async fn close(&self) {
        // Outside a runtime nothing could wake the caller before.
        let saved = if Handle::try_current().is_ok() {
            tokio::time::timeout(LAST_WRITE, self.flush()).await.is_ok()
        } else {
            drop(self.flush().await);
            true
        };
        if !saved {
            warn!("the snapshot was not saved in time, and stays as it was");
        }
        self.book.pages().close();
        let mut background = self
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        background.tasks.abort_all();
    }

    pub(crate) fn status(&self) -> SnapshotStatus {
        self.book.status()
    }
}

/// Saves until nothing changes any more. Wherever it ends, another may begin.
struct Saving(Option<Arc<Book>>);

impl Saving {
    async fn run(mut self) {
        let mut pause = PAUSE;
        while let Some(book) = &self.0 {
            pause = match book.save().await {
                Ok(()) => PAUSE,
                Err(_) => (pause * 2).min(LONGEST_PAUSE),
            };
            tokio::time::sleep(pause).await;
            let mut pages = book.pages();
            if !pages.is_unsaved() {
                pages.is_saving = false;
                drop(pages);
                self.0 = None;
            }
        }
    }
}

impl Drop for Saving {
    fn drop(&mut self) {
        if let Some(book) = &self.0 {
            book.pages().is_saving = false;
        }
    }
}
