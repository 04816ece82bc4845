//! [`Token`]: one token, and how long it lives.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::auth::login::Granted;
use crate::auth::track_record::TrackRecord;

/// The shortest time before its end that a token is replaced; a tenth of its life where that is more.
const MARGIN: Duration = Duration::from_secs(5);

/// Holds one token and what is known about it.
pub(crate) struct Token {
    pub(crate) text: SecretString,
    issued: Instant,
    /// From when on it is replaced; `None` where it never expires.
    due: Option<Instant>,
    expires: Option<Instant>,
    /// The server has honoured it at least once.
    worked: AtomicBool,
    pub(crate) record: TrackRecord,
}

impl Token {
    /// Begins the life of a token that was just issued; `jitter` is a number from 0 to 1.
    pub(crate) fn new(granted: Granted, jitter: f64) -> Self {
        let now = Instant::now();
        let life = granted.lifetime;
        Self {
            text: granted.text,
            issued: now,
            due: life.and_then(|life| now.checked_add(life - margin(life, jitter))),
            expires: life.and_then(|life| now.checked_add(life)),
            worked: AtomicBool::new(false),
            record: TrackRecord::default(),
        }
    }

    /// Tells whether the other is no other, but the same text read once more.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        self.text.expose_secret() == other.text.expose_secret()
    }

    /// Tells whether it should be replaced, while it still serves.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.due.is_some_and(|due| now >= due)
    }

    /// Tells whether it serves no longer.
    pub(crate) fn has_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|end| now >= end)
    }

    /// Returns how long ago it was issued.
    pub(crate) fn age(&self) -> Duration {
        self.issued.elapsed()
    }

    /// Notes that the server honoured the token.
    pub(crate) fn worked(&self) {
        self.worked.store(true, Ordering::Relaxed);
    }

    /// Tells whether the server honoured it since this was last asked.
    pub(crate) fn has_worked_since(&self) -> bool {
        self.worked.swap(false, Ordering::Relaxed)
    }

    /// Tells whether the server ever honoured it, or did since [`has_worked_since`](Self::has_worked_since).
    pub(crate) fn has_worked(&self) -> bool {
        self.worked.load(Ordering::Relaxed)
    }
}

/// Shows when it is replaced, and not the token.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}

/// Chooses how long before its end a token is replaced: once to twice the margin, so that clients that
/// logged in together do not come back together, but never more than half its life.
fn margin(life: Duration, jitter: f64) -> Duration {
    (life / 10).max(MARGIN).mul_f64(1.0 + jitter).min(life / 2)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn token(lifetime: Option<Duration>) -> Token {
        let text = "text".into();
        Token::new(Granted { text, lifetime }, 0.0)
    }

    #[test]
    fn a_token_is_replaced_in_its_last_tenth_or_fifth() {
        let hours = |count: u64| Duration::from_secs(count * 3600);
        assert_eq!(margin(hours(10), 0.0), hours(1));
        assert_eq!(margin(hours(10), 1.0), hours(2));
    }

    #[test]
    fn a_short_token_is_used_for_half_its_life_at_least() {
        assert_eq!(margin(Duration::from_secs(20), 0.0), Duration::from_secs(5));
        assert_eq!(margin(Duration::from_secs(4), 0.5), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_due_before_it_expires() {
        let token = token(Some(Duration::from_secs(100)));
        let state = || {
            let now = Instant::now();
            (token.is_due(now), token.has_expired(now))
        };
        advance(Duration::from_secs(89)).await;
        assert_eq!(state(), (false, false));
        advance(Duration::from_secs(1)).await;
        assert_eq!(state(), (true, false));
        advance(Duration::from_secs(10)).await;
        assert_eq!(state(), (true, true));
        assert_eq!(token.age(), Duration::from_secs(100));
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_without_an_end_is_never_due() {
        for lifetime in [None, Some(Duration::MAX)] {
            let token = token(lifetime);
            advance(Duration::from_secs(365 * 24 * 3600)).await;
            let now = Instant::now();
            assert!(
                !token.is_due(now) && !token.has_expired(now),
                "{lifetime:?}"
            );
        }
    }

    #[test]
    fn what_is_shown_of_a_token_is_not_the_token() {
        assert!(!format!("{:?}", token(None)).contains("text"));
    }
}
