//! [`TokenState`]: the token that is there, and what is known about getting another.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::future::Shared;
use secret_source::SecretError;
use tokio::time::Instant;

use crate::auth::login_pause::LoginPause;
use crate::auth::refusal_memory::RefusalMemory;
use crate::auth::token::Token;

/// A login under way. It is a task of its own, so that a login that was sent is also answered to:
/// callers who give up early must not add up to refusals that nobody remembers.
pub(crate) type Login =
    Shared<Pin<Box<dyn Future<Output = Result<Arc<Token>, SecretError>> + Send>>>;

/// Holds what all callers share.
#[derive(Default)]
pub(crate) struct TokenState {
    pub(crate) token: Option<Arc<Token>>,
    pub(crate) refusal: RefusalMemory,
    pub(crate) login: Option<Login>,
    pub(crate) pause: LoginPause,
    /// Until when no token is replaced for being refused, because that just changed nothing.
    pub(crate) no_replacement_until: Option<Instant>,
    pub(crate) phase: Phase,
}

/// How far the end has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Open,
    /// No token is handed out any more; one that comes of a login under way is still waited for.
    Closing,
    /// Nobody waits: whatever token comes now is revoked by the login that obtained it.
    Closed,
}

impl TokenState {
    /// Returns the present token where it has not expired.
    pub(crate) fn token_at(&self, now: Instant) -> Option<Arc<Token>> {
        let token = self.token.as_ref()?;
        (!token.has_expired(now)).then(|| Arc::clone(token))
    }

    /// Tells whether a token that is due may be replaced now.
    pub(crate) fn may_log_in(&self, now: Instant) -> bool {
        self.refusal.at(now).is_none() && self.pause.at(now).is_none()
    }
}

/// Says that there is no token any more, and will be none.
pub(crate) fn closed() -> SecretError {
    SecretError::invalid("the Infisical client was closed")
        .with_code("shut-down")
        .with_hint("make no look-ups after closing it, or build a new client")
}

impl fmt::Debug for TokenState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenState")
            .field("token", &self.token)
            .field("refusal", &self.refusal)
            .field("pause", &self.pause)
            .field("is_logging_in", &self.login.is_some())
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
