//! [`Pace`]: when to look again.

use std::time::Duration;

use fastrand::Rng;

/// The longest pause before the first attempt after a failure.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// Decides how long to wait for the next reload.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    rng: Rng,
}

impl Pace {
    pub(super) fn new(interval: Duration, seed: Option<u64>) -> Self {
        let rng = seed.map_or_else(Rng::new, Rng::with_seed);
        Self { interval, rng }
    }

    /// Returns the interval and up to a tenth more; after a failure a shorter pause that doubles each time, at most
    /// the interval, and up to a tenth less. Many instances then neither ask nor come back at the same time.
    ///
    /// A source that asked for more time gets it and up to a tenth more, as far as that is within the interval.
    pub(super) fn pause(&mut self, failures_in_a_row: u64, asked: Duration) -> Duration {
        let part = self.rng.f64();
        let Some(doublings) = failures_in_a_row.checked_sub(1) else {
            let jitter = (self.interval / 10).mul_f64(part);
            return self.interval.saturating_add(jitter);
        };
        // That many seconds are longer than any interval that ends.
        let factor = 1u32 << doublings.min(31);
        let backoff = FIRST_RETRY.min(self.interval).saturating_mul(factor);
        let pause = backoff.min(self.interval);
        let asked = asked.min(self.interval);
        let asked = asked.saturating_add((asked / 10).mul_f64(part));
        asked.max(pause - (pause / 10).mul_f64(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn is_within(pause: Duration, from: f64, to: f64) -> bool {
        (from..=to).contains(&pause.as_secs_f64())
    }

    #[test]
    fn the_interval_is_lengthened_by_a_tenth_at_most_and_never_shortened() {
        let mut pace = Pace::new(MINUTE, Some(1));
        let pauses: Vec<_> = (0..1000).map(|_| pace.pause(0, Duration::ZERO)).collect();
        assert!(pauses.iter().all(|pause| is_within(*pause, 60.0, 66.0)));
        assert!(pauses.iter().any(|pause| is_within(*pause, 65.0, 66.0)));
        assert!(pauses.iter().any(|pause| is_within(*pause, 60.0, 61.0)));
    }

    #[test]
    fn a_failure_is_followed_by_pauses_that_double_up_to_the_interval() {
        let mut pace = Pace::new(MINUTE, Some(1));
        for (failures, longest) in [
            (1, 1.0),
            (2, 2.0),
            (4, 8.0),
            (6, 32.0),
            (7, 60.0),
            (99, 60.0),
        ] {
            let pause = pace.pause(failures, Duration::ZERO);
            assert!(
                is_within(pause, longest * 0.9, longest),
                "{failures}: {pause:?}"
            );
        }
    }

    #[test]
    fn what_the_source_asks_for_is_the_shortest_pause_within_the_interval() {
        let mut pace = Pace::new(MINUTE, Some(1));
        for (failures, asked, from, to) in [
            (1, 30, 30.0, 33.0),
            (99, 30, 54.0, 60.0),
            (1, 3600, 60.0, 66.0),
            (0, 0, 60.0, 66.0),
        ] {
            let pause = pace.pause(failures, Duration::from_secs(asked));
            assert!(is_within(pause, from, to), "{failures}, {asked}: {pause:?}");
        }
    }

    #[test]
    fn a_short_interval_is_its_own_longest_pause_and_a_long_one_does_not_overflow() {
        let mut pace = Pace::new(Duration::from_millis(10), Some(1));
        assert!(is_within(pace.pause(1, Duration::ZERO), 0.009, 0.010));
        let mut pace = Pace::new(Duration::MAX, Some(1));
        assert_eq!(pace.pause(0, Duration::ZERO), Duration::MAX);
        assert!(pace.pause(u64::MAX, Duration::ZERO) > MINUTE);
    }
}
