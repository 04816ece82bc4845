//! [`Failure`]: why a request did not give what it was sent for, before it becomes a [`SecretError`].

use std::fmt;
use std::time::Duration;

use secret_source::{CorrelationId, ErrorKind, FolderAddress, SecretError};

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
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
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
    Known(SecretError),
}

/// What an answer that is not Infisical's gives away about the address.
#[derive(Clone, Copy, Debug)]
enum Clue {
    /// It leads elsewhere. Where is not shown: such an address can hold a token.
    Redirects,
    /// The port speaks https and was asked in plain http.
    WantsHttps,
}

/// Says where a failed request looked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) host: &'a str,
    pub(crate) project: Option<&'a str>,
    pub(crate) folder: Option<&'a FolderAddress>,
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
            ErrorKind::RateLimited => reply.retry_after.or_else(|| {
                envelope.and_then(|envelope| retry_after::from_message(envelope.message()))
            }),
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
            SendError::TooLarge(_) | SendError::Trouble(Trouble::NotHttp, _) => {
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

    /// Tells whether the request certainly never left, because there was no connection.
    pub(crate) fn was_never_sent(&self) -> bool {
        matches!(&self.reason, Reason::Send(error) if error.was_never_sent())
    }

    /// Tells whether the server may have done what it was asked for, although it did not say so.
    pub(crate) fn may_have_been_done(&self) -> bool {
        match &self.reason {
            Reason::Send(error) => !error.was_never_sent(),
            Reason::Status { status, .. } => *status >= 500 && !self.was_turned_away(),
            Reason::Deadline(_) => true,
            // A login that failed, a token that cannot be sent, and what was known before anything was sent.
            Reason::Refused { .. } | Reason::Unreadable(_) | Reason::Known(_) => false,
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

    /// Returns why a login was refused, where that is what failed.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        match self.reason {
            Reason::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

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
            Reason::Status { .. } if self.remedy == Remedy::OlderDialect => {
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
            None => error.with_hint(hint(self.kind, place)),
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

impl Clue {
    fn of(reply: &Reply, is_infisicals: bool) -> Option<Self> {
        match reply.status {
            _ if is_infisicals => None,
            300..=399 => Some(Self::Redirects),
            // The words of Go's and of nginx's servers.
            400 => {
                let page = String::from_utf8_lossy(&reply.body).to_ascii_lowercase();
                let says = |words: &str| page.contains(words);
                (says("http request to an https server")
                    || says("http request was sent to https port"))
                .then_some(Self::WantsHttps)
            }
            _ => None,
        }
    }

    fn hint(self, host: &str) -> String {
        match self {
            Self::Redirects => format!(
                "check the address: {host} redirects, and credentials are not carried elsewhere"
            ),
            Self::WantsHttps => {
                format!("write the address with `https://`: {host} does not speak plain http")
            }
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

/// Prints where, in the words of Infisical's own pages.
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(folder) = self.folder {
            write!(
                f,
                "folder `{}` of environment `{}` in ",
                folder.path(),
                folder.environment()
            )?;
        }
        match self.project {
            Some(project) => write!(f, "project `{project}`"),
            None => f.write_str("the project"),
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
