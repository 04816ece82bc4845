//! [`Loading`]: when what an earlier run left is read, and how long that is waited for.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::{SnapshotError, SnapshotErrorKind};

/// How long a load is waited for, counted from its beginning: the disk may hang, and a passphrase takes
/// seconds to become a key in a build that is not optimised.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after a refusal that may pass the next load begins at the earliest.
const PAUSE: Duration = Duration::from_secs(10);

/// Reads once, however many ask, and again after a pause where the refusal may pass.
#[derive(Default)]
pub(super) struct Loading(Mutex<Option<Attempt>>);

/// Reads in a task of its own, so that it goes on when nobody waits any longer; dropped, it ends.
struct Attempt {
    began: Instant,
    outcome: Shared<BoxFuture<'static, Outcome>>,
    _driver: JoinSet<()>,
}

#[derive(Clone)]
struct Outcome {
    refusal: Option<SnapshotError>,
    ended: Instant,
}

impl Loading {
    /// Waits for the snapshot to be read, and returns why it was not, if so.
    pub(super) async fn refusal(
        &self,
        read: impl FnOnce() -> BoxFuture<'static, Option<SnapshotError>>,
    ) -> Option<SnapshotError> {
        let (began, outcome) = self.attempt(read);
        // Outside a runtime nothing could wake the caller before.
        if Handle::try_current().is_err() {
            return outcome.await.refusal;
        }
        match timeout_at(began + PATIENCE, outcome).await {
            Ok(outcome) => outcome.refusal,
            Err(_) => Some(late()),
        }
    }

    /// Returns the load that is under way or was the last; where there is none, or another may do
    /// better, it begins one.
    fn attempt(
        &self,
        read: impl FnOnce() -> BoxFuture<'static, Option<SnapshotError>>,
    ) -> (Instant, Shared<BoxFuture<'static, Outcome>>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(attempt) = last.as_ref().filter(|attempt| attempt.is_final()) {
            return (attempt.began, attempt.outcome.clone());
        }
        let read = read();
        let outcome = async move {
            let refusal = read.await;
            let ended = Instant::now();
            Outcome { refusal, ended }
        };
        let (began, outcome) = (Instant::now(), outcome.boxed().shared());
        let mut driver = JoinSet::new();
        if let Ok(runtime) = Handle::try_current() {
            driver.spawn_on(outcome.clone().map(drop), &runtime);
        }
        *last = Some(Attempt {
            began,
            outcome: outcome.clone(),
            _driver: driver,
        });
        (began, outcome)
    }
}

impl Attempt {
    /// Tells whether there is nothing to try again, or not yet.
    fn is_final(&self) -> bool {
        let Some(Outcome { refusal, ended }) = self.outcome.peek() else {
            return true;
        };
        let passes = refusal.as_ref().is_some_and(|error| may_pass(error.kind()));
        !passes || ended.elapsed() < PAUSE
    }
}

/// Tells whether a refusal says nothing about the snapshot itself: the clock may be set, the disk be there
/// again. Until then the snapshot is not replaced, since it may be a good one.
pub(super) fn may_pass(kind: SnapshotErrorKind) -> bool {
    matches!(
        kind,
        SnapshotErrorKind::FromTheFuture | SnapshotErrorKind::Unreadable
    )
}

fn late() -> SnapshotError {
    let message = format!("the snapshot was not read within {PATIENCE:?}");
    SnapshotError::new(SnapshotErrorKind::Unreadable, message)
        .with_hint("check the disk that it is on")
}
