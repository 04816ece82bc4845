//! [`Flight`]: one piece of work for any number of callers who want its result at the same time.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Lets callers join work that is already under way.
///
/// The flight keeps only a weak pointer, and every caller drives the work. So dropping one caller, the
/// first included, changes nothing for the others, and when all are gone the work ends with them.
pub(crate) struct Flight<T: Clone>(Mutex<Option<WeakShared<Work<T>>>>);

impl<T: Clone + Send + 'static> Flight<T> {
    /// Joins the work under way, or starts it.
    ///
    /// Between a caller's look at the result and this call, a flight may have landed. The work
    /// therefore begins by looking again.
    pub(crate) fn join<F>(&self, work: impl FnOnce() -> F) -> Shared<Work<T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = slot
            .as_ref()
            .and_then(WeakShared::upgrade)
            .filter(|work| work.peek().is_none());
        running.unwrap_or_else(|| {
            let started: Shared<Work<T>> = (Box::pin(work()) as Work<T>).shared();
            *slot = started.downgrade();
            started
        })
    }
}

impl<T: Clone> Default for Flight<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> fmt::Debug for Flight<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flight").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn the_work_survives_the_caller_who_started_it() {
        let (flight, gate) = (Flight::<usize>::default(), Arc::new(Notify::new()));
        let runs = Arc::new(AtomicUsize::new(0));
        let work = || {
            let (gate, runs) = (gate.clone(), runs.clone());
            async move {
                gate.notified().await;
                runs.fetch_add(1, Ordering::SeqCst)
            }
        };
        let mut first = flight.join(work);
        assert!(futures_util::poll!(&mut first).is_pending());
        let second = flight.join(work);
        drop(first);
        gate.notify_one();
        assert_eq!(second.await, 0);
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn work_that_ended_is_not_joined() {
        let flight = Flight::<usize>::default();
        let first = flight.join(|| async { 1 });
        assert_eq!(first.clone().await, 1);
        assert_eq!(flight.join(|| async { 2 }).await, 2);
        drop(first);
    }
}
