//! Probes and late outcomes, in thousands of orders: `cargo xtask schedules`.
//!
//! Each law has a planted race beside it, which must be found: otherwise the law was never tried.

use std::panic::catch_unwind;

use shuttle::sync::atomic::{AtomicU32, Ordering::SeqCst};
use shuttle::thread;

use super::*;

const SCHEDULES: usize = 3_000;
const NOW: Duration = Duration::from_secs(1_000);
const RESET: Duration = Duration::from_secs(60);
const LATER: Duration = Duration::from_secs(1_060);

/// How a law's one crucial step is taken.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    AsItIs,
    /// In two critical sections instead of one.
    Torn,
}

fn is_found(law: fn(Step)) -> bool {
    catch_unwind(|| shuttle::check_random(move || law(Step::Torn), SCHEDULES)).is_err()
}

fn down() -> SecretError {
    SecretError::unavailable("down")
}

fn opened() -> Arc<Circuit> {
    let config = BreakerConfig::new().failures(1).reset(RESET);
    let circuit = Arc::new(Circuit::new(config));
    circuit.admit(NOW).unwrap().settle(Some(&down()), NOW);
    circuit
}

/// However many come after the reset, and whatever becomes of their probes, one at a time goes through.
fn one_probe_at_a_time(step: Step) {
    let circuit = opened();
    let probing = Arc::new(AtomicU32::new(0));
    let callers: Vec<_> = (0..3)
        .map(|caller| {
            let (circuit, probing) = (Arc::clone(&circuit), Arc::clone(&probing));
            thread::spawn(move || {
                let permit = match step {
                    Step::AsItIs => circuit.admit(LATER).ok(),
                    Step::Torn => circuit.admit_in_two_steps(LATER),
                };
                let Some(permit) = permit else { return };
                assert_eq!(probing.fetch_add(1, SeqCst), 0, "two probes at once");
                thread::yield_now();
                probing.fetch_sub(1, SeqCst);
                if caller == 0 {
                    // Cancelled.
                    drop(permit);
                } else {
                    permit.settle(Some(&down()), LATER);
                }
            })
        })
        .collect();
    for caller in callers {
        caller.join().unwrap();
    }
    assert!(
        circuit.admit(LATER + RESET).is_ok(),
        "nobody may probe any more"
    );
}

/// What began before the circuit closed does not open it again.
fn a_late_failure_opens_nothing(step: Step) {
    let config = BreakerConfig::new().failures(1).reset(RESET);
    let circuit = Arc::new(Circuit::new(config));
    let permit = circuit.admit(NOW).unwrap();
    let late = {
        let circuit = Arc::clone(&circuit);
        thread::spawn(move || match step {
            Step::AsItIs => {
                permit.settle(Some(&down()), NOW);
            }
            Step::Torn => {
                let era = circuit.progress().era;
                circuit.failed(era, &down(), NOW);
            }
        })
    };
    let resetting = {
        let circuit = Arc::clone(&circuit);
        thread::spawn(move || {
            circuit.close();
            assert!(circuit.admit(NOW).is_ok(), "it was closed just now");
        })
    };
    late.join().unwrap();
    resetting.join().unwrap();
    assert!(circuit.admit(NOW).is_ok());
}

#[test]
fn one_probe_at_a_time_goes_through_in_every_order() {
    shuttle::check_random(|| one_probe_at_a_time(Step::AsItIs), SCHEDULES);
    assert!(is_found(one_probe_at_a_time));
}

#[test]
fn a_failure_from_before_the_circuit_closed_opens_nothing_in_any_order() {
    shuttle::check_random(|| a_late_failure_opens_nothing(Step::AsItIs), SCHEDULES);
    assert!(is_found(a_late_failure_opens_nothing));
}

impl Circuit {
    /// Looks whether a probe may go through, and only then takes its place.
    fn admit_in_two_steps(self: &Arc<Self>, now: Duration) -> Option<Permit> {
        let cause = match &self.progress().phase {
            Phase::Open { until, cause } if now >= *until => cause.clone(),
            _ => return None,
        };
        let mut progress = self.progress();
        progress.turn(Phase::Probing { cause });
        Some(Permit {
            circuit: Arc::clone(self),
            era: progress.era,
        })
    }
}
