//! [`Tokens`]: one valid token for everyone, with as few logins as that takes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};
use secret_source::{CorrelationId, ErrorKind, SecretError};
use tokio::time::{Instant, timeout};

use crate::auth::identity::Identity;
use crate::auth::login;
use crate::auth::metadata::Metadata;
use crate::auth::token::Token;
use crate::auth::token_state::{Login, Phase, TokenState, closed};
use crate::traffic::transport::Transport;

/// How long no token is replaced for a route that refuses every token.
const PAUSE: Duration = Duration::from_secs(10);

/// Obtains, shares, replaces and forgets tokens.
///
/// Any number of callers share one login. A token is replaced by a new login before it expires and never
/// renewed: on some servers a renewal destroys the token. A refusal is remembered, and answered from
/// memory, because a server locks an identity out after three of them.
#[derive(Debug)]
pub(crate) struct Tokens {
    transport: Arc<Transport>,
    identity: Identity,
    metadata: Metadata,
    state: Mutex<TokenState>,
}

impl Tokens {
    pub(crate) fn new(transport: Arc<Transport>, identity: Identity, metadata: Metadata) -> Self {
        Self {
            transport,
            identity,
            metadata,
            state: Mutex::default(),
        }
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Returns a token that is worth trying: the present one, else that of a login all callers share.
    ///
    /// A token that is due serves on while it is replaced in the background.
    ///
    /// A login is a part of the operation that needed it first.
    pub(crate) async fn current(
        self: &Arc<Self>,
        operation: CorrelationId,
    ) -> Result<Arc<Token>, SecretError> {
        let login = {
            let (mut state, now) = (self.state(), Instant::now());
            if state.phase != Phase::Open {
                return Err(closed());
            }
            if let Some(token) = state.token_at(now) {
                if token.is_due(now) && state.may_log_in(now) {
                    drop(self.login(&mut state, operation));
                }
                return Ok(token);
            }
            match state.refusal.at(now) {
                Some(refusal) if !state.refusal.looks_at_the_file_again(now) => {
                    return Err(refusal);
                }
                Some(_) => {}
                None => state.pause.at(now).map_or(Ok(()), Err)?,
            }
            self.login(&mut state, operation)
        };
        login.await
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

    /// Tells whether a token that is refused may be replaced by a login, whatever it was good for before.
    pub(crate) fn may_replace(&self) -> bool {
        let until = self.state().no_replacement_until;
        self.identity.can_replace() && until.is_none_or(|until| Instant::now() >= until)
    }

    /// Notes that a new token was refused like the one before, so that its route costs no login a call.
    ///
    /// Where the old one had worked elsewhere it is the route that refuses, and not the credentials that
    /// are wrong.
    pub(crate) fn replaced_in_vain(&self, old: &Token, new: &Token) {
        if old.has_worked() {
            new.worked();
        }
        self.state().no_replacement_until = Instant::now().checked_add(PAUSE);
    }

    /// Remembers that the server refuses even a token that it has just issued, or the only one there is.
    ///
    /// A token that has worked before is not held against the credentials: it was used up or revoked, or
    /// one route refuses it. Nor is an old one, when there is another by now.
    pub(crate) fn refused(&self, token: &Arc<Token>, error: &SecretError) {
        let current = self.state().token.clone();
        let is_old = current.is_some_and(|current| !Arc::ptr_eq(&current, token));
        let worked = token.has_worked() && self.identity.logs_in();
        if !is_old && !worked {
            self.state().token = None;
            let is_of_a_file = !self.identity.logs_in() && self.identity.reads_a_file();
            self.remember(error, is_of_a_file.then(|| token.text.clone()));
        }
    }

    /// Lifts the memory of a refusal, and the pause after a failure.
    pub(crate) fn forget_refusal(&self) {
        let mut state = self.state();
        state.refusal.forget();
        state.pause.end();
    }

    /// Returns the age of the present token.
    pub(crate) fn age(&self) -> Option<Duration> {
        self.state().token.as_ref().map(|token| token.age())
    }

    /// Takes the present token out, if it came from a login of this client.
    ///
    /// A login under way is waited for, as long as one request may take: its token would outlive the rest.
    pub(crate) async fn take(&self) -> Option<Arc<Token>> {
        if !self.identity.logs_in() {
            return None;
        }
        let login = self.state().login.clone();
        if let Some(login) = login {
            // Whatever comes of it, what counts is the token that is there afterwards.
            let _ = timeout(self.transport.limits.request_timeout, login).await;
        }
        self.state().token.take()
    }

    /// Takes the present token out for good: from now on there is none, and no login.
    pub(crate) async fn close(&self) -> Option<Arc<Token>> {
        self.state().phase = Phase::Closing;
        let token = self.take().await;
        let mut state = self.state();
        state.phase = Phase::Closed;
        // One that came between the two; a given one belongs to others.
        let late = state.token.take().filter(|_| self.identity.logs_in());
        token.or(late)
    }

    /// Tells whether a login is under way.
    pub(crate) fn is_logging_in(&self) -> bool {
        self.state().login.is_some()
    }

    /// Joins the login under way, or starts one on the runtime that all requests are made on.
    fn login(self: &Arc<Self>, state: &mut TokenState, operation: CorrelationId) -> Login {
        let running = state.login.as_ref().filter(|login| login.peek().is_none());
        if let Some(login) = running {
            return login.clone();
        }
        let tokens = Arc::clone(self);
        // The task ends by taking the lock that is held here, so it cannot end before it is noted.
        let task = tokio::spawn(operation.scope(async move {
            let outcome = tokens.log_in().await;
            let late = {
                let mut state = tokens.state();
                state.login = None;
                (state.phase == Phase::Closed)
                    .then(|| state.token.take().filter(|_| tokens.identity.logs_in()))
            };
            match late {
                None => outcome,
                Some(token) => {
                    if let Some(token) = token {
                        // With best effort: whoever closed the client has gone on.
                        let _ = login::revoke(&tokens.transport, &token.text).await;
                    }
                    tokens.transport.hang_up();
                    Err(closed())
                }
            }
        }));
        let login: Login = async move {
            let broken_off = |_| Err(SecretError::unavailable("the login was broken off"));
            task.await.unwrap_or_else(broken_off)
        }
        .boxed()
        .shared();
        state.login = Some(login.clone());
        login
    }

    async fn log_in(&self) -> Result<Arc<Token>, SecretError> {
        let unread = |error| self.pause(error);
        let mut credential = self.identity.credential().await.map_err(unread)?;
        if let Some(refusal) = self.state().refusal.of(&credential, Instant::now()) {
            return Err(refusal);
        }
        let mut outcome = self.send(&credential).await;
        // The file may have been replaced between the reading and the answer.
        if is_refused(&outcome)
            && self.identity.reads_a_file()
            && let Ok(fresh) = self.identity.credential().await
            && fresh.expose_secret() != credential.expose_secret()
        {
            credential = fresh;
            outcome = self.send(&credential).await;
        }
        match outcome {
            Ok(granted) => Ok(self.keep(granted)),
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {
                let contents = self.identity.reads_a_file().then_some(credential);
                let length = self.remember(&error, contents);
                tracing::warn!(
                    host = self.transport.server.host(),
                    method = self.identity.method.name(),
                    remembered_s = length.as_secs(),
                    "the login was refused; it is not tried again until the credentials change, \
                     a refresh is forced, or the time is over"
                );
                Err(error)
            }
            Err(error) => Err(self.pause(error)),
        }
    }

    async fn send(&self, credential: &SecretString) -> Result<login::Granted, SecretError> {
        if !self.identity.logs_in() {
            return Ok(login::Granted {
                text: credential.clone(),
                lifetime: None,
            });
        }
        let form = self.identity.form(credential, &self.metadata).await?;
        login::log_in(&self.transport, &form, &self.identity).await
    }

    fn keep(&self, granted: login::Granted) -> Arc<Token> {
        let token = Arc::new(Token::new(granted, self.transport.backoff.fraction()));
        let mut state = self.state();
        state.token = Some(Arc::clone(&token));
        state.refusal.forget();
        state.pause.end();
        token
    }

    fn pause(&self, error: SecretError) -> SecretError {
        self.state().pause.begin(&error);
        error
    }

    /// Remembers a refusal, and returns for how long: where an identity is known to be locked out for longer
    /// than usual, that long. A token that was issued before it stays: it is good until it expires.
    fn remember(&self, error: &SecretError, contents: Option<SecretString>) -> Duration {
        let asked = error.retry_after().unwrap_or_default();
        let length = self.transport.limits.refusal_memory.max(asked);
        self.state().refusal.remember(error, contents, length);
        length
    }

    fn state(&self) -> MutexGuard<'_, TokenState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_refused(outcome: &Result<login::Granted, SecretError>) -> bool {
    matches!(outcome, Err(error) if error.kind() == ErrorKind::Unauthenticated)
}
