//! [`Circuit`]: the breaker's state machine, which knows neither runtime nor clock nor source.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use secret_source::SecretError;

use crate::sync::{Mutex, MutexGuard};
use crate::{BreakerConfig, BreakerState};

/// How long callers are told to wait while a probe is under way, whose end nobody knows.
const WAIT_FOR_PROBE: Duration = Duration::from_secs(1);

/// Decides which calls go through, from the outcomes of those before.
///
/// All times are durations since one arbitrary moment, the same for every call.
#[derive(Debug)]
pub(crate) struct Circuit {
    config: BreakerConfig,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    phase: Phase,
    /// Counts the changes of phase: an outcome counts only in the era in which its call began.
    era: u64,
}

#[derive(Debug)]
enum Phase {
    Closed { failures: u32 },
    Open { until: Duration, cause: SecretError },
    Probing { cause: SecretError },
}

/// Lets one call through, and takes its outcome; dropped without one, the call counts as not made.
#[derive(Debug)]
pub(crate) struct Permit {
    circuit: Arc<Circuit>,
    era: u64,
}

/// Says why a call does not go through.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) wait: Duration,
    /// The failure that opened the circuit.
    pub(crate) cause: SecretError,
}

/// Says what an outcome changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nothing,
    Opened(Duration),
    Closed,
}

impl Circuit {
    pub(crate) fn new(config: BreakerConfig) -> Self {
        let phase = Phase::Closed { failures: 0 };
        Self {
            config,
            progress: Mutex::new(Progress { phase, era: 0 }),
        }
    }

    /// Lets a call through or refuses it; the first call after the open time becomes the probe.
    pub(crate) fn admit(self: &Arc<Self>, now: Duration) -> Result<Permit, Refusal> {
        let mut progress = self.progress();
        match &progress.phase {
            Phase::Closed { .. } => {}
            Phase::Open { until, cause } if now < *until => {
                return Err(Refusal {
                    wait: *until - now,
                    cause: cause.clone(),
                });
            }
            Phase::Open { cause, .. } => {
                let cause = cause.clone();
                progress.turn(Phase::Probing { cause });
            }
            Phase::Probing { cause } => {
                return Err(Refusal {
                    wait: WAIT_FOR_PROBE,
                    cause: cause.clone(),
                });
            }
        }
        Ok(Permit {
            circuit: Arc::clone(self),
            era: progress.era,
        })
    }

    pub(crate) fn state(&self, now: Duration) -> BreakerState {
        match self.progress().phase {
            Phase::Closed { failures } => BreakerState::Closed { failures },
            Phase::Open { until, .. } if now < until => BreakerState::Open {
                remaining: until - now,
            },
            Phase::Open { .. } | Phase::Probing { .. } => BreakerState::HalfOpen,
        }
    }

    pub(crate) fn close(&self) {
        self.progress().turn(Phase::Closed { failures: 0 });
    }

    fn succeeded(&self, era: u64) -> Change {
        let mut progress = self.progress();
        if progress.era != era {
            return Change::Nothing;
        }
        match &mut progress.phase {
            Phase::Closed { failures } => {
                *failures = 0;
                Change::Nothing
            }
            Phase::Open { .. } | Phase::Probing { .. } => {
                progress.turn(Phase::Closed { failures: 0 });
                Change::Closed
            }
        }
    }

    fn failed(&self, era: u64, failure: &SecretError, now: Duration) -> Change {
        let mut progress = self.progress();
        if progress.era != era || self.config.failures == 0 {
            return Change::Nothing;
        }
        if let Phase::Closed { failures } = &mut progress.phase {
            *failures += 1;
            if *failures < self.config.failures {
                return Change::Nothing;
            }
        }
        let open = self
            .config
            .reset
            .max(failure.retry_after().unwrap_or_default());
        progress.turn(Phase::Open {
            until: now.saturating_add(open),
            cause: failure.clone(),
        });
        Change::Opened(open)
    }

