//! [`Entry`]: what the cache keeps for one address, and until when.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use secret_source::{ErrorKind, Freshness, Secret, SecretError};

use crate::CacheConfig;

/// Keeps one answer: a value, or the error of a secret that does not exist.
///
/// All times are the cache's clock's.
pub(crate) struct Entry {
    answer: Result<Secret, SecretError>,
    fetched: Duration,
    fresh_until: Duration,
    gone_at: Duration,
    /// The millisecond of the last read, plus one; zero when that was noted or there was none.
    read_at: AtomicU64,
    refresh_failed: AtomicBool,
    refresh_refused: AtomicBool,
}

/// A value that is no longer asked for, as it is served when nothing better can be had.
pub(crate) struct Recalled {
    pub(crate) secret: Secret,
    /// Whether the source failed for the moment since the value was fetched.
    pub(crate) refresh_failed: bool,
    /// Whether it failed in a way for which no stale value is served, such as bad credentials.
    pub(crate) refresh_refused: bool,
}

impl Recalled {
    /// Recalls a value that is served because the source failed for the moment.
    pub(crate) fn degraded(secret: Secret) -> Self {
        Self {
            secret,
            refresh_failed: true,
            refresh_refused: false,
        }
    }
}

impl Entry {
    /// Keeps a value, for a time to live that is shortened by `jitter`, a number from 0 to 1.
    pub(crate) fn value(secret: Secret, now: Duration, jitter: f64, config: &CacheConfig) -> Self {
        let ttl = config.ttl.mul_f64(1.0 - MOST_JITTER * jitter);
        let life = config.ttl.saturating_add(config.stale);
        Self::new(Ok(secret), now, ttl, life)
    }

    /// Keeps the knowledge that a secret is missing.
    pub(crate) fn missing(error: SecretError, now: Duration, config: &CacheConfig) -> Self {
        Self::new(Err(error), now, config.negative_ttl, config.negative_ttl)
    }

    fn new(
        answer: Result<Secret, SecretError>,
        now: Duration,
        ttl: Duration,
        life: Duration,
    ) -> Self {
        Self {
            answer,
            fetched: now,
            fresh_until: now.saturating_add(ttl),
            gone_at: now.saturating_add(life),
            read_at: AtomicU64::new(0),
            refresh_failed: AtomicBool::new(false),
            refresh_refused: AtomicBool::new(false),
        }
    }

    /// Returns the answer as long as it is fresh.
    pub(crate) fn known(&self, now: Duration) -> Option<Result<Secret, SecretError>> {
        match &self.answer {
            Ok(_) => self.fresh(now).map(Ok),
            Err(error) => (now < self.fresh_until).then(|| {
                self.note_read(now);
                Err(error.clone())
            }),
        }
    }

    /// Returns the value as long as it is fresh.
    pub(crate) fn fresh(&self, now: Duration) -> Option<Secret> {
        let secret = self.answer.as_ref().ok()?;
        if now >= self.fresh_until {
            return None;
        }
        self.note_read(now);
        Some(secret.clone().served_from_cache(Freshness::Fresh))
    }

    /// Returns the value until it is gone, marked as what it is.
    pub(crate) fn recall(&self, now: Duration) -> Option<Recalled> {
        if !self.is_live_value(now) {
            return None;
        }
        let secret = self.answer.as_ref().ok()?.clone();
        self.note_read(now);
        let freshness = if now < self.fresh_until {
            Freshness::Fresh
        } else {
            Freshness::Stale {
                age: now.saturating_sub(self.fetched),
            }
        };
        Some(Recalled {
            secret: secret.served_from_cache(freshness),
            refresh_failed: self.refresh_failed.load(Ordering::Relaxed),
            refresh_refused: self.refresh_refused.load(Ordering::Relaxed),
        })
    }

    /// Tells whether there is a value that could still be served, be it stale.
    pub(crate) fn is_live_value(&self, now: Duration) -> bool {
        self.answer.is_ok() && !self.is_gone(now)
    }

    pub(crate) fn is_stale(&self, now: Duration) -> bool {
        self.is_live_value(now) && now >= self.fresh_until
    }

    pub(crate) fn is_gone(&self, now: Duration) -> bool {
        now >= self.gone_at
    }

    /// Remembers that the value could not be replaced.
    pub(crate) fn note_failure(&self, kind: ErrorKind) {
        let note = if kind.is_transient() {
            &self.refresh_failed
        } else {
            &self.refresh_refused
        };
        note.store(true, Ordering::Relaxed);
    }

    /// Returns when the entry was last read, if that was after the last call.
    pub(crate) fn take_read(&self) -> Option<u64> {
        Some(self.read_at.swap(0, Ordering::Relaxed)).filter(|read| *read != 0)
    }

    fn note_read(&self, now: Duration) {
        let read = u64::try_from(now.as_millis()).unwrap_or(u64::MAX - 1) + 1;
        // Most reads find their millisecond noted and leave the cache line to other threads.
        if self.read_at.load(Ordering::Relaxed) != read {
            self.read_at.store(read, Ordering::Relaxed);
        }
    }
}

/// The largest part of the time to live that jitter takes away.
const MOST_JITTER: f64 = 0.1;

#[cfg(test)]
mod tests {
    use secret_source::{Missing, Origin};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn entry(jitter: f64) -> Entry {
        let secret = Secret::new("hunter2", Origin::new("memory"));
        Entry::value(secret, SECOND, jitter, &CacheConfig::new())
    }

    #[test]
    fn jitter_shortens_the_time_to_live_by_a_tenth_at_most_and_never_moves_the_end() {
        for (jitter, ttl) in [(0.0, 300), (0.5, 285), (1.0, 270)] {
            let entry = entry(jitter);
            let (fresh_until, end) = (SECOND * (1 + ttl), SECOND * 901);
            let moment = Duration::from_nanos(1);
            assert!(entry.fresh(fresh_until - moment).is_some(), "{jitter}");
            assert!(entry.fresh(fresh_until).is_none(), "{jitter}");
            assert!(entry.is_stale(end - moment), "{jitter}");
            assert!(entry.recall(end).is_none(), "{jitter}");
        }
    }

    #[test]
    fn a_stale_value_tells_its_age_by_the_caches_clock() {
        let recalled = entry(0.0).recall(SECOND * 401).unwrap();
        assert_eq!(
            recalled.secret.freshness(),
            Freshness::Stale { age: SECOND * 400 }
        );
        assert!(recalled.secret.is_cached());
    }

    #[test]
    fn a_missing_secret_is_never_stale() {
        let error = SecretError::not_found(Missing::Secret);
        let entry = Entry::missing(error, SECOND, &CacheConfig::new());
        assert!(entry.known(SECOND * 10).unwrap().is_err());
        assert!(entry.known(SECOND * 11).is_none());
        assert!(entry.recall(SECOND * 5).is_none());
        assert!(entry.is_gone(SECOND * 11));
    }
}
