//! Flights and invalidations, in thousands of orders: `cargo xtask schedules`.
//!
//! Each law has a planted race beside it, which must be found: otherwise the law was never tried.

use std::panic::catch_unwind;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{Either, select};
use secret_source::{
    ExposeSecret, FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource,
};
use shuttle::future::{block_on, spawn, yield_now};
use shuttle::sync::atomic::{AtomicU64, Ordering::SeqCst};

use super::Cache;
use crate::{CacheConfig, CacheExt, Cached, Selector};

const SCHEDULES: usize = 3_000;

/// Answers with its version as it was when the call began.
#[derive(Debug, Default)]
struct Versioned {
    version: AtomicU64,
    in_the_air: AtomicU64,
    /// The most calls that were in the air at once.
    most: AtomicU64,
}

/// Counts a call out, also one that was cancelled.
struct Landing<'a>(&'a AtomicU64);

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[async_trait]
impl SecretSource for Versioned {
    fn origin(&self) -> Origin {
        Origin::new("versioned")
    }

    async fn get(&self, _: &SecretAddress) -> Result<Secret, SecretError> {
        let now = self.in_the_air.fetch_add(1, SeqCst) + 1;
        let _landing = Landing(&self.in_the_air);
        self.most.fetch_max(now, SeqCst);
        let version = self.version.load(SeqCst);
        yield_now().await;
        Ok(Secret::new(version.to_string(), self.origin()))
    }
}

type Source = Arc<Versioned>;

fn scene() -> (Source, Arc<Cached<Source>>) {
    let source = Source::default();
    let cached = source.clone().cached(CacheConfig::new().seed(1));
    (source, Arc::new(cached))
}

fn key() -> SecretAddress {
    FolderAddress::new("infisical", "dev", &"/".parse().unwrap()).secret("KEY")
}

async fn version(cached: &Cached<Source>) -> u64 {
    let secret = cached.get(&key()).await.unwrap();
    secret.value().expose_secret().parse().unwrap()
}

/// Looks up, and gives up if someone else is faster.
async fn impatient(cached: &Cached<Source>) -> Option<u64> {
    match select(Box::pin(version(cached)), Box::pin(yield_now())).await {
        Either::Left((version, _)) => Some(version),
        Either::Right(_) => None,
    }
}

/// How a law's one crucial step is taken.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    AsItIs,
    /// In two critical sections instead of one.
    Torn,
}

fn is_found(law: fn(Step)) -> bool {
    catch_unwind(|| shuttle::check_random(move || law(Step::Torn), SCHEDULES)).is_err()
}

/// However many ask, and whoever gives up, at most one call is in the air, and everyone is answered.
fn one_call_at_a_time(step: Step) {
    let (source, cached) = scene();
    let asking: Vec<_> = (0..3)
        .map(|caller| {
            let cached = Arc::clone(&cached);
            spawn(async move {
                match (caller, step) {
                    (0, _) => drop(impatient(&cached).await),
                    (_, Step::AsItIs) => assert_eq!(version(&cached).await, 0),
                    (_, Step::Torn) => drop(look_up_in_two_steps(&cached.handle().cache).await),
                }
            })
        })
        .collect();
    block_on(async {
        for caller in asking {
            caller.await.unwrap();
        }
    });
    assert_eq!(source.most.load(SeqCst), 1);
    assert_eq!(source.in_the_air.load(SeqCst), 0);
}

async fn look_up_in_two_steps(cache: &Arc<Cache>) -> Result<Secret, SecretError> {
    if let Some(known) = cache.known(&key()) {
        return known;
    }
    let joined = cache.join(&key());
    let seat = joined.unwrap_or_else(|| cache.force(&key()));
    seat.answer().await
}

/// What was fetched before an invalidation is neither kept nor answered after it.
fn an_invalidation_is_final(step: Step) {
    let (source, cached) = scene();
    let asking: Vec<_> = (0..2)
        .map(|_| {
            let cached = Arc::clone(&cached);
            spawn(async move { version(&cached).await })
        })
        .collect();
    let rotating = {
        let (source, cached) = (Arc::clone(&source), Arc::clone(&cached));
        spawn(async move {
            source.version.store(1, SeqCst);
            let handle = cached.handle();
            match step {
                Step::AsItIs => drop(handle.invalidate(&Selector::all())),
                Step::Torn => handle.cache.invalidate_in_two_steps(&Selector::all()),
            }
            assert_eq!(version(&cached).await, 1, "after the invalidation");
        })
    };
    block_on(async {
        rotating.await.unwrap();
        for caller in asking {
            caller.await.unwrap();
        }
        assert_eq!(version(&cached).await, 1, "in the end");
    });
}

/// A forced refresh beats what was in the air before it.
fn a_refresh_is_the_last_word(step: Step) {
    let (source, cached) = scene();
    let asking = {
        let cached = Arc::clone(&cached);
        spawn(async move { version(&cached).await })
    };
    let rotating = {
        let (source, cached) = (Arc::clone(&source), Arc::clone(&cached));
        spawn(async move {
            source.version.store(1, SeqCst);
            if step == Step::AsItIs {
                cached.handle().refresh(&key()).await.unwrap();
            } else {
                // Joins what is in the air instead.
                look_up_in_two_steps(&cached.handle().cache).await.unwrap();
            }
        })
    };
    block_on(async {
        rotating.await.unwrap();
        asking.await.unwrap();
        assert_eq!(version(&cached).await, 1);
    });
}

#[test]
fn one_call_at_a_time_is_in_the_air() {
    shuttle::check_random(|| one_call_at_a_time(Step::AsItIs), SCHEDULES);
    assert!(is_found(one_call_at_a_time));
}

#[test]
fn nothing_from_before_an_invalidation_comes_after_it() {
    shuttle::check_random(|| an_invalidation_is_final(Step::AsItIs), SCHEDULES);
    assert!(is_found(an_invalidation_is_final));
}

#[test]
fn nothing_from_before_a_refresh_comes_after_it() {
    shuttle::check_random(|| a_refresh_is_the_last_word(Step::AsItIs), SCHEDULES);
    assert!(is_found(a_refresh_is_the_last_word));
}

impl Cache {
    fn join(&self, address: &SecretAddress) -> Option<crate::flights::Seat> {
        self.writing().flights.join(address)
    }

    /// Removes the entries, and only then keeps what is in the air from storing.
    fn invalidate_in_two_steps(&self, selector: &Selector) {
        let now = self.now();
        let matches = |address: &SecretAddress| selector.matches(address);
        let mut writing = self.writing();
        self.entries.remove(&mut writing.order, matches, now);
        drop(writing);
        self.writing().flights.forget(matches);
    }
}
