//! [`RateWindow`]: what a server says about its limit of requests, whatever else it answers.

use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::http::retry_after;

/// Holds the headers of Infisical's rate limiter (`@fastify/rate-limit`), which every answer of a limited
/// route carries.
///
/// The last request that is allowed says that none is left too, so by itself this is no refusal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RateWindow {
    /// How many requests a window has.
    pub(crate) limit: Option<u32>,
    /// How many are left of the present one.
    pub(crate) left: Option<u32>,
    /// How long the present one lasts.
    pub(crate) ends_in: Option<Duration>,
}

impl RateWindow {
    /// Reads the headers of an answer.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let number = |name: &str| text(name)?.trim().parse().ok();
        Self {
            limit: number("x-ratelimit-limit"),
            left: number("x-ratelimit-remaining"),
            ends_in: text("x-ratelimit-reset").and_then(retry_after::from_reset),
        }
    }

    /// Returns how long to wait for the next window, for an answer that is known to be a refusal.
    pub(crate) fn pause(self) -> Option<Duration> {
        self.ends_in.filter(|_| self.left == Some(0))
    }
}
