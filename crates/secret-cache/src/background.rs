//! [`Background`]: refreshes that nobody waits for.

use std::sync::{Mutex, PoisonError};

use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::flights::Flight;

/// Drives refreshes to their end while their callers are content with a stale value.
///
/// Dropping it ends them all.
#[derive(Debug, Default)]
pub(crate) struct Background {
    tasks: Mutex<JoinSet<()>>,
}

impl Background {
    /// Tells whether the caller is inside a runtime.
    pub(crate) fn is_available() -> bool {
        Handle::try_current().is_ok()
    }

    /// Drives a flight on the caller's runtime; without one, those who wait for it do.
    pub(crate) fn drive(&self, flight: Flight) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn_on(async move { drop(flight.await) }, &runtime);
    }

    /// Ends the refreshes that are under way.
    pub(crate) fn end(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.abort_all();
    }
}
