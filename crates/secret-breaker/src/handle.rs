//! [`BreakerHandle`]: looks at a breaker, and closes it, from outside the stack.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::BreakerState;
use crate::circuit::Circuit;

/// Looks at a breaker, and closes it, wherever in a stack the breaker is.
#[derive(Clone, Debug)]
pub struct BreakerHandle {
    pub(crate) circuit: Arc<Circuit>,
    started: Instant,
}

impl BreakerHandle {
    pub(crate) fn new(circuit: Circuit) -> Self {
        Self {
            circuit: Arc::new(circuit),
            started: Instant::now(),
        }
    }

    /// Returns what the breaker does with the next call.
    pub fn state(&self) -> BreakerState {
        self.circuit.state(self.now())
    }

    /// Closes the circuit and forgets all failures, such as after credentials were replaced.
    ///
    /// Calls that are still on their way no longer count.
    pub fn reset(&self) {
        self.circuit.close();
    }

    /// Returns the time since the breaker was made, which is all that its circuit knows of time.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }
}
