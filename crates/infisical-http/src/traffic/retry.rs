//! [`Backoff`]: how long to pause before the next attempt.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use fastrand::Rng;

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::http::request::Operation;
use crate::limits::Limits;

/// How much longer than a server asks a pause is at most.
const LONGEST_SPREAD: Duration = Duration::from_secs(1);

/// Hands out the pauses between attempts: exponential, each with full jitter.
///
/// Full jitter means a random part of the whole delay, zero included, so that many clients that failed
/// together do not come back together.
#[derive(Debug)]
pub(crate) struct Backoff {
    schedule: ExponentialBuilder,
    rng: Mutex<Rng>,
}

impl Backoff {
    pub(crate) fn new(limits: &Limits, seed: Option<u64>) -> Self {
        let schedule = ExponentialBuilder::new()
            .with_factor(2.0)
            .with_min_delay(limits.retry_delay.min(limits.retry_max_delay))
            .with_max_delay(limits.retry_max_delay)
            .with_max_times(limits.retries as usize);
        let rng = seed.map_or_else(Rng::new, Rng::with_seed);
        Self {
            schedule,
            rng: Mutex::new(rng),
        }
    }

    /// Begins the schedule of one call: as many delays as there may be retries.
    pub(crate) fn begin(&self) -> ExponentialBackoff {
        self.schedule.build()
    }

    /// Returns how long to pause: as long as the server asked for and a little longer, so that the many who
    /// were sent away together do not come back together, and never shorter than without its asking.
    ///
    /// A server asks for no pause at all with `Retry-After: 0`, or with a date that its clock has passed.
    pub(crate) fn pause(&self, asked: Option<Duration>, delay: Duration) -> Duration {
        let asked = asked.unwrap_or_default();
        let spread = self.jittered((asked / 20).min(LONGEST_SPREAD));
        (asked + spread).max(self.jittered(delay))
    }

    /// Takes a random part of a delay.
    fn jittered(&self, delay: Duration) -> Duration {
        delay.mul_f64(self.fraction())
    }

    /// Returns a random number from 0 to 1.
    pub(crate) fn fraction(&self) -> f64 {
        self.rng
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .f64()
    }
}

/// Tells whether a failed request may be sent again.
///
/// Reads may, whatever happened to them. A login spends a use of a client secret that may have few, so
/// it is repeated only where it never left, or where the server itself said that it failed to serve it;
/// a refusal is final. A revocation is not worth a second try. A write is repeated only where it certainly
/// was not carried out: it never left, or the server turned it away before looking at it.
pub(crate) fn may_repeat(operation: Operation, failure: &Failure) -> bool {
    failure.remedy == Remedy::Retry
        && match operation {
            Operation::List
            | Operation::Tree
            | Operation::Get
            | Operation::Folders
            | Operation::Project => true,
            Operation::Login => failure.was_never_sent() || failure.status().is_some(),
            Operation::Revoke => false,
            Operation::Create | Operation::Update | Operation::Delete | Operation::CreateFolder => {
                failure.was_never_sent() || failure.was_turned_away()
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff(limits: &Limits) -> Backoff {
        Backoff::new(limits, Some(7))
    }

    #[test]
    fn delays_double_up_to_the_longest() {
        let limits = Limits {
            retries: 7,
            ..Limits::default()
        };
        let delays: Vec<_> = backoff(&limits)
            .begin()
            .map(|delay| delay.as_millis())
            .collect();
        assert_eq!(delays, [200, 400, 800, 1600, 3200, 5000, 5000]);
    }

    #[test]
    fn no_retries_means_no_delays() {
        let limits = Limits {
            retries: 0,
            ..Limits::default()
        };
        assert_eq!(backoff(&limits).begin().count(), 0);
    }

    #[test]
    fn jitter_covers_the_whole_delay_and_no_more() {
        let backoff = backoff(&Limits::default());
        let delay = Duration::from_secs(1);
        let pauses: Vec<_> = (0..1000).map(|_| backoff.jittered(delay)).collect();
        assert!(pauses.iter().all(|pause| *pause <= delay));
        assert!(pauses.iter().any(|pause| *pause < delay / 10));
        assert!(pauses.iter().any(|pause| *pause > delay * 9 / 10));
    }

    #[test]
    fn a_pause_is_no_shorter_for_being_asked_for_and_never_shorter_than_asked() {
        let (backoff, alone) = (backoff(&Limits::default()), backoff(&Limits::default()));
        let (second, delay) = (Duration::from_secs(1), Duration::from_millis(200));
        let mut longest = Duration::ZERO;
        for _ in 0..1000 {
            let pause = backoff.pause(Some(30 * second), delay);
            assert!((30 * second..=31 * second).contains(&pause), "{pause:?}");
            longest = longest.max(pause);
        }
        assert!(longest > 30 * second, "they do not all come back together");
        for asked in [None, Some(Duration::ZERO)] {
            let pauses: Vec<_> = (0..100).map(|_| alone.pause(asked, second)).collect();
            assert!(pauses.iter().all(|pause| *pause <= second), "{asked:?}");
            assert!(pauses.iter().any(|pause| *pause > delay), "{asked:?}");
        }
    }

    #[test]
    fn one_seed_gives_one_sequence() {
        let pauses = |seed| {
            let backoff = Backoff::new(&Limits::default(), Some(seed));
            [(); 5].map(|()| backoff.jittered(Duration::from_secs(1)))
        };
        assert_eq!(pauses(1), pauses(1));
        assert_ne!(pauses(1), pauses(2));
    }
}
