//! [`Tokens`]: one valid token for everyone, with as few logins as that takes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Shared;
use secret_source::{ErrorKind, SecretError};
use tokio::time::{Instant, timeout};

use crate::auth::credentials::Credentials;
use crate::auth::login;
use crate::auth::login_form::LoginForm;
use crate::auth::metadata::Metadata;
use crate::auth::refusal_memory::RefusalMemory;
use crate::auth::token::Token;
use crate::traffic::transport::Transport;

/// How long nothing is tried again that was in vain: a login while a token is still good, and a new token
/// for a route that refuses every token.
const PAUSE: Duration = Duration::from_secs(10);

/// A login under way. It is a task of its own, so that a login that was sent is also answered to:
/// callers who give up early must not add up to refusals that nobody remembers.
type Login = Shared<Pin<Box<dyn Future<Output = Result<Arc<Token>, SecretError>> + Send>>>;

/// Obtains, shares, replaces and forgets tokens.
///
/// Any number of callers share one login. A token is replaced by a new login before it expires and never
/// renewed: on some servers a renewal destroys the token. A refusal is remembered, and answered from
/// memory, because a server locks an identity out after three of them.
#[derive(Debug)]
pub(crate) struct Tokens {
    transport: Arc<Transport>,
    credentials: Credentials,
    metadata: Metadata,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<Token>>,
    refusal: RefusalMemory,
    login: Option<Login>,
    /// Until when a token that is due is not replaced, because a login just failed.
    no_login_until: Option<Instant>,
    /// Until when no token is replaced for being refused, because that just changed nothing.
    no_replacement_until: Option<Instant>,
}

impl Tokens {
    pub(crate) fn new(
        transport: Arc<Transport>,
        credentials: Credentials,
        metadata: Metadata,
    ) -> Self {
        Self {
            transport,
            credentials,
            metadata,
            state: Mutex::default(),
        }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns a token that is worth trying: the present one, else that of a login all callers share.
    ///
    /// A token that is due serves on while it is replaced in the background.
    pub(crate) async fn current(self: &Arc<Self>) -> Result<Arc<Token>, SecretError> {
        let login = {
            let (mut state, now) = (self.state(), Instant::now());
            if let Some(token) = state.token_at(now) {
                if token.is_due(now) && state.may_log_in(now) {
                    drop(self.login(&mut state));
                }
                return Ok(token);
            }
            if let Some(refusal) = state.refusal.at(now)
                && !state.refusal.looks_at_files_again(now)
            {
                return Err(refusal);
            }
            self.login(&mut state)
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

    /// Tells whether a token that is refused may be replaced by a login.
    pub(crate) fn may_replace(&self) -> bool {
        let until = self.state().no_replacement_until;
        self.credentials.can_log_in() && until.is_none_or(|until| Instant::now() >= until)
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
        let worked = token.has_worked() && self.credentials.can_log_in();
        if !is_old && !worked {
            self.state().token = None;
            self.remember(error, None);
        }
    }

    /// Lifts the memory of a refusal.
    pub(crate) fn forget_refusal(&self) {
        self.state().refusal.forget();
    }

    /// Returns the age of the present token.
    pub(crate) fn age(&self) -> Option<Duration> {
        self.state().token.as_ref().map(|token| token.age())
    }

    /// Takes the present token out, if it came from a login of this client.
    ///
    /// A login under way is waited for, as long as one request may take: its token would outlive the rest.
    pub(crate) async fn take(&self) -> Option<Arc<Token>> {
        if !self.credentials.can_log_in() {
            return None;
        }
        let login = self.state().login.clone();
        if let Some(login) = login {
            // Whatever comes of it, what counts is the token that is there afterwards.
            let _ = timeout(self.transport.limits.request_timeout, login).await;
        }
        self.state().token.take()
    }

    /// Joins the login under way, or starts one on the runtime that all requests are made on.
    fn login(self: &Arc<Self>, state: &mut State) -> Login {
        let running = state.login.as_ref().filter(|login| login.peek().is_none());
        if let Some(login) = running {
            return login.clone();
        }
        let tokens = Arc::clone(self);
        // The task ends by taking the lock that is held here, so it cannot end before it is noted.
        let task = tokio::spawn(async move {
            let outcome = tokens.log_in().await;
            tokens.state().login = None;
            outcome
        });
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
        if let Some(text) = self.credentials.given_token() {
            return Ok(self.keep(login::Granted {
                text: text.clone(),
                lifetime: None,
            }));
        }
        // A form that cannot be put together was refused by nobody.
        let mut form = self.form().await?;
        if let Some(refusal) = self.state().refusal.of(&form, Instant::now()) {
            return Err(refusal);
        }
        let mut outcome = self.send(&form).await;
        if is_refused(&outcome) && self.credentials.method.reads_files() {
            // The file may have been replaced between the reading and the answer.
            let fresh = self.form().await?;
            if fresh != form {
                form = fresh;
                outcome = self.send(&form).await;
            }
        }
        match outcome {
            Ok(granted) => Ok(self.keep(granted)),
            Err(error) if error.kind() == ErrorKind::Unauthenticated => {
                tracing::warn!(
                    host = self.transport.server.host(),
                    method = self.credentials.method.name(),
                    remembered_s = self.transport.limits.refusal_memory.as_secs(),
                    "Infisical refused the login; it is not tried again until the credentials change, \
                     a refresh is forced, or the time is over"
                );
                let form = self.credentials.method.reads_files().then_some(form);
                self.remember(&error, form);
                Err(error)
            }
            Err(error) => Err(self.pause(error)),
        }
    }

    async fn form(&self) -> Result<LoginForm, SecretError> {
        let form = self.credentials.form(&self.metadata).await;
        form.map_err(|error| self.pause(error))
    }

    async fn send(&self, form: &LoginForm) -> Result<login::Granted, SecretError> {
        login::log_in(&self.transport, form, self.credentials.method.name()).await
    }

    fn keep(&self, granted: login::Granted) -> Arc<Token> {
        let token = Arc::new(Token::new(granted, self.transport.backoff.fraction()));
        let mut state = self.state();
        state.token = Some(Arc::clone(&token));
        state.refusal.forget();
        token
    }

    fn pause(&self, error: SecretError) -> SecretError {
        self.state().no_login_until = Instant::now().checked_add(PAUSE);
        error
    }

    /// Remembers a refusal. A token that was issued before it stays: it is good until it expires.
    fn remember(&self, error: &SecretError, form: Option<LoginForm>) {
        let length = self.transport.limits.refusal_memory;
        self.state().refusal.remember(error, form, length);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns the present token where it has not expired.
    fn token_at(&self, now: Instant) -> Option<Arc<Token>> {
        let token = self.token.as_ref()?;
        (!token.has_expired(now)).then(|| Arc::clone(token))
    }

    /// Tells whether a token that is due may be replaced now.
    fn may_log_in(&self, now: Instant) -> bool {
        self.refusal.at(now).is_none() && self.no_login_until.is_none_or(|until| now >= until)
    }
}

fn is_refused(outcome: &Result<login::Granted, SecretError>) -> bool {
    matches!(outcome, Err(error) if error.kind() == ErrorKind::Unauthenticated)
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("token", &self.token)
            .field("refusal", &self.refusal)
            .field("is_logging_in", &self.login.is_some())
            .finish_non_exhaustive()
    }
}
