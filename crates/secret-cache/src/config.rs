//! [`CacheConfig`]: how long values live, how many, and what happens when they are stale.

use std::sync::Arc;
use std::time::Duration;

use secret_source::LogNames;

use crate::{Clock, CoarseClock, SnapshotStore};

/// Says how long values live, how many are kept, and what happens when they are stale.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use secret_cache::{CacheConfig, StalePolicy};
///
/// let config = CacheConfig::new()
///     .ttl(Duration::from_secs(60))
///     .stale(Duration::from_secs(3600))
///     .stale_policy(StalePolicy::WhileRevalidate);
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
pub struct CacheConfig {
    pub(crate) ttl: Duration,
    pub(crate) stale: Duration,
    pub(crate) negative_ttl: Duration,
    pub(crate) entries: usize,
    pub(crate) stale_policy: StalePolicy,
    pub(crate) refresh_deadline: Duration,
    pub(crate) log_names: LogNames,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) seed: Option<u64>,
    pub(crate) snapshot: Option<Arc<dyn SnapshotStore>>,
}

/// Says what a look-up of a stale value does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StalePolicy {
    /// Asks the source on each look-up, and serves the stale value if that fails for the moment or
    /// takes longer than the refresh deadline.
    #[default]
    IfError,
    /// Serves the stale value at once and asks the source in the background, once however many look
    /// up. After a failure for which no stale value is served, such as bad credentials, it asks first.
    /// Outside a tokio runtime there is no background, and this is [`IfError`](Self::IfError).
    WhileRevalidate,
}

impl CacheConfig {
    /// Starts from the defaults, which each setter names.
    pub fn new() -> Self {
        Self {
            ttl: Duration::from_secs(300),
            stale: Duration::from_secs(600),
            negative_ttl: Duration::from_secs(10),
            entries: 1_000,
            stale_policy: StalePolicy::default(),
            refresh_deadline: Duration::from_secs(1),
            log_names: LogNames::default(),
            clock: Arc::new(CoarseClock),
            seed: None,
            snapshot: None,
        }
    }

    /// Sets how long a value is fresh, 300 s by default.
    ///
    /// Jitter shortens this by up to a tenth, the same for all values of a folder that were fetched
    /// together, so that many instances of a program do not all ask at the same moment. Zero keeps
    /// nothing, neither fresh nor stale nor missing; callers at the same moment still share one call.
    #[must_use]
    pub fn ttl(mut self, time: Duration) -> Self {
        self.ttl = time;
        self
    }

    /// Sets how long a value may be served stale after its time to live, 600 s by default.
    ///
    /// A value is gone for good `ttl` plus `stale` after it was fetched.
    #[must_use]
    pub fn stale(mut self, time: Duration) -> Self {
        self.stale = time;
        self
    }

    /// Sets how long the absence of a secret is remembered, 10 s by default.
    #[must_use]
    pub fn negative_ttl(mut self, time: Duration) -> Self {
        self.negative_ttl = time;
        self
    }

    /// Sets how many entries are kept, 1,000 by default and at least one.
    ///
    /// Each write copies the table of entries (not the values), so that reads need no lock.
    #[must_use]
    pub fn entries(mut self, count: usize) -> Self {
        self.entries = count.max(1);
        self
    }

    /// Sets what a look-up of a stale value does, [`StalePolicy::IfError`] by default.
    #[must_use]
    pub fn stale_policy(mut self, policy: StalePolicy) -> Self {
        self.stale_policy = policy;
        self
    }

    /// Sets how long a refresh keeps a caller from the old value at hand, 1 s by default: a stale one or, once
    /// the source failed, one of the snapshot.
    ///
    /// The time counts from the beginning of the refresh, which goes on after it.
    #[must_use]
    pub fn refresh_deadline(mut self, time: Duration) -> Self {
        self.refresh_deadline = time;
        self
    }

    /// Sets how much of a name the log shows.
    #[must_use]
    pub fn log_names(mut self, names: LogNames) -> Self {
        self.log_names = names;
        self
    }

    /// Sets the clock that age is measured by, [`CoarseClock`] by default.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Keeps what was fetched in a store, too, for a start while the source cannot be asked; unless set,
    /// nothing outlives the process.
    ///
    /// What the store holds is served only where the source fails for the moment and there is no entry, fresh
    /// or stale, and until it has the store's own [maximum age](SnapshotStore::max_age). Once the source failed,
    /// and until it answers again, it is waited for no longer than the refresh deadline. The store is saved
    /// in the background, at most every 5 s. With a time to live of zero the store is not used.
    #[must_use]
    pub fn snapshot(mut self, store: impl SnapshotStore) -> Self {
        self.snapshot = Some(Arc::new(store));
        self
    }

    /// Makes the jitter the same in every run.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self::new()
    }
}
