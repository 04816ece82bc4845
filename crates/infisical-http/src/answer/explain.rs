//! The error that callers see of a [`Failure`].

use secret_source::{ErrorKind, SecretError};

use crate::answer::failure::{Failure, Reason};
use crate::answer::place::Place;
use crate::answer::status::Remedy;

impl Failure {
    /// Names the request as the server's own log does, as the end of a sentence; empty where that is not known.
    pub(crate) fn request(&self) -> String {
        match &self.reason {
            Reason::Status { request_id, .. } | Reason::Refused { request_id, .. } => {
                let named = |id| format!(", request {id}");
                request_id.as_ref().map(named).unwrap_or_default()
            }
            _ => String::new(),
        }
    }

    /// Makes an error that says more than [`explain`](Self::explain) could one of the same operation.
    pub(crate) fn traced(&self, error: SecretError) -> SecretError {
        match self.correlation {
            Some(id) => error.with_correlation(id),
            None => error,
        }
    }

    /// Makes the error that callers see.
    pub(crate) fn explain(self, place: Place<'_>) -> SecretError {
        let attempts = match self.attempts {
            0 | 1 => String::new(),
            count => format!(" after {count} attempts"),
        };
        let host = place.host;
        let request = self.request();
        let error = match self.reason {
            Reason::Known(error) => return error,
            // In which words depends on the method, which is known where one logs in.
            Reason::Refused { .. } => {
                SecretError::unauthenticated(format!("{host} refused the login{request}"))
            }
            Reason::Deadline(length) => SecretError::unavailable(format!(
                "{host} did not answer within the {} ms of the look-up",
                length.as_millis()
            )),
            Reason::Paused => SecretError::new(
                self.kind,
                format!(
                    "{host} asked for fewer requests, and this one would not be answered in time"
                ),
            ),
            Reason::Unreadable(what) => SecretError::protocol(format!("{host} {what}")),
            Reason::Send(error) => {
                let failed = SecretError::new(self.kind, format!("{host} {error}{attempts}"));
                let failed = error
                    .hint()
                    .into_iter()
                    .fold(failed, SecretError::with_hint);
                match error.into_cause() {
                    Some(cause) => failed.with_source(cause),
                    None => failed,
                }
            }
            Reason::Status { .. } if self.remedy == Remedy::OtherDialect => {
                SecretError::invalid(format!("{host} has no Infisical API for reading secrets"))
                    .with_hint("check that the address is that of an Infisical server")
            }
            Reason::Status { status, clue, .. } => {
                let act = act(self.kind);
                let message = format!("{host} {act}: status {status}{attempts}{request}");
                let error = SecretError::new(self.kind, message);
                match clue {
                    Some(clue) => error.with_hint(clue.hint(host)),
                    None => error,
                }
            }
        };
        let error = match self.retry_after {
            Some(pause) => error.with_retry_after(pause),
            None => error,
        };
        let error = match self.correlation {
            Some(id) => error.with_correlation(id),
            None => error,
        };
        match error.hint() {
            Some(_) => error,
            None if self.remedy == Remedy::OneByOne => error.with_hint(format!(
                "one unreadable reference makes the server refuse the whole list: let the identity read \
                 what the references in {place} lead to"
            )),
            None => error.with_hint(hint(self.kind, place)),
        }
    }
}

fn act(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Denied => "denied access",
        ErrorKind::Unauthenticated => "refused the token",
        ErrorKind::RateLimited => "asked for fewer requests",
        ErrorKind::NotFound(_) => "did not find it",
        ErrorKind::Invalid => "refused the request",
        ErrorKind::Protocol => "gave an answer that cannot be used",
        _ => "cannot answer now",
    }
}

fn hint(kind: ErrorKind, place: Place<'_>) -> String {
    match kind {
        ErrorKind::Denied => format!("let the identity read {place}"),
        ErrorKind::Unauthenticated => {
            "obtain a new token, or check that the address is that of the token's \
            server (the US and EU clouds are separate)"
                .to_owned()
        }
        ErrorKind::RateLimited => "wait before asking again".to_owned(),
        ErrorKind::NotFound(_) => format!("looked in {place}"),
        ErrorKind::Invalid => format!("check the names: {place}"),
        ErrorKind::Protocol => format!(
            "check that {} is the address of an Infisical server and that no proxy answers in its place",
            place.host
        ),
        _ => "check that the server is running and can be reached from here".to_owned(),
    }
}