    /// Frees the place of a probe that was cancelled; the next call probes in its stead.
    fn abandoned(&self, era: u64) {
        let mut progress = self.progress();
        if progress.era != era {
            return;
        }
        if let Phase::Probing { cause } = &progress.phase {
            let cause = cause.clone();
            progress.turn(Phase::Open {
                until: Duration::ZERO,
                cause,
            });
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn turn(&mut self, phase: Phase) {
        self.phase = phase;
        self.era += 1;
    }
}

impl Permit {
    /// Takes the outcome of the call: the failure, where it counts as one.
    pub(crate) fn settle(self, failure: Option<&SecretError>, now: Duration) -> Change {
        match failure {
            Some(failure) => self.circuit.failed(self.era, failure, now),
            None => self.circuit.succeeded(self.era),
        }
    }
}

impl Drop for Permit {
    // After `settle` a probe's era is over, so there is nothing left to abandon.
    fn drop(&mut self) {
        self.circuit.abandoned(self.era);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);
    const RESET: Duration = Duration::from_secs(60);

    fn circuit(failures: u32) -> Arc<Circuit> {
        let config = BreakerConfig::new().failures(failures).reset(RESET);
        Arc::new(Circuit::new(config))
    }

    fn down() -> SecretError {
        SecretError::unavailable("down")
    }

    fn fail(circuit: &Arc<Circuit>, now: Duration) -> Change {
        circuit.admit(now).unwrap().settle(Some(&down()), now)
    }

    #[test]
    fn the_fifth_failure_in_a_row_opens_the_circuit() {
        let circuit = circuit(5);
        for _ in 0..4 {
            assert_eq!(fail(&circuit, NOW), Change::Nothing);
        }
        circuit.admit(NOW).unwrap().settle(None, NOW);
        for _ in 0..4 {
            assert_eq!(fail(&circuit, NOW), Change::Nothing);
        }
        assert_eq!(fail(&circuit, NOW), Change::Opened(RESET));
        assert_eq!(circuit.admit(NOW).unwrap_err().wait, RESET);
    }

    #[test]
    fn one_probe_at_a_time_goes_through_after_the_reset() {
        let circuit = circuit(1);
        fail(&circuit, NOW);
        let probe = circuit.admit(NOW + RESET).unwrap();
        assert_eq!(circuit.admit(NOW + RESET).unwrap_err().wait, WAIT_FOR_PROBE);
        assert_eq!(circuit.state(NOW + RESET), BreakerState::HalfOpen);
        assert_eq!(probe.settle(None, NOW + RESET), Change::Closed);
        assert!(circuit.admit(NOW + RESET).is_ok());
    }

    #[test]
    fn a_failed_probe_opens_the_circuit_for_another_reset() {
        let circuit = circuit(1);
        fail(&circuit, NOW);
        assert_eq!(fail(&circuit, NOW + RESET), Change::Opened(RESET));
        assert_eq!(circuit.admit(NOW + RESET).unwrap_err().wait, RESET);
    }

    #[test]
    fn a_cancelled_probe_frees_its_place() {
        let circuit = circuit(1);
        fail(&circuit, NOW);
        drop(circuit.admit(NOW + RESET).unwrap());
        let probe = circuit.admit(NOW + RESET).unwrap();
        assert_eq!(probe.settle(None, NOW + RESET), Change::Closed);
    }

    #[test]
    fn outcomes_of_calls_from_before_the_change_do_not_count() {
        let circuit = circuit(1);
        let (slow_success, slow_failure) =
            (circuit.admit(NOW).unwrap(), circuit.admit(NOW).unwrap());
        fail(&circuit, NOW);
        assert_eq!(slow_success.settle(None, NOW), Change::Nothing);
        assert!(circuit.admit(NOW).is_err());

        let probe = circuit.admit(NOW + RESET).unwrap();
        let late = slow_failure.settle(Some(&down()), NOW + RESET);
        assert_eq!(late, Change::Nothing);
        assert_eq!(probe.settle(None, NOW + RESET), Change::Closed);
    }

    #[test]
    fn a_probe_from_before_a_reset_by_hand_does_not_count() {
        let circuit = circuit(1);
        fail(&circuit, NOW);
        let probe = circuit.admit(NOW + RESET).unwrap();
        circuit.close();
        assert_eq!(probe.settle(Some(&down()), NOW + RESET), Change::Nothing);
        assert_eq!(circuit.state(NOW), BreakerState::Closed { failures: 0 });
    }

    #[test]
    fn a_longer_wait_that_the_source_asks_for_is_obeyed() {
        let circuit = circuit(1);
        let long = Duration::from_secs(300);
        let failure = down().with_retry_after(long);
        let permit = circuit.admit(NOW).unwrap();
        assert_eq!(permit.settle(Some(&failure), NOW), Change::Opened(long));
        assert!(circuit.admit(NOW + RESET).is_err());
        assert!(circuit.admit(NOW + long).is_ok());
    }

    #[test]
    fn zero_failures_turn_the_breaker_off() {
        let circuit = circuit(0);
        for _ in 0..100 {
            assert_eq!(fail(&circuit, NOW), Change::Nothing);
        }
    }
}

#[cfg(all(test, shuttle))]
mod schedules;
