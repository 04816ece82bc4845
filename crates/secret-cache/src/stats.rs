//! [`Stats`]: what the cache did so far.

use std::sync::atomic::{AtomicU64, Ordering};

use secret_source::SecretAddress;
use serde::Serialize;

/// Counts what the cache did since it was made.
///
/// Each look-up of an address is exactly one of: a hit, a negative hit, a miss, or a stale value
/// served at once ([`StalePolicy::WhileRevalidate`](crate::StalePolicy::WhileRevalidate)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// Look-ups that a fresh value answered.
    pub hits: u64,
    /// Look-ups that waited for the source, be it for a call that was already on its way.
    pub misses: u64,
    /// Calls to the source; a batch is one.
    pub fetches: u64,
    /// Addresses that the source answered with an error.
    pub errors: u64,
    /// Look-ups that a stale value answered.
    pub stale_served: u64,
    /// Look-ups that the remembered absence of the secret answered.
    pub negative_hits: u64,
    /// Addresses whose value could not be replaced by a newer one, forced refreshes included.
    pub refresh_failures: u64,
    /// Entries that had to leave for others.
    pub evictions: u64,
    /// Entries that are kept now: fresh, stale, and absences.
    pub entries: usize,
}

/// Counts while look-ups run on all threads.
#[derive(Default)]
pub(crate) struct Counters {
    hits: [Stripe; STRIPES],
    pub(crate) misses: Counter,
    pub(crate) fetches: Counter,
    pub(crate) errors: Counter,
    pub(crate) stale_served: Counter,
    pub(crate) negative_hits: Counter,
    pub(crate) refresh_failures: Counter,
    pub(crate) evictions: Counter,
}

#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

/// Hits are counted in stripes, so that threads which read different secrets do not meet.
const STRIPES: usize = 16;

#[derive(Default)]
#[repr(align(128))]
struct Stripe(Counter);

impl Counter {
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count as u64, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    pub(crate) fn hit(&self, address: &SecretAddress) {
        self.hits[address.hash64() as usize % STRIPES].0.increment();
    }

    pub(crate) fn stats(&self, entries: usize) -> Stats {
        Stats {
            hits: self.hits.iter().map(|stripe| stripe.0.get()).sum(),
            misses: self.misses.get(),
            fetches: self.fetches.get(),
            errors: self.errors.get(),
            stale_served: self.stale_served.get(),
            negative_hits: self.negative_hits.get(),
            refresh_failures: self.refresh_failures.get(),
            evictions: self.evictions.get(),
            entries,
        }
    }
}
