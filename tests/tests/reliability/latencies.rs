//! [`Latencies`]: many durations, and how they are spread.

use std::fmt;
use std::time::Duration;

/// Collects durations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    /// Returns the duration that `percent` of all do not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100);
        sorted
            .get(rank.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn longest(&self) -> Duration {
        self.percentile(100)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (half, most) = (self.percentile(50), self.percentile(99));
        let longest = self.longest();
        write!(f, "p50 {half:.1?}, p99 {most:.1?}, longest {longest:.1?}")
    }
}

#[test]
fn the_percentiles_of_a_hundred_are_its_members() {
    let mut latencies = Latencies::default();
    (1..=100)
        .rev()
        .for_each(|ms| latencies.add(Duration::from_millis(ms)));
    assert_eq!(latencies.percentile(99), Duration::from_millis(99));
    assert_eq!(latencies.percentile(50), Duration::from_millis(50));
    assert_eq!(latencies.longest(), Duration::from_millis(100));
}
