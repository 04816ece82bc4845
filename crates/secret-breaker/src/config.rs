//! [`BreakerConfig`]: when the circuit opens, and for how long.

use std::time::Duration;

/// Says when the circuit opens, and for how long.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use secret_breaker::BreakerConfig;
///
/// let patient = BreakerConfig::new().failures(10).reset(Duration::from_secs(15));
/// let off = BreakerConfig::new().failures(0);
/// # let _ = (patient, off);
/// ```
#[derive(Clone, Debug)]
pub struct BreakerConfig {
    pub(crate) failures: u32,
    pub(crate) reset: Duration,
}

impl BreakerConfig {
    /// Starts from the defaults: five failures, 60 seconds.
    pub fn new() -> Self {
        Self {
            failures: 5,
            reset: Duration::from_secs(60),
        }
    }

    /// Sets how many failures in a row open the circuit; 0 turns the breaker off.
    #[must_use]
    pub fn failures(mut self, count: u32) -> Self {
        self.failures = count;
        self
    }

    /// Sets how long the circuit stays open before the next probe.
    ///
    /// A source that asks for a longer wait, as a server does with `Retry-After`, gets it.
    #[must_use]
    pub fn reset(mut self, wait: Duration) -> Self {
        self.reset = wait;
        self
    }
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self::new()
    }
}
