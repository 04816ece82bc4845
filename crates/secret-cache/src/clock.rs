//! [`Clock`]: what the cache measures age by.

use std::fmt;
use std::time::Duration;

use coarsetime::Instant as CoarseInstant;
use tokio::time::Instant as TokioInstant;

/// Measures time that never goes backwards.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Returns the time since an arbitrary moment, the same for all calls.
    fn now(&self) -> Duration;
}

/// Reads the operating system's coarse monotonic clock, which is exact to a few milliseconds and
/// costs a fraction of the exact one.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoarseClock;

impl Clock for CoarseClock {
    fn now(&self) -> Duration {
        // `Instant::now` would also write a static that all threads share.
        let ticks = CoarseInstant::now_without_cache_update().as_ticks();
        Duration::from_nanos(coarsetime::Duration::from_ticks(ticks).as_nanos())
    }
}

/// Reads tokio's clock, which tests pause and advance.
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    started: TokioInstant,
}

impl TokioClock {
    /// Starts at zero, at this moment of the runtime that the caller is in.
    pub fn new() -> Self {
        Self {
            started: TokioInstant::now(),
        }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_clock_counts_in_real_units() {
        let (clock, exact) = (CoarseClock, std::time::Instant::now());
        let started = clock.now();
        while exact.elapsed() < Duration::from_millis(50) {
            std::hint::spin_loop();
        }
        let elapsed = clock.now() - started;
        assert!(elapsed >= Duration::from_millis(20), "{elapsed:?}");
        assert!(
            elapsed <= exact.elapsed() + Duration::from_millis(50),
            "{elapsed:?}"
        );
    }
}
