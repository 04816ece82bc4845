//! The answer that a fault brings.

use crate::answer::envelope::Answer;
use crate::answer::rate_limit;
use crate::answer::refusal::{Message, Refusal};
use crate::era::Era;
use crate::faults::fault::{Effect, Fault};
use crate::store::request_limit::Allowance;

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
        let mut refusal = rate_limit::refusal(era, seconds);
        if let Some(error) = &self.error {
            refusal.error = error.clone().into();
        }
        if let Some(message) = &self.message {
            refusal.message = Message::Text(message.clone());
        }
        let mut answer = Answer::refusal(era, refusal, request_id);
        answer.headers = rate_limit::headers(&Allowance {
            limit: 40,
            remaining: 0,
            reset: seconds,
            is_refused: true,
        });
        answer
    }
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
