//! [`Record`]: what a watch did so far.

use std::time::Duration;

use tokio::time::Instant;

use super::error::WatchError;
use super::status::WatchStatus;
use super::watched::Reloaded;

/// Counts what a watch did, and knows when.
pub(super) struct Record {
    is_running: bool,
    last_changed: Instant,
    last_checked: Instant,
    reloads: u64,
    changes: u64,
    failures: u64,
    failures_in_a_row: u64,
    last_failure: Option<WatchError>,
}

impl Record {
    /// Begins with a first load that went well.
    pub(super) fn begin() -> Self {
        let now = Instant::now();
        Self {
            is_running: true,
            last_changed: now,
            last_checked: now,
            reloads: 0,
            changes: 0,
            failures: 0,
            failures_in_a_row: 0,
            last_failure: None,
        }
    }

    /// Notes how a reload ended, and returns how many failed in a row before it.
    pub(super) fn note(&mut self, outcome: &Result<Reloaded, WatchError>) -> u64 {
        let now = Instant::now();
        let before = self.failures_in_a_row;
        self.reloads += 1;
        match outcome {
            Ok(reloaded) => {
                self.last_checked = now;
                self.failures_in_a_row = 0;
                if *reloaded == Reloaded::Changed {
                    self.last_changed = now;
                    self.changes += 1;
                }
            }
            Err(error) => {
                self.failures += 1;
                self.failures_in_a_row += 1;
                self.last_failure = Some(error.clone());
            }
        }
        before
    }

    pub(super) fn stop(&mut self) {
        self.is_running = false;
    }

    pub(super) fn failures_in_a_row(&self) -> u64 {
        self.failures_in_a_row
    }

    /// Returns how long the source asked to wait, if the last reload failed.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let failing = self.failures_in_a_row > 0;
        self.last_failure
            .as_ref()
            .filter(|_| failing)?
            .retry_after()
    }

    pub(super) fn status(&self, version: u64) -> WatchStatus {
        WatchStatus {
            is_running: self.is_running,
            version,
            last_changed: self.last_changed.elapsed(),
            last_checked: self.last_checked.elapsed(),
            reloads: self.reloads,
            changes: self.changes,
            failures: self.failures,
            failures_in_a_row: self.failures_in_a_row,
            last_failure: self.last_failure.clone(),
        }
    }
}
