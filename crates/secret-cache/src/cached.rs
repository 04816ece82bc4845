//! [`Cached`]: answers again what was answered before.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use secret_source::{
    FolderAddress, Freshness, Origin, Secret, SecretAddress, SecretError, SecretSource,
};

use crate::background::Background;
use crate::cache::{Boarding, Cache, Place};
use crate::entry::Recalled;
use crate::flights::{Seat, unanswered};
use crate::stale_warning::StaleWarning;
use crate::{CacheConfig, CacheHandle, StalePolicy};

/// Answers from memory what its source answered before, for as long as the [`CacheConfig`] allows.
///
/// The key is the whole address: two projects, environments, versions or types never share an entry.
/// Only what was asked for is kept, and a value is wiped from memory when its entry leaves and the
/// last caller drops it. Lists pass through uncached.
///
/// Stale values need a tokio runtime with its timer; without a runtime a refresh is waited for to its
/// end.
///
/// # Order
///
/// Around the circuit breaker, so that hits never meet it and its refusals are answered with stale
/// values; inside the environment's fallback, which must come after stale values and is never cached.
///
/// # Examples
///
/// ```
/// use secret_cache::{CacheConfig, Cached};
/// use secret_source::{MemorySource, SecretSource};
///
/// let source = Cached::new(MemorySource::new(), CacheConfig::new());
/// assert_eq!(source.origin().to_string(), "cache over memory");
/// ```
#[derive(Debug)]
pub struct Cached<S> {
    inner: Arc<S>,
    cache: Arc<Cache>,
    warning: StaleWarning,
    background: Arc<Background>,
}

/// Adds [`cached`](Self::cached) to every source.
pub trait CacheExt: SecretSource + Sized {
    /// Wraps the source in a cache.
    fn cached(self, config: CacheConfig) -> Cached<Self> {
        Cached::new(self, config)
    }
}

impl<S: SecretSource> CacheExt for S {}

impl<S: SecretSource> Cached<S> {
    /// Wraps `inner` in an empty cache.
    pub fn new(inner: S, config: CacheConfig) -> Self {
        let inner = Arc::new(inner);
        let source: Arc<dyn SecretSource> = inner.clone();
        Self {
            inner,
            cache: Arc::new(Cache::new(source, config)),
            warning: StaleWarning::default(),
            background: Arc::default(),
        }
    }

    /// Returns a handle that stays good when the cache disappears inside a stack.
    pub fn handle(&self) -> CacheHandle {
        CacheHandle {
            cache: Arc::clone(&self.cache),
            background: Arc::downgrade(&self.background),
        }
    }

    async fn ask(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let Boarding { places, refresh } = self.cache.board(addresses);
        if let Some(flight) = refresh {
            // It outlives callers who settle for the stale value, so that a slow source is still heard.
            self.background.drive(flight);
        }
        let arrivals = addresses
            .iter()
            .zip(places)
            .map(|(address, place)| self.arrive(address, place));
        join_all(arrivals).await
    }

    async fn arrive(&self, address: &SecretAddress, place: Place) -> Result<Secret, SecretError> {
        let seat = match place {
            Place::Known(answer) => return answer,
            Place::Aboard(seat) => seat,
        };
        if self.revalidates()
            && let Some(stale) = self.cache.recall(address)
            && !stale.refresh_refused
        {
            let degraded = stale.refresh_failed;
            return Ok(self.serve(address, stale, degraded));
        }
        self.cache.counters.misses.increment();
        match self.answer_of(&seat, address).await {
            Some(answer) => self.or_stand_in(address, answer).await,
            None => match self.stand_in(address).await {
                Some(secret) => Ok(secret),
                // The value went away meanwhile, and with it the reason for haste.
                None => self.or_stand_in(address, seat.answer().await).await,
            },
        }
    }

    /// Puts an old value in the place of a failure for the moment.
    async fn or_stand_in(
        &self,
        address: &SecretAddress,
        answer: Result<Secret, SecretError>,
    ) -> Result<Secret, SecretError> {
        let error = match answer {
            Err(error) if error.kind().is_transient() => error,
            answer => return answer,
        };
        self.stand_in(address).await.ok_or(error)
    }

    /// Serves the stale value; where there is none, what the snapshot has.
    async fn stand_in(&self, address: &SecretAddress) -> Option<Secret> {
        if let Some(stale) = self.cache.recall(address) {
            return Some(self.serve(address, stale, true));
        }
        let secret = self.cache.snapshot_of(address).await?;
        Some(self.serve(address, Recalled::degraded(secret), true))
    }

    /// Waits for an answer; with an old value at hand only until the refresh deadline.
    async fn answer_of(
        &self,
        seat: &Seat,
        address: &SecretAddress,
    ) -> Option<Result<Secret, SecretError>> {
        if !self.cache.has_stand_in(address) {
            return Some(seat.answer().await);
        }
        let waited = self.cache.now().saturating_sub(seat.departed);
        let remaining = self.cache.config.refresh_deadline.saturating_sub(waited);
        within(remaining, seat.answer()).await
    }

    fn serve(&self, address: &SecretAddress, recalled: Recalled, degraded: bool) -> Secret {
        if let Freshness::Stale { age } = recalled.secret.freshness() {
            self.cache.counters.stale_served.increment();
            if degraded {
                let names = self.cache.config.log_names;
                self.warning.served(address, age, self.cache.now(), names);
            }
        }
        recalled.secret
    }

    fn revalidates(&self) -> bool {
        self.cache.config.stale_policy == StalePolicy::WhileRevalidate && Background::is_available()
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource> SecretSource for Cached<S> {
    fn origin(&self) -> Origin {
        Origin::over("cache", &self.inner.origin())
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.cache
            .fresh(address)
            .or_else(|| self.inner.peek(address))
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        if let Some(answer) = self.cache.known(address) {
            return answer;
        }
        let answers = self.ask(std::slice::from_ref(address)).await;
        answers
            .into_iter()
            .next()
            .unwrap_or_else(|| Err(unanswered()))
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let known: Vec<_> = addresses
            .iter()
            .map(|address| self.cache.known(address))
            .collect();
        let unknown = addresses
            .iter()
            .zip(&known)
            .filter(|(_, answer)| answer.is_none());
        let asked: Vec<_> = unknown.map(|(address, _)| address.clone()).collect();
        if asked.is_empty() {
            return known.into_iter().flatten().collect();
        }
        let mut answers = self.ask(&asked).await.into_iter();
        let complete = |answer: Option<_>| {
            answer
                .or_else(|| answers.next())
                .unwrap_or_else(|| Err(unanswered()))
        };
        known.into_iter().map(complete).collect()
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let seats = self.cache.renew(addresses);
        join_all(seats.iter().map(Seat::answer)).await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.inner.list(folder).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.inner.list_recursive(folder).await
    }
}

/// Waits for a future until a deadline; outside a runtime nothing could wake the caller before.
async fn within<T>(deadline: Duration, future: impl Future<Output = T>) -> Option<T> {
    if Background::is_available() {
        tokio::time::timeout(deadline, future).await.ok()
    } else {
        Some(future.await)
    }
}
