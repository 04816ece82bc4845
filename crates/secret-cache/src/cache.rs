//! [`Cache`]: the entries, the flights that fill them, and the one lock that both share.

mod boarding;
mod fetch;

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use secret_source::{Secret, SecretAddress, SecretError, SecretSource};

use crate::entries::Entries;
use crate::entry::Recalled;
use crate::flights::{Flights, Seat};
use crate::order::Order;
use crate::snapshot::Keeper;
use crate::stats::Counters;
use crate::sync::{Mutex, MutexGuard};
use crate::{CacheConfig, Selector, Stats};

pub(crate) use boarding::{Boarding, Place};
use fetch::Purpose;

/// Holds what flights and handles share. What a look-up does with it is
/// [`Cached`](crate::Cached)'s business.
pub(crate) struct Cache {
    source: Arc<dyn SecretSource>,
    pub(crate) config: CacheConfig,
    entries: Entries,
    writing: Mutex<Writing>,
    pub(crate) counters: Counters,
    /// Keeps what is to outlive the process, where anything is.
    pub(crate) keeper: Option<Keeper>,
}

/// What only one thread at a time may touch.
///
/// Storing an answer and invalidating it happen under this lock as a whole, so neither sees the other
/// half done. No seat may be dropped under it: with the last seat goes the flight, and the flight's
/// [`Ticket`](fetch::Ticket) takes the lock.
struct Writing {
    flights: Flights,
    order: Order,
    rng: Rng,
    /// Nothing is stored any more.
    is_closed: bool,
}

impl Cache {
    pub(crate) fn new(source: Arc<dyn SecretSource>, config: CacheConfig) -> Self {
        let rng = config.seed.map_or_else(Rng::new, Rng::with_seed);
        let writing = Writing {
            flights: Flights::default(),
            order: Order::new(),
            rng,
            is_closed: false,
        };
        // What is never kept in memory is not kept outside of it either.
        let store = config.snapshot.clone().filter(|_| !config.ttl.is_zero());
        Self {
            source,
            keeper: store.map(|store| Keeper::new(store, config.entries)),
            config,
            entries: Entries::default(),
            writing: Mutex::new(writing),
            counters: Counters::default(),
        }
    }

    pub(crate) fn now(&self) -> Duration {
        self.config.clock.now()
    }

    /// Returns a fresh value, and counts the hit.
    pub(crate) fn fresh(&self, address: &SecretAddress) -> Option<Secret> {
        let secret = self
            .entries
            .read(address, |entry| entry.fresh(self.now()))?;
        self.counters.hit(address);
        Some(secret)
    }

    /// Returns a fresh value or a remembered absence, and counts the hit.
    pub(crate) fn known(&self, address: &SecretAddress) -> Option<Result<Secret, SecretError>> {
        let answer = self
            .entries
            .read(address, |entry| entry.known(self.now()))?;
        match answer {
            Ok(_) => self.counters.hit(address),
            Err(_) => self.counters.negative_hits.increment(),
        }
        Some(answer)
    }

    /// Returns what can still be served, be it stale.
    pub(crate) fn recall(&self, address: &SecretAddress) -> Option<Recalled> {
        self.entries.read(address, |entry| entry.recall(self.now()))
    }

    fn is_stale(&self, address: &SecretAddress) -> bool {
        let now = self.now();
        self.entries
            .read(address, |entry| entry.is_stale(now).then_some(()))
            .is_some()
    }

    /// Begins a flight whatever is known or on its way.
    pub(crate) fn force(self: &Arc<Self>, address: &SecretAddress) -> Seat {
        let now = self.now();
        let mut writing = self.writing();
        let flight = self.depart(
            &mut writing.flights,
            vec![address.clone()],
            None,
            now,
            Purpose::Refresh,
        );
        Seat {
            flight,
            index: 0,
            departed: now,
        }
    }

    /// Removes matching entries; flights that are in the air for them store nothing.
    pub(crate) fn invalidate(&self, selector: &Selector) -> usize {
        let now = self.now();
        let mut writing = self.writing();
        writing.flights.forget(|address| selector.matches(address));
        if let Some(keeper) = &self.keeper {
            keeper.forget(selector);
        }
        let removed =
            self.entries
                .remove(&mut writing.order, |address| selector.matches(address), now);
        drop(writing);
        self.wake_keeper();
        removed
    }

    /// Tells whether a failing source needs not be waited for, since an old value is at hand: a stale one,
    /// or, once the source failed, one of the snapshot.
    pub(crate) fn has_stand_in(&self, address: &SecretAddress) -> bool {
        let keeper = self.keeper.as_ref();
        self.is_stale(address) || keeper.is_some_and(|keeper| keeper.stands_in(address))
    }

    /// Returns what the snapshot has in place of an answer.
    pub(crate) async fn snapshot_of(&self, address: &SecretAddress) -> Option<Secret> {
        self.keeper.as_ref()?.recall(address).await
    }

    fn wake_keeper(&self) {
        if let Some(keeper) = &self.keeper {
            keeper.wake();
        }
    }

    /// Removes everything, and stores nothing from now on.
    pub(crate) fn close(&self) {
        self.writing().is_closed = true;
        self.invalidate(&Selector::all());
    }

    pub(crate) fn stats(&self) -> Stats {
        self.counters.stats(self.entries.count(self.now()))
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("config", &self.config)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, shuttle))]
mod schedules;
