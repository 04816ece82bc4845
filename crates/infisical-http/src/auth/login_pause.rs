//! [`LoginPause`]: the login that failed, for as long as none is tried because of it.

use std::fmt;
use std::time::Duration;

use secret_source::SecretError;
use tokio::time::Instant;

use crate::deadline::end_of;

/// The pause after a failure, which doubles with each that follows without a success, and its bound.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);

/// Remembers a login that failed without being refused, so that the many requests of a batch, and the loops
/// of callers, do not each try one: the login itself has been repeated by then.
#[derive(Default)]
pub(crate) struct LoginPause {
    last: Option<(SecretError, Instant)>,
    failures: u32,
}

impl LoginPause {
    /// Begins a pause; where the server asked for a longer one, that long.
    pub(crate) fn begin(&mut self, error: &SecretError) {
        let doubled = FIRST.saturating_mul(2_u32.saturating_pow(self.failures));
        let asked = error.retry_after().unwrap_or_default();
        let length = doubled.min(LONGEST).max(asked);
        self.failures += 1;
        self.last = Some((error.clone(), end_of(Instant::now(), length)));
    }

    /// Ends the pause, because a login went well or someone wants one now.
    pub(crate) fn end(&mut self) {
        *self = Self::default();
    }

    /// Returns the failure, with the time until the next login may be tried.
    pub(crate) fn at(&self, now: Instant) -> Option<SecretError> {
        let (error, end) = self.last.as_ref().filter(|(_, end)| now < *end)?;
        Some(error.clone().with_retry_after(*end - now))
    }
}

/// Shows how often in a row logins failed.
impl fmt::Debug for LoginPause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginPause")
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn left(pause: &LoginPause) -> Option<u64> {
        let error = pause.at(Instant::now())?;
        Some(error.retry_after().unwrap().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn each_failure_in_a_row_doubles_the_pause_up_to_the_longest() {
        let mut pause = LoginPause::default();
        for expected in [1, 2, 4, 8, 10, 10] {
            pause.begin(&SecretError::unavailable("down"));
            assert_eq!(left(&pause), Some(expected));
            advance(Duration::from_secs(expected)).await;
            assert_eq!(left(&pause), None);
        }
        pause.end();
        pause.begin(&SecretError::unavailable("down"));
        assert_eq!(left(&pause), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_longer_pause_that_the_server_asks_for_is_kept() {
        let mut pause = LoginPause::default();
        pause.begin(&SecretError::rate_limited("busy", Duration::from_secs(60)));
        assert_eq!(left(&pause), Some(60));
        pause.end();
        assert_eq!(left(&pause), None);
    }
}
