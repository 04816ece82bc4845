//! [`verdict`]: what an answer that is no success means, in one place.

use secret_source::{ErrorKind, Missing};

use crate::answer::envelope::Envelope;
use crate::http::request::Operation;

/// Says what failed and what can be done about it without asking anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) kind: ErrorKind,
    pub(crate) remedy: Remedy,
}

/// Says what the client may try next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Nothing: the same request will fail again.
    Nothing,
    /// The same request after a pause.
    Retry,
    /// The same request with a new token, once.
    NewToken,
    /// The same request once more, without a condition.
    OnceMore,
    /// The same question in the older dialect.
    OlderDialect,
    /// An update instead of the creation that was tried: the secret exists.
    Update,
    /// A look at the environment's root, which tells a wrong environment from a missing folder.
    ProbeEnvironment,
    /// Look-ups of the single secrets: one of them made the server refuse the whole list.
    OneByOne,
}

/// Judges an answer.
///
/// The status decides; the envelope refines it. Its `error` is compared only where servers of all ages
/// agree on it, and its `message` only to tell what of several things was not found.
///
/// | status | envelope | kind | remedy | seen on |
/// |---|---|---|---|---|
/// | 304 | on a read that asked for no such answer | `Protocol` | once more | proxies |
/// | other 3xx | | `Protocol` | | proxies; redirects are not followed |
/// | 404 | route miss | `Invalid` | older dialect | every server without the route |
/// | 429, or any other with `Retry-After` | | `RateLimited` | retry | current; 500 with `Retry-After` in 2024 |
/// | 500 | on a project, error names the slug | `Invalid` | | 2024: an unknown slug |
/// | 500 | on a recursive list, no request id | `Unavailable` | probe | 2024: an unknown environment, or a failure |
/// | 408, 5xx | | `Unavailable` | retry | all; 502 and 503 from proxies |
/// | 401 | `ValidationFailure` | `Invalid` | | 2024 |
/// | 401 | else | `Unauthenticated` | new token | all: no, revoked, used-up or timed-out token |
/// | 403 | `TokenError` | `Unauthenticated` | new token | all: expired or malformed JWT |
/// | 403 | on a list, message says that a reference failed to expand | `Denied` | one by one | current |
/// | 403 | else | `Denied` | | all, under many names |
/// | 400, 403, 404 | none | `Protocol` | | proxies and what guards them: Infisical always sends one |
/// | 404 | message names the project | `Invalid` | | all |
/// | 404 | message names the service token | `Unauthenticated` | | all |
/// | 404 | on a get, message names the secret | `NotFound(Secret)` | | all |
/// | 404 | on a list or get, else | `NotFound(Unknown)` | probe | all: folder or environment |
/// | 404 | on a list of folders, else | `NotFound(Unknown)` | | all: the environment |
/// | 404 | on an update or deletion, message names the secret | `NotFound(Secret)` | | all |
/// | 404 | on any other write | `NotFound(Unknown)` | probe | all: folder or environment |
/// | 404 | on the creation of a folder | `Invalid` | | all: environment |
/// | 400 | on a creation, message says that the secret exists | `Invalid` | update | all |
/// | 400, 422, other 4xx | | `Invalid` | | 400 all, 422 current |
///
/// A login is judged by the first rows only; any other refusal of it is `Unauthenticated` whatever status
/// carries it (401 today, 404 for an unknown client id in 2024), since what was refused is what was sent.
/// Without an envelope it is `Protocol`: a firewall's page says nothing about the credentials.
///
/// Sources: Infisical's error handler and API reference, and exchanges recorded with a server of October
/// 2024, where a rate limit is 500 and a violated schema 401.
pub(crate) fn verdict(
    operation: Operation,
    status: u16,
    envelope: Option<&Envelope>,
    asks_to_wait: bool,
) -> Verdict {
    use ErrorKind::{
        Denied, Invalid, NotFound, Protocol, RateLimited, Unauthenticated, Unavailable,
    };

    let error = envelope.map_or("", Envelope::error);
    let message = envelope.map_or("", Envelope::message);
    let is_login = operation == Operation::Login;
    let (kind, remedy) = match status {
        304 if operation.reads_secrets() => (Protocol, Remedy::OnceMore),
        404 if envelope.is_some_and(Envelope::is_route_miss) => (Invalid, Remedy::OlderDialect),
        404 if envelope.is_none() => (Protocol, Remedy::Nothing),
        400 | 403 if envelope.is_none() && !is_login => (Protocol, Remedy::Nothing),
        429 => (RateLimited, Remedy::Retry),
        400..=599 if asks_to_wait && !(is_login && status < 500) => (RateLimited, Remedy::Retry),
        500 if operation == Operation::Project && error.ends_with("project by slug") => {
            (Invalid, Remedy::Nothing)
        }
        500 if operation == Operation::Tree && envelope.is_some_and(Envelope::is_of_2024) => {
            (Unavailable, Remedy::ProbeEnvironment)
        }
        408 | 500..=599 => (Unavailable, Remedy::Retry),
        // Whoever answered is not Infisical, so the credentials are none the worse for it.
        400..=499 if is_login && envelope.is_none() => (Protocol, Remedy::Nothing),
        400..=499 if is_login => (Unauthenticated, Remedy::Nothing),
        401 if error == "ValidationFailure" => (Invalid, Remedy::Nothing),
        401 => (Unauthenticated, Remedy::NewToken),
        403 if error == "TokenError" => (Unauthenticated, Remedy::NewToken),
        403 if operation.lists_secrets() && message.starts_with("Failed to expand") => {
            (Denied, Remedy::OneByOne)
        }
        403 => (Denied, Remedy::Nothing),
        404 if message.starts_with("Service token") => (Unauthenticated, Remedy::Nothing),
        404 if message.starts_with("Project") || message.starts_with("Bot") => {
            (Invalid, Remedy::Nothing)
        }
        404 => match operation {
            Operation::CreateFolder => (Invalid, Remedy::Nothing),
            Operation::Update | Operation::Delete
                if message.starts_with("Secret ") || message.starts_with("One or more secret") =>
            {
                (NotFound(Missing::Secret), Remedy::Nothing)
            }
            Operation::Create | Operation::Update | Operation::Delete => {
                (NotFound(Missing::Unknown), Remedy::ProbeEnvironment)
            }
            Operation::Folders => (NotFound(Missing::Unknown), Remedy::Nothing),
            Operation::Get if message.starts_with("Secret ") => {
                (NotFound(Missing::Secret), Remedy::Nothing)
            }
            Operation::Get | Operation::List | Operation::Tree => {
                (NotFound(Missing::Unknown), Remedy::ProbeEnvironment)
            }
            Operation::Project | Operation::Login | Operation::Revoke => (Invalid, Remedy::Nothing),
        },
        400 if operation == Operation::Create && message.starts_with("Secret already exist") => {
            (Invalid, Remedy::Update)
        }
        400..=499 => (Invalid, Remedy::Nothing),
        _ => (Protocol, Remedy::Nothing),
    };
    Verdict { kind, remedy }
}

#[cfg(test)]
mod tests;
