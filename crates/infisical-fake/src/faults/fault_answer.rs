//! The answer that a fault brings.

use crate::answer::envelope::Answer;
use crate::answer::refusal::Refusal;
use crate::era::Era;
use crate::faults::fault::{Effect, Fault};

impl Fault {
    /// Gives the answer, where the fault brings one of its own, and else changes the `regular` one.
    pub(crate) fn answer(
        &self,
        era: Era,
        request_id: String,
        regular: impl FnOnce() -> Answer,
    ) -> Answer {
        let mut answer = match &self.effect {
            Effect::Status(status) => {
                Answer::refusal(era, self.refusal(*status, error_of(*status)), request_id)
            }
            Effect::RateLimit(seconds) => self.rate_limited(era, *seconds, request_id),
            Effect::Html(status) => Answer::html(*status),
            Effect::Body(bytes) => Answer {
                body: bytes.clone(),
                ..Answer::json(200, &serde_json::Value::Null)
            },
            Effect::TruncatedJson => {
                let mut answer = regular();
                answer.body.truncate(answer.body.len() / 2);
                answer
            }
            Effect::Answer
            | Effect::ResetMidBody
            | Effect::SlowBody(_)
            | Effect::DropConnection
            | Effect::Hang => regular(),
        };
        answer.headers.extend(self.headers.iter().cloned());
        answer
    }

    fn refusal(&self, status: u16, error: &'static str) -> Refusal {
        let message = self
            .message
            .clone()
            .unwrap_or_else(|| message_of(status).to_owned());
        match &self.error {
            Some(error) => Refusal::new(status, error.clone(), message),
            None => Refusal::new(status, error, message),
        }
    }

    fn rate_limited(&self, era: Era, seconds: u64, request_id: String) -> Answer {
        let refusal = match era {
            Era::V2024 => self.refusal(500, error_of(500)),
            Era::V4a | Era::V4b => {
                let mut refusal = self.refusal(429, error_of(429));
                if self.message.is_none() {
                    refusal = Refusal::new(429, refusal.error, rate_limit_message(seconds));
                }
                refusal
            }
        };
        let mut answer = Answer::refusal(era, refusal, request_id);
        answer.headers = [
            ("x-ratelimit-limit", "40".to_owned()),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", seconds.to_string()),
            ("retry-after", seconds.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        answer
    }
}

/// Says how long to wait, as current servers do.
pub(crate) fn rate_limit_message(seconds: u64) -> String {
    format!("Rate limit exceeded. Please try again in {seconds} seconds")
}

fn error_of(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "UnauthorizedError",
        403 => "ForbiddenError",
        404 => "NotFound",
        408 => "RequestTimeout",
        422 => "ValidationFailure",
        429 => "RateLimitExceeded",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeoutError",
        _ => "InternalServerError",
    }
}

fn message_of(status: u16) -> &'static str {
    match status {
        401 => "Invalid credentials",
        403 => "You are not allowed to access this resource",
        404 => "Not found",
        429 => "Rate limit exceeded",
        500.. => "Something went wrong",
        _ => "Bad request",
    }
}
