//! Scripted misbehaviour.

use std::fmt;
use std::time::Duration;

use crate::answer::rate_limit;
use crate::http::route::Route;

/// Describes how the fake misbehaves, at which requests, and how often.
///
/// A fault applies once, to any request, unless [`times`](Fault::times), [`always`](Fault::always) or
/// [`on`](Fault::on) say otherwise. Of several scripted ones the first that covers a request applies, alone.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use infisical_fake::{Fault, Route};
///
/// let busy = Fault::status(503).retry_after(2).on(Route::List).times(3);
/// let slow = Fault::delay(Duration::from_secs(5)).on(Route::Login).always();
/// ```
#[derive(Clone)]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) delay: Duration,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) error: Option<String>,
    pub(crate) message: Option<String>,
    route: Route,
    remaining: Option<u64>,
}

/// What happens instead of, or to, the regular answer.
#[derive(Clone)]
pub(crate) enum Effect {
    /// The regular answer, perhaps late.
    Answer,
    Status(u16),
    /// The refusal of the era's rate limiter, with the seconds to wait.
    RateLimit(u64),
    Html(u16),
    Body(Vec<u8>),
    TruncatedJson,
    DropConnection,
    ResetMidBody,
    /// The regular answer, its body byte by byte with this pause before each.
    SlowBody(Duration),
    Hang,
}

impl Fault {
    /// Answers with this status in the era's error envelope.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(Effect::Status(status))
    }

    /// Answers as the era's rate limiter does: 429, or 500 from a server of 2024, with `retry-after`.
    #[must_use]
    pub fn rate_limit(seconds: u64) -> Self {
        Self::new(Effect::RateLimit(seconds))
    }

    /// Answers regularly, after this time on tokio's clock.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self::new(Effect::Answer).after(delay)
    }

    /// Closes the connection without an answer.
    #[must_use]
    pub fn drop_connection() -> Self {
        Self::new(Effect::DropConnection)
    }

    /// Sends the head and half of the regular body, then resets the connection.
    #[must_use]
    pub fn reset_mid_body() -> Self {
        Self::new(Effect::ResetMidBody)
    }

    /// Answers regularly, but with the body one byte at a time and this pause before each, on tokio's clock.
    #[must_use]
    pub fn slow_body(pause: Duration) -> Self {
        Self::new(Effect::SlowBody(pause))
    }

    /// Answers with this status and a page of HTML, as a proxy in front of the server does.
    #[must_use]
    pub fn html(status: u16) -> Self {
        Self::new(Effect::Html(status))
    }

    /// Answers with half of the regular JSON in a complete HTTP message.
    #[must_use]
    pub fn truncated_json() -> Self {
        Self::new(Effect::TruncatedJson)
    }

    /// Answers 200 with these bytes, declared as JSON; of any size.
    #[must_use]
    pub fn body_of(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(Effect::Body(bytes.into()))
    }

    /// Never answers, until one side closes the connection.
    #[must_use]
    pub fn hang() -> Self {
        Self::new(Effect::Hang)
    }

    /// Adds a `retry-after` header with a number of seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header("retry-after", &seconds.to_string())
    }

    /// Says the seconds in the message only, as servers of some versions do.
    #[must_use]
    pub fn retry_after_in_message(self, seconds: u64) -> Self {
        self.message(&rate_limit::message(seconds))
    }

    /// Adds a header; with `retry-after` and a date, the other form that header has.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the envelope's `error` (by default the usual one of the status).
    #[must_use]
    pub fn error(mut self, error: &str) -> Self {
        self.error = Some(error.to_owned());
        self
    }

    /// Sets the envelope's `message`.
    #[must_use]
    pub fn message(mut self, message: &str) -> Self {
        self.message = Some(message.to_owned());
        self
    }

    /// Waits this long before anything else happens, on tokio's clock.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Applies to this many requests.
    #[must_use]
    pub fn times(mut self, requests: u64) -> Self {
        self.remaining = Some(requests);
        self
    }

    /// Applies until the faults are cleared.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.remaining = None;
        self
    }

    /// Applies to requests of this kind only.
    #[must_use]
    pub fn on(mut self, route: Route) -> Self {
        self.route = route;
        self
    }

    fn new(effect: Effect) -> Self {
        Self {
            effect,
            delay: Duration::ZERO,
            headers: Vec::new(),
            error: None,
            message: None,
            route: Route::Any,
            remaining: Some(1),
        }
    }
}

impl fmt::Debug for Fault {
    /// Shows what it does, and of a body only the length.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match &self.effect {
            Effect::Answer => "answer".to_owned(),
            Effect::Status(status) => format!("status {status}"),
            Effect::RateLimit(seconds) => format!("rate limit of {seconds} s"),
            Effect::Html(status) => format!("HTML {status}"),
            Effect::Body(bytes) => format!("body of {} bytes", bytes.len()),
            Effect::TruncatedJson => "truncated JSON".to_owned(),
            Effect::DropConnection => "drop the connection".to_owned(),
            Effect::ResetMidBody => "reset mid-body".to_owned(),
            Effect::SlowBody(pause) => format!("a byte every {} ms", pause.as_millis()),
            Effect::Hang => "hang".to_owned(),
        };
        f.debug_struct("Fault")
            .field("effect", &effect)
            .field("delay", &self.delay)
            .field("route", &self.route)
            .field("remaining", &self.remaining)
            .finish_non_exhaustive()
    }
}

/// Takes the first fault that covers a request, and forgets it when it is used up.
pub(crate) fn take(faults: &mut Vec<Fault>, route: Route) -> Option<Fault> {
    faults.retain(|fault| fault.remaining != Some(0));
    let fault = faults.iter_mut().find(|fault| fault.route.covers(route))?;
    if let Some(remaining) = &mut fault.remaining {
        *remaining -= 1;
    }
    Some(fault.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_as_often_as_it_says_and_where_it_says() {
        let mut faults = vec![Fault::status(500).on(Route::List).times(2), Fault::hang()];
        assert!(matches!(
            take(&mut faults, Route::Login).unwrap().effect,
            Effect::Hang
        ));
        assert!(take(&mut faults, Route::Login).is_none());
        assert!(take(&mut faults, Route::List).is_some());
        assert!(take(&mut faults, Route::List).is_some());
        assert!(take(&mut faults, Route::List).is_none());
    }

    #[test]
    fn debug_shows_the_length_of_a_body_only() {
        let text = format!("{:?}", Fault::body_of("canary"));
        assert!(text.contains("body of 6 bytes") && !text.contains("canary"));
    }
}
