//! What servers say to a caller who asks too often.

use crate::answer::refusal::{self, Refusal};
use crate::era::Era;
use crate::store::request_limit::Allowance;

/// Refuses a request, in words that a server of 2024 has for every failure of its own.
pub(crate) fn refusal(era: Era, seconds: u64) -> Refusal {
    match era {
        Era::V2024 => refusal::server_error(),
        Era::V4a | Era::V4b => Refusal::new(429, "RateLimitExceeded", message(seconds)),
    }
}

/// Says how long to wait, as current servers do.
pub(crate) fn message(seconds: u64) -> String {
    format!("Rate limit exceeded. Please try again in {seconds} seconds")
}

/// Gives the headers of an answer to a call that is counted.
pub(crate) fn headers(allowance: &Allowance) -> Vec<(String, String)> {
    let mut headers = vec![
        ("x-ratelimit-limit", allowance.limit),
        ("x-ratelimit-remaining", allowance.remaining),
        ("x-ratelimit-reset", allowance.reset),
    ];
    if allowance.is_refused {
        headers.push(("retry-after", allowance.reset));
    }
    let headers = headers.into_iter();
    headers
        .map(|(name, number)| (name.to_owned(), number.to_string()))
        .collect()
}
