//! [`Tokens`]: one valid token for everyone, with as few logins as that takes.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use secret_source::{ErrorKind, SecretError};
use tokio::time::Instant;

use crate::credentials::Credentials;
use crate::flight::Flight;
use crate::login;
use crate::transport::Transport;

/// The shortest time before its end that a token is replaced; a tenth of its life where that is more.
const MARGIN: Duration = Duration::from_secs(5);

/// How long a token that is due but still good serves on while logins fail.
const GRACE: Duration = Duration::from_secs(10);

/// Holds one token and what is known about it.
pub(crate) struct Token {
    pub(crate) text: SecretString,
    issued: Instant,
    /// From when on it is better replaced; `None` where it never expires.
    due: Option<Instant>,
    expires: Option<Instant>,
    /// The server has honoured it at least once.
    worked: AtomicBool,
}

/// Obtains, shares, replaces and forgets tokens.
///
/// Any number of callers share one login. A token is replaced by a new login before it expires and never
/// renewed: on some servers a renewal destroys the token. A refusal is remembered, and answered from
/// memory, because a server locks an identity out after three of them.
#[derive(Debug)]
pub(crate) struct Tokens {
    transport: Arc<Transport>,
    credentials: Credentials,
    state: Mutex<State>,
    flight: Flight<Result<Arc<Token>, SecretError>>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Arc<Token>>,
    refusal: Option<(SecretError, Instant)>,
}

impl Tokens {
    pub(crate) fn new(transport: Arc<Transport>, credentials: Credentials) -> Self {
        Self {
            transport,
            credentials,
            state: Mutex::default(),
            flight: Flight::default(),
        }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns a token that is worth trying: the present one, else that of a login all callers share.
    pub(crate) async fn current(self: &Arc<Self>) -> Result<Arc<Token>, SecretError> {
        if let Some(known) = self.known() {
            return known;
        }
        let tokens = Arc::clone(self);
        self.flight
            .join(|| async move { tokens.log_in().await })
            .await
    }

    /// Forgets a token that the server did not honour; another one that came since stays.
    pub(crate) fn reject(&self, token: &Arc<Token>) {
        let mut state = self.state();
        if state
            .token
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, token))
        {
            state.token = None;
        }
    }

    /// Remembers that the server refuses even a token that it has just issued, or the only one there is.
    ///
    /// A token that has worked before is not held against the credentials: it was used up or revoked.
    pub(crate) fn refused(&self, token: &Token, error: &SecretError) {
        if !(token.worked.load(Ordering::Relaxed) && self.credentials.can_log_in()) {
            self.remember(error);
        }
    }

    /// Lifts the memory of a refusal.
    pub(crate) fn forget_refusal(&self) {
        self.state().refusal = None;
    }

    /// Returns the age of the present token.
    pub(crate) fn age(&self) -> Option<Duration> {
        self.state()
            .token
            .as_ref()
            .map(|token| token.issued.elapsed())
    }

    /// Takes the present token out, if it came from a login of this client.
    pub(crate) fn take(&self) -> Option<Arc<Token>> {
        if self.credentials.can_log_in() {
            self.state().token.take()
        } else {
            None
        }
    }

    fn known(&self) -> Option<Result<Arc<Token>, SecretError>> {
        let (state, now) = (self.state(), Instant::now());
        let fresh = state
            .token
            .as_ref()
            .filter(|token| token.due.is_none_or(|due| now < due));
        if let Some(token) = fresh {
            return Some(Ok(Arc::clone(token)));
        }
        let (error, until) = state.refusal.as_ref().filter(|(_, until)| now < *until)?;
        Some(Err(error.clone().with_retry_after(*until - now)))
    }

    async fn log_in(&self) -> Result<Arc<Token>, SecretError> {
        // A login may have ended between the caller's look and this flight's start.
        if let Some(known) = self.known() {
            return known;
        }
        match login::log_in(&self.transport, &self.credentials).await {
            Ok(granted) => {
                let token = Arc::new(self.token(granted));
                let mut state = self.state();
                (state.token, state.refusal) = (Some(Arc::clone(&token)), None);
                Ok(token)
            }
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {
                tracing::warn!(
                    host = self.transport.server.host(),
                    remembered_s = self.transport.limits.refusal_memory.as_secs(),
                    "Infisical refused the login; it is not tried again until the credentials change, \
                     a refresh is forced, or the time is over"
                );
                self.remember(&error);
                Err(error)
            }
            Err(error) => self.serve_on().ok_or(error),
        }
    }

    /// Returns the present token for a little longer where it is due but has not expired.
    fn serve_on(&self) -> Option<Arc<Token>> {
        let (mut state, now) = (self.state(), Instant::now());
        let old = state
            .token
            .as_ref()
            .filter(|token| token.expires.is_none_or(|end| now < end))?;
        let token = Arc::new(Token {
            text: old.text.clone(),
            issued: old.issued,
            due: Some(now + GRACE),
            expires: old.expires,
            worked: AtomicBool::new(old.worked.load(Ordering::Relaxed)),
        });
        state.token = Some(Arc::clone(&token));
        Some(token)
    }

    fn token(&self, granted: login::Granted) -> Token {
        let now = Instant::now();
        let jitter = self.transport.backoff.fraction();
        Token {
            text: granted.text,
            issued: now,
            due: granted
                .lifetime
                .and_then(|life| now.checked_add(life - margin(life, jitter))),
            expires: granted.lifetime.and_then(|life| now.checked_add(life)),
            worked: AtomicBool::new(false),
        }
    }

    fn remember(&self, error: &SecretError) {
        let until = Instant::now() + self.transport.limits.refusal_memory;
        let mut state = self.state();
        (state.token, state.refusal) = (None, Some((error.clone(), until)));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Token {
    /// Notes that the server honoured the token.
    pub(crate) fn worked(&self) {
        self.worked.store(true, Ordering::Relaxed);
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}

/// Chooses how long before its end a token is replaced: once to twice the margin, so that clients that
/// logged in together do not come back together, but never more than half its life.
fn margin(life: Duration, jitter: f64) -> Duration {
    (life / 10).max(MARGIN).mul_f64(1.0 + jitter).min(life / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_replaced_in_its_last_tenth_or_fifth() {
        let hours = |count: u64| Duration::from_secs(count * 3600);
        assert_eq!(margin(hours(10), 0.0), hours(1));
        assert_eq!(margin(hours(10), 1.0), hours(2));
    }

    #[test]
    fn a_short_token_is_used_for_half_its_life_at_least() {
        assert_eq!(margin(Duration::from_secs(20), 0.0), Duration::from_secs(5));
        assert_eq!(margin(Duration::from_secs(4), 0.5), Duration::from_secs(2));
    }
}
