//! [`FailureLog`]: says that a configuration could not be renewed, often enough and no oftener.

use std::time::Duration;

use secret_source::LogNames;
use tokio::time::Instant;
use tracing::{info, warn};

use super::error::WatchError;

/// How often the same failure is told.
const INTERVAL: Duration = Duration::from_secs(60);

/// Warns of each failure at once, and while it stays the same once a minute with a count.
#[derive(Default)]
pub(super) struct FailureLog {
    said: Option<Said>,
}

struct Said {
    gist: Vec<String>,
    at: Instant,
    failures: u64,
}

impl FailureLog {
    pub(super) fn failed(&mut self, error: &WatchError, names: LogNames) {
        let (gist, now) = (error.gist(), Instant::now());
        let failures = match &mut self.said {
            Some(said) if said.gist == gist && now < said.at + INTERVAL => {
                said.failures += 1;
                return;
            }
            Some(said) if said.gist == gist => said.failures + 1,
            _ => 1,
        };
        let kind = error.kind().as_str();
        // It names keys and references.
        let reason = (names == LogNames::Full).then(|| error.to_string());
        warn!(
            kind,
            reason, failures, "the configuration could not be renewed, so the last good one stays"
        );
        self.said = Some(Said {
            gist,
            at: now,
            failures: 0,
        });
    }

    pub(super) fn recovered(&mut self, failures: u64) {
        if self.said.take().is_some() {
            info!(failures, "the configuration can be renewed again");
        }
    }
}
