//! [`Dialect`]: which generation of the API a server speaks, and how that is found out once.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard};
use tokio::time::{Instant, timeout};

/// How long a server is taken for an old one before one call asks it anew, at the price of a request: it
/// may have been upgraded, or have been another one behind the same address.
const RECHECK: Duration = Duration::from_secs(600);

/// How long others wait for the request that goes first.
///
/// It is enough for a login and an answer. Beyond it the first caller may hang, or may have stopped to drive
/// its look-up, and one request more is the smaller price.
const PATIENCE: Duration = Duration::from_secs(1);

/// Names a generation of the API for reading secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `/api/v4/secrets`, on servers since about October 2025.
    V4,
    /// `/api/v3/secrets/raw`, on all before; later servers still serve it, deprecated.
    V3,
}

impl Dialect {
    /// Returns the dialect to try where a server does not know this one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::V4 => Self::V3,
            Self::V3 => Self::V4,
        }
    }
}

const V4: u8 = 4;
const V3: u8 = 3;

/// Remembers the dialect of a server.
///
/// Nothing but a first request can tell, and that costs an extra request on an old server. So while the
/// answer is unknown one request goes first and the others wait for it, once and not for long: where it fails
/// without an answer to the question, or gives none in time, those who waited go on together instead of one
/// after the other.
#[derive(Debug, Default)]
pub(crate) struct KnownDialect {
    known: AtomicU8,
    gate: Mutex<()>,
    /// When the server was last asked whether it speaks the newest one.
    asked: std::sync::Mutex<Option<Instant>>,
}

/// Says what to speak, and keeps others waiting where nobody knows yet.
pub(crate) struct Choice<'a> {
    pub(crate) dialect: Dialect,
    _gate: Option<MutexGuard<'a, ()>>,
}

impl KnownDialect {
    /// Returns the dialect to speak; the first caller scouts with the newest one.
    pub(crate) async fn choose(&self) -> Choice<'_> {
        if let Some(known) = self.get() {
            let dialect = match known {
                Dialect::V3 if self.is_time_to_ask() => Dialect::V4,
                known => known,
            };
            return Choice {
                dialect,
                _gate: None,
            };
        }
        if let Ok(gate) = self.gate.try_lock() {
            return Choice {
                dialect: Dialect::V4,
                _gate: Some(gate),
            };
        }
        drop(timeout(PATIENCE, self.gate.lock()).await);
        Choice {
            dialect: self.get().unwrap_or(Dialect::V4),
            _gate: None,
        }
    }

    /// Remembers what the server speaks.
    pub(crate) fn learn(&self, dialect: Dialect) {
        let code = match dialect {
            Dialect::V4 => V4,
            Dialect::V3 => V3,
        };
        // What is learned in the dialect that is known already is no answer to a question about another.
        if self.known.swap(code, Ordering::AcqRel) != code {
            *self.asked() = Some(Instant::now());
            tracing::debug!(dialect = ?dialect, "learned which API the server has");
        }
    }

    /// Tells one caller, from time to time, to ask for the newest dialect again.
    fn is_time_to_ask(&self) -> bool {
        let now = Instant::now();
        let mut asked = self.asked();
        let is_time = asked.is_none_or(|at| now.saturating_duration_since(at) >= RECHECK);
        if is_time {
            *asked = Some(now);
        }
        is_time
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the dialect, once it is known.
    pub(crate) fn get(&self) -> Option<Dialect> {
        match self.known.load(Ordering::Acquire) {
            V4 => Some(Dialect::V4),
            V3 => Some(Dialect::V3),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn all_wait_for_the_first_and_then_speak_what_it_found() {
        let known = KnownDialect::default();
        let scout = known.choose().await;
        assert_eq!(scout.dialect, Dialect::V4);
        let mut waiting = Box::pin(known.choose());
        assert!(poll!(&mut waiting).is_pending());
        known.learn(Dialect::V3);
        drop(scout);
        assert_eq!(waiting.await.dialect, Dialect::V3);
    }

    #[tokio::test]
    async fn a_scout_that_found_nothing_holds_the_others_up_once() {
        let known = KnownDialect::default();
        let scout = known.choose().await;
        let mut second = Box::pin(known.choose());
        let mut third = Box::pin(known.choose());
        assert!(poll!(&mut second).is_pending() && poll!(&mut third).is_pending());
        drop(scout);
        let (second, third) = (second.await, third.await);
        assert_eq!((second.dialect, third.dialect), (Dialect::V4, Dialect::V4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_scout_that_is_not_driven_any_more_is_not_waited_for() {
        let known = KnownDialect::default();
        let _parked = known.choose().await;
        let start = tokio::time::Instant::now();
        assert_eq!(known.choose().await.dialect, Dialect::V4);
        assert_eq!(start.elapsed(), PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_server_is_asked_from_time_to_time_by_one_caller_whether_it_is_one_still() {
        let known = KnownDialect::default();
        known.learn(Dialect::V3);
        for _ in 0..2 {
            tokio::time::advance(RECHECK - Duration::from_secs(1)).await;
            // Answers that it gives meanwhile put nothing off.
            known.learn(Dialect::V3);
            assert_eq!(known.choose().await.dialect, Dialect::V3);
            tokio::time::advance(Duration::from_secs(1)).await;
            assert_eq!(known.choose().await.dialect, Dialect::V4);
            assert_eq!(known.choose().await.dialect, Dialect::V3);
        }
        known.learn(Dialect::V4);
        tokio::time::advance(RECHECK).await;
        assert_eq!(known.choose().await.dialect, Dialect::V4);
        assert_eq!(known.choose().await.dialect, Dialect::V4);
    }
}
