//! [`Log`]: everything that is logged, to be looked through for values.

use std::io::Write as _;

use infisical_fake::Fake;
use secret_testkit::{Canary, LogCollector, find_leak};

use super::truth::Truth;

/// Collects the log of the threads it is installed on.
///
/// It keeps every event and so has a soak of its own: the memory of the other would be that of the log.
#[derive(Clone, Debug)]
pub(super) struct Log {
    logs: LogCollector,
    canaries: [Canary; 2],
}

impl Log {
    pub(super) fn of(truth: &Truth, server: &Fake) -> Self {
        let secret = Canary::of_value("client secret", server.client_secret());
        Self {
            logs: LogCollector::new(),
            canaries: [truth.canary(), secret],
        }
    }

    /// Installs it on this thread, for as long as the thread lives.
    pub(super) fn install_for_good(&self) {
        std::mem::forget(self.logs.install());
    }

    /// Returns how many events there were, and how many of them hold a value.
    pub(super) fn events_and_leaks(&self) -> (usize, usize) {
        let events = self.logs.events();
        let leaks = events.iter().filter(|event| {
            let leak = find_leak(&event.to_string(), self.canaries.iter());
            if let Some(leak) = &leak {
                let _ = writeln!(std::io::stderr(), "{leak}, at {}", event.level());
            }
            leak.is_some()
        });
        let leaks = leaks.count();
        (events.len(), leaks)
    }
}
