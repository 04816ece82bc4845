//! [`Failure`]: why a request did not give what it was sent for, before it becomes a [`SecretError`].

use std::time::Duration;

use secret_source::{CorrelationId, ErrorKind, Missing, SecretError};

use crate::answer::clue::Clue;
use crate::answer::envelope::Envelope;
use crate::answer::status::{Remedy, Verdict, verdict};
use crate::auth::refusal::Refusal;
use crate::deadline::Deadline;
use crate::http::request::Operation;
use crate::http::retry_after;
use crate::http::send::{Reply, SendError};
use crate::http::trouble::Trouble;

/// Keeps what decides about the next step; what is shown is put together once, by [`explain`](Self::explain).
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) remedy: Remedy,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) attempts: u32,
    /// The look-up whose requests failed, as the log and the server know it.
    pub(crate) correlation: Option<CorrelationId>,
    pub(crate) reason: Reason,
}

/// Says what happened, for the one who explains it.
#[derive(Debug)]
pub(crate) enum Reason {
    Status {
        status: u16,
        request_id: Option<String>,
        clue: Option<Clue>,
    },
    Refused {
        refusal: Refusal,
        request_id: Option<String>,
    },
    Send(SendError),
    Unreadable(String),
    Deadline(Duration),
    Paused,
    Known(SecretError),
}

impl Failure {
    /// Judges an answer that is no success.
    pub(crate) fn of_reply(operation: Operation, reply: &Reply) -> Self {
        let envelope = Envelope::read(&reply.body);
        let envelope = envelope.as_ref();
        let judged = verdict(
            operation,
            reply.status,
            envelope,
            reply.retry_after.is_some(),
        );
        let Verdict { kind, remedy } = judged;
        let pause = match kind {
            ErrorKind::RateLimited => {
                let words = || retry_after::from_message(envelope?.message());
                let window = reply.window.pause();
                reply.retry_after.or(window).or_else(words)
            }
            _ => None,
        };
        // The message itself is not shown: whatever the server or a proxy quotes in it may be secret.
        let request_id = envelope.and_then(Envelope::request_id).map(str::to_owned);
        let reason = if operation == Operation::Login && kind == ErrorKind::Unauthenticated {
            Reason::Refused {
                refusal: Refusal::of(envelope.map_or("", Envelope::message)),
                request_id,
            }
        } else {
            Reason::Status {
                status: reply.status,
                request_id,
                clue: Clue::of(reply, envelope.is_some()),
            }
        };
        Self {
            kind,
            remedy,
            retry_after: pause,
            attempts: 1,
            correlation: None,
            reason,
        }
    }

    /// Says that there was no answer, or none that may be read.
    pub(crate) fn of_send(error: SendError) -> Self {
        match error {
            SendError::TooLarge(_)
            | SendError::NotCompressed(_)
            | SendError::Trouble(Trouble::NotHttp, _) => {
                Self::new(ErrorKind::Protocol, Remedy::Nothing, Reason::Send(error))
            }
            // A certificate that expired while the application runs must not stop what is cached from
            // standing in, so this is a server that is away, but not one to ask again at once.
            SendError::Trouble(..) | SendError::ProxyCredentials => {
                Self::new(ErrorKind::Unavailable, Remedy::Nothing, Reason::Send(error))
            }
            _ => Self::new(ErrorKind::Unavailable, Remedy::Retry, Reason::Send(error)),
        }
    }

    /// Says that a successful answer is not what it should be.
    pub(crate) fn unreadable(what: impl Into<String>) -> Self {
        Self::new(
            ErrorKind::Protocol,
            Remedy::Nothing,
            Reason::Unreadable(what.into()),
        )
    }

    /// Says that a body is not the document that was asked for.
    ///
    /// The parser's own words quote what it found, so only the position is kept.
    pub(crate) fn not_the_document(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::unreadable(format!(
            "answered with a document that cannot be read (line {line}, column {column})"
        ))
    }

    /// Says that the look-up took longer than it may.
    pub(crate) fn deadline(deadline: Deadline) -> Self {
        let reason = Reason::Deadline(deadline.length());
        Self::new(ErrorKind::Unavailable, Remedy::Nothing, reason)
    }

    /// Says that nothing was sent, since the server asked others like it to wait for longer than there is time.
    pub(crate) fn paused(left: Duration) -> Self {
        Self {
            retry_after: Some(left),
            ..Self::new(ErrorKind::RateLimited, Remedy::Nothing, Reason::Paused)
        }
    }

    /// Tells whether the request certainly never left.
    pub(crate) fn was_never_sent(&self) -> bool {
        match &self.reason {
            Reason::Send(error) => error.was_never_sent(),
            Reason::Paused => true,
            _ => false,
        }
    }

    /// Tells whether the server may have done what it was asked for, although it did not say so.
    pub(crate) fn may_have_been_done(&self) -> bool {
        match &self.reason {
            Reason::Send(error) => !error.was_never_sent(),
            Reason::Status { status, .. } => *status >= 500 && !self.was_turned_away(),
            Reason::Deadline(_) => true,
            // A login that failed, a token that cannot be sent, and what was known before anything was sent.
            Reason::Refused { .. } | Reason::Unreadable(_) | Reason::Known(_) | Reason::Paused => {
                false
            }
        }
    }

    /// Tells whether the server refused to look at the request: 429 says so, and 500 (a server of 2024) or 503
    /// with a time to wait. A gateway's 502 or 504 says nothing of the kind.
    pub(crate) fn was_turned_away(&self) -> bool {
        self.kind == ErrorKind::RateLimited && matches!(self.status(), Some(429 | 500 | 503))
    }

    /// Returns the status of the answer, where there was one.
    pub(crate) fn status(&self) -> Option<u16> {
        match self.reason {
            Reason::Status { status, .. } => Some(status),
            _ => None,
        }
    }

    /// Returns the id under which the server's own log has the request.
    pub(crate) fn request_id(&self) -> Option<&str> {
        match &self.reason {
            Reason::Status { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Tells whether a list was refused for one reference in it that may not be followed.
    pub(crate) fn is_for_one_reference(&self) -> bool {
        self.remedy == Remedy::OneByOne
    }

    /// Tells whether the server failed and said nothing else, in an answer of its own.
    pub(crate) fn is_unexplained(&self) -> bool {
        self.kind == ErrorKind::Unavailable && self.status() == Some(500)
    }

    /// Tells whether there was more to answer than may be read.
    pub(crate) fn is_too_large(&self) -> bool {
        matches!(&self.reason, Reason::Send(SendError::TooLarge(_)))
    }

    /// Says that a folder is missing, or its environment, as the answer about a folder above it did.
    pub(crate) fn missing_folder() -> Self {
        let kind = ErrorKind::NotFound(Missing::Unknown);
        let error = SecretError::not_found(Missing::Unknown);
        Self::new(kind, Remedy::ProbeEnvironment, Reason::Known(error))
    }

    /// Returns why a login was refused, where that is what failed.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self.reason {
            Reason::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    fn new(kind: ErrorKind, remedy: Remedy, reason: Reason) -> Self {
        Self {
            kind,
            remedy,
            retry_after: None,
            attempts: 1,
            correlation: None,
            reason,
        }
    }
}

/// Passes an error on that needs no explanation.
impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let mut failure = Self::new(error.kind(), Remedy::Nothing, Reason::Known(error.clone()));
        failure.retry_after = error.retry_after();
        failure
    }
}
