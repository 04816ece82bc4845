//! The settings of time and size: how long, how often, how much.

use std::time::Duration;

use super::InfisicalBuilder;
use crate::build_error::BuildFault;

impl InfisicalBuilder {
    /// Sets how long connecting may take (default: 5 s).
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.limits.connect_timeout = limit;
        self
    }

    /// Sets how long one request may take, connecting included (default: 10 s).
    #[must_use]
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.limits.request_timeout = limit;
        self
    }

    /// Sets how long one look-up may take, a batch being one: login, all folders, retries and the pauses
    /// between them (default: 30 s).
    #[must_use]
    pub fn lookup_deadline(mut self, limit: Duration) -> Self {
        self.limits.lookup_deadline = limit;
        self
    }

    /// Sets how often a request that failed is repeated (default: 3).
    #[must_use]
    pub fn retries(mut self, count: u32) -> Self {
        self.limits.retries = count;
        self
    }

    /// Sets the longest pause before the first repetition; it doubles with each (default: 200 ms).
    #[must_use]
    pub fn retry_delay(mut self, delay: Duration) -> Self {
        self.limits.retry_delay = delay;
        self
    }

    /// Sets what the pause between repetitions does not grow beyond (default: 5 s).
    #[must_use]
    pub fn retry_max_delay(mut self, delay: Duration) -> Self {
        self.limits.retry_max_delay = delay;
        self
    }

    /// Sets how many folders one batch reads at a time (default: 8).
    #[must_use]
    pub fn concurrent_folders(mut self, count: usize) -> Self {
        self.limits.concurrent_folders = count;
        self
    }

    /// Sets how large an answer may be, in bytes, after it is decompressed (default: 16 MiB).
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.limits.max_body = bytes;
        self
    }

    /// Sets how many reads a minute this client plans with (default: 100).
    ///
    /// A batch that would need more, or many folders of one environment, is read with a recursive list of
    /// their common ancestor. The free plan of Infisical Cloud allows an identity 120 reads a minute; set
    /// a share of that where several processes use one identity. Nothing is held back: what the server
    /// refuses is repeated when it says.
    #[must_use]
    pub fn requests_per_minute(mut self, count: u32) -> Self {
        self.limits.requests_per_minute = count;
        self
    }

    /// Sets how long what was read of a folder may be renewed by asking whether it changed (default: 15
    /// min, as long as a server remembers); zero always reads in full.
    ///
    /// For this time, values that were handed out stay in memory, of 256 folders at most.
    #[must_use]
    pub fn conditional_for(mut self, length: Duration) -> Self {
        self.limits.conditional_for = length;
        self
    }

    /// Sets how long refused credentials are not tried again (default: 300 s, the server's own lock-out).
    #[must_use]
    pub fn refusal_memory(mut self, length: Duration) -> Self {
        self.limits.refusal_memory = length;
        self
    }

    pub(super) fn check_limits(&self, faults: &mut Vec<BuildFault>) {
        let limits = &self.limits;
        for (setting, is_zero) in [
            ("connect_timeout", limits.connect_timeout.is_zero()),
            ("request_timeout", limits.request_timeout.is_zero()),
            ("lookup_deadline", limits.lookup_deadline.is_zero()),
            ("concurrent_folders", limits.concurrent_folders == 0),
            ("max_body", limits.max_body == 0),
            ("requests_per_minute", limits.requests_per_minute == 0),
        ] {
            if is_zero {
                faults.push(BuildFault::new(
                    setting,
                    format!("`{setting}` is zero"),
                    "set it above zero, or leave it at its default",
                ));
            }
        }
    }
}
