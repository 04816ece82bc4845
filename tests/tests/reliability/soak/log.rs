//! [`Log`]: everything that is logged, looked through for values and forgotten.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use infisical_fake::Fake;
use secret_testkit::{Canary, LogCollector, find_leak};

use super::truth::Truth;

/// How often the log is emptied.
const EVERY: Duration = Duration::from_millis(100);

/// Looks through the log of the threads it is installed on.
#[derive(Clone, Debug)]
pub(super) struct Log {
    logs: LogCollector,
    canaries: Arc<[Canary; 2]>,
    events: Arc<AtomicU64>,
    leaks: Arc<AtomicU64>,
}

impl Log {
    /// Begins, on a thread of its own that ends with the last other owner.
    pub(super) fn watch(truth: &Truth, server: &Fake) -> Self {
        let secret = Canary::of_value("client secret", server.client_secret());
        let log = Self {
            logs: LogCollector::new(),
            canaries: Arc::new([truth.canary(), secret]),
            events: Arc::default(),
            leaks: Arc::default(),
        };
        let watching = log.clone();
        thread::spawn(move || {
            while Arc::strong_count(&watching.events) > 1 {
                // Real time is the subject, and this is no part of it.
                thread::sleep(EVERY);
                watching.look_through();
            }
        });
        log
    }

    /// Installs it on this thread, for as long as the thread lives.
    pub(super) fn install_for_good(&self) {
        std::mem::forget(self.logs.install());
    }

    /// Says where a value was logged, and forgets the rest.
    pub(super) fn look_through(&self) {
        // What is logged between the two is lost to the search, and little.
        let events = self.logs.events();
        self.logs.clear();
        self.events.fetch_add(events.len() as u64, Relaxed);
        for event in events {
            if let Some(leak) = find_leak(&event.to_string(), self.canaries.iter()) {
                self.leaks.fetch_add(1, Relaxed);
                let _ = writeln!(std::io::stderr(), "{leak}, at {}", event.level());
            }
        }
    }

    /// Returns how many events there were, and how many held a value.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.events.load(Relaxed), self.leaks.load(Relaxed))
    }
}
