//! [`Limits`]: how long, how often and how much.

use std::time::Duration;

/// Holds every number that bounds the client's work; the builder's setters say what each means.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) lookup_deadline: Duration,
    pub(crate) retries: u32,
    pub(crate) retry_delay: Duration,
    pub(crate) retry_max_delay: Duration,
    pub(crate) concurrent_folders: usize,
    pub(crate) max_body: usize,
    pub(crate) requests_per_minute: u32,
    pub(crate) conditional_for: Duration,
    pub(crate) refusal_memory: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(10),
            lookup_deadline: Duration::from_secs(30),
            retries: 3,
            retry_delay: Duration::from_millis(200),
            retry_max_delay: Duration::from_secs(5),
            concurrent_folders: 8,
            max_body: 16 * 1024 * 1024,
            requests_per_minute: 100,
            conditional_for: Duration::from_secs(15 * 60),
            refusal_memory: Duration::from_secs(300),
        }
    }
}
