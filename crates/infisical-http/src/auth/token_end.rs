//! The end of a token: revoked when someone asks for it, and when the client is closed.

use std::future::Future;
use std::sync::Arc;

use secret_source::{CorrelationId, SecretError};
use tokio::time::timeout;

use crate::auth::login;
use crate::auth::token::Token;
use crate::auth::token_state::Phase;
use crate::auth::tokens::Tokens;

impl Tokens {
    /// Asks the server to forget the present token, if it came from a login of this client.
    pub(crate) async fn revoke(self: &Arc<Self>) -> Result<(), SecretError> {
        let tokens = Arc::clone(self);
        to_its_end(async move {
            let token = tokens.take().await;
            tokens.forgotten(token).await
        })
        .await
    }

    /// Does the same for good: from now on there is no token, and no login.
    pub(crate) async fn close(self: &Arc<Self>) -> Result<(), SecretError> {
        self.state().phase = Phase::Closing;
        let tokens = Arc::clone(self);
        to_its_end(async move {
            let token = tokens.take().await;
            let late = {
                let mut state = tokens.state();
                state.phase = Phase::Closed;
                // One that came between the two; a given one belongs to others.
                state.token.take().filter(|_| tokens.identity.logs_in())
            };
            tokens.forgotten(token.or(late)).await
        })
        .await
    }

    /// Takes the present token out, if it came from a login of this client.
    ///
    /// A login under way is waited for, as long as one request may take: its token would outlive the rest.
    async fn take(&self) -> Option<Arc<Token>> {
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

    async fn forgotten(&self, token: Option<Arc<Token>>) -> Result<(), SecretError> {
        match token {
            Some(token) => login::revoke(&self.transport, &token.text).await,
            None => Ok(()),
        }
    }
}

/// Runs in a task of its own: a caller who gives up would otherwise leave a client that is half closed, or a
/// token that nobody knows any more and that the server still honours.
async fn to_its_end(
    work: impl Future<Output = Result<(), SecretError>> + Send + 'static,
) -> Result<(), SecretError> {
    let operation = CorrelationId::current().unwrap_or_else(CorrelationId::generate);
    let broken_off = |_| Err(SecretError::unavailable("the revocation was broken off"));
    let task = tokio::spawn(operation.scope(work));
    task.await.unwrap_or_else(broken_off)
}
