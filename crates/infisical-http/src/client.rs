//! [`Client`]: one server, one identity, and what was learned about both.

use std::sync::Arc;

use secret_source::{ErrorKind, FolderAddress, SecretError};
use tokio::sync::Mutex;

use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::answer::status::Remedy;
use crate::auth::token::Token;
use crate::auth::tokens::Tokens;
use crate::deadline::Deadline;
use crate::dialect::{Dialect, KnownDialect};
use crate::home_runtime::HomeRuntime;
use crate::http::request::Call;
use crate::http::send::Reply;
use crate::project::{Projects, is_id};
use crate::read::kept_lists::KeptLists;
use crate::read::wire::ProjectBody;
use crate::traffic::transport::Transport;

/// Asks questions of the server: with a token, in the dialect it speaks, about projects by id.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) transport: Arc<Transport>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) projects: Projects,
    pub(crate) home: HomeRuntime,
    pub(crate) kept: KeptLists,
    pub(crate) dialect: KnownDialect,
    /// Held by the write that is under way.
    pub(crate) writes: Mutex<()>,
}

impl Client {
    pub(crate) fn new(transport: Arc<Transport>, tokens: Tokens, projects: Projects) -> Self {
        let kept = KeptLists::new(transport.limits.conditional_for);
        Self {
            kept,
            transport,
            tokens: Arc::new(tokens),
            projects,
            home: HomeRuntime::default(),
            dialect: KnownDialect::default(),
            writes: Mutex::default(),
        }
    }

    /// Sends a call in the dialect of the server. One that asks for no condition and is told that nothing
    /// was modified, as by a cache in between, is sent once more.
    pub(crate) async fn read(
        &self,
        deadline: Deadline,
        spelled: impl Fn(Dialect) -> Call + Send + Sync,
    ) -> Result<(Dialect, Reply), Failure> {
        match self.in_dialect(deadline, &spelled).await {
            Err(failure) if failure.remedy == Remedy::OnceMore => {
                self.in_dialect(deadline, spelled).await
            }
            outcome => outcome,
        }
    }

    /// Sends a call in the dialect of the server, which the first one finds out, and some later one where the
    /// server was replaced meanwhile.
    pub(crate) async fn in_dialect(
        &self,
        deadline: Deadline,
        spelled: impl Fn(Dialect) -> Call + Send,
    ) -> Result<(Dialect, Reply), Failure> {
        let choice = self.dialect.choose().await;
        let mut dialect = choice.dialect;
        let mut outcome = self.authorized(&spelled(dialect), deadline).await;
        let has_no_other = has_no_such_route(&outcome);
        if has_no_other {
            dialect = dialect.other();
            outcome = self.authorized(&spelled(dialect), deadline).await;
        }
        if shows_the_dialect(&outcome, has_no_other) {
            self.dialect.learn(dialect);
        }
        outcome.map(|reply| (dialect, reply))
    }

    /// Returns the id of the project that an address means; a slug is looked up once.
    pub(crate) async fn project_id(
        self: &Arc<Self>,
        project: Option<&str>,
    ) -> Result<String, Failure> {
        let named = self.projects.named(project)?;
        if is_id(named) {
            return Ok(named.to_owned());
        }
        let slug = self.projects.slug(named);
        if let Some(id) = slug.id.get() {
            return Ok(id.clone());
        }
        let id = slug.flight.join(|| {
            let (client, slug, named) = (Arc::clone(self), Arc::clone(&slug), named.to_owned());
            async move {
                if let Some(id) = slug.id.get() {
                    return Ok(id.clone());
                }
                let id = client.look_up_project(&named).await?;
                Ok(slug.id.get_or_init(|| id).clone())
            }
        });
        Ok(id.await?)
    }

    /// Forgets what is remembered of a folder's content, since it was written to.
    pub(crate) fn forget_folder(&self, folder: &FolderAddress) {
        self.kept.forget(folder);
    }

    /// Names where a folder is, for errors and origins.
    pub(crate) fn place<'a>(&'a self, folder: &'a FolderAddress) -> Place<'a> {
        let project = self.projects.named(folder.project()).ok();
        Place {
            host: self.transport.server.host(),
            project,
            folder: Some(folder),
        }
    }

    // Many callers may wait for this, so it has a deadline of its own and not that of the first.
    async fn look_up_project(&self, slug: &str) -> Result<String, SecretError> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let host = self.transport.server.host();
        let place = Place {
            host,
            project: Some(slug),
            folder: None,
        };
        let outcome = self.authorized(&Call::project(slug), deadline).await;
        let reply = outcome.map_err(|failure| match (failure.kind, failure.remedy) {
            (_, Remedy::OtherDialect) => failure.traced(
                SecretError::invalid(format!("{host} cannot find a project by its slug"))
                    .with_code("unknown-project")
                    .with_hint("set the project's id instead of its slug"),
            ),
            (ErrorKind::Invalid, _) if failure.status().is_some() => {
                let request = failure.request();
                failure.traced(
                    SecretError::invalid(format!(
                        "{host} knows no project with the slug `{slug}`{request}"
                    ))
                    .with_code("unknown-project")
                    .with_hint("check the slug in the project's settings, or set the project's id"),
                )
            }
            _ => failure.explain(place),
        })?;
        let body: ProjectBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error).explain(place))?;
        Ok(body.id)
    }

    /// Sends a call with a token; one that is not honoured is replaced, and the call repeated.
    ///
    /// That goes on only as long as each new token was good for other calls of the kind, as one is that may
    /// be used a few times: each login is then paid for by an answer. A new token that is refused from the
    /// start is not replaced.
    pub(crate) async fn authorized(
        &self,
        call: &Call,
        deadline: Deadline,
    ) -> Result<Reply, Failure> {
        let mut token = self.tokens.current(deadline.correlation()).await?;
        let mut replaced: Option<Arc<Token>> = None;
        loop {
            let outcome = self.with_token(call, &token, deadline).await;
            if !wants_a_new_token(&outcome) {
                return outcome;
            }
            let is_first = replaced.is_none() && self.tokens.may_replace();
            if !is_first && !self.was_used_up(&token, call, deadline).await {
                if let Some(old) = replaced {
                    self.tokens.replaced_in_vain(&old, &token);
                }
                return self.or_refused(outcome, &token);
            }
            self.tokens.reject(&token);
            let new = self.tokens.current(deadline.correlation()).await?;
            if new.is_same_as(&token) {
                if token.has_worked() {
                    new.worked();
                }
                return self.or_refused(outcome, &new);
            }
            replaced = Some(std::mem::replace(&mut token, new));
        }
    }

    /// Tells whether a refused token was good for calls like this one before.
    async fn was_used_up(&self, token: &Token, call: &Call, deadline: Deadline) -> bool {
        self.tokens.identity().can_replace()
            && deadline.bound(token.record.verdict(call.operation)).await == Some(true)
    }

    async fn with_token(
        &self,
        call: &Call,
        token: &Token,
        deadline: Deadline,
    ) -> Result<Reply, Failure> {
        let _under_way = token.record.begin(call.operation);
        let outcome = self.transport.call(call, Some(&token.text), deadline).await;
        let honoured = match &outcome {
            Ok(_) => true,
            // What is no answer of Infisical's says nothing about the token.
            Err(failure) => {
                failure.status().is_some()
                    && !failure.kind.is_transient()
                    && !matches!(
                        failure.kind,
                        ErrorKind::Unauthenticated | ErrorKind::Protocol
                    )
            }
        };
        if honoured {
            token.worked();
            token.record.honoured(call.operation);
        }
        outcome
    }

    fn or_refused(
        &self,
        outcome: Result<Reply, Failure>,
        token: &Arc<Token>,
    ) -> Result<Reply, Failure> {
        if !wants_a_new_token(&outcome) {
            return outcome;
        }
        outcome.map_err(|failure| {
            let error = failure.explain(self.transport.place());
            self.tokens.refused(token, &error);
            error.into()
        })
    }
}

fn wants_a_new_token(outcome: &Result<Reply, Failure>) -> bool {
    matches!(outcome, Err(failure) if failure.remedy == Remedy::NewToken)
}

fn has_no_such_route(outcome: &Result<Reply, Failure>) -> bool {
    matches!(outcome, Err(failure) if failure.remedy == Remedy::OtherDialect)
}

/// Tells whether an answer came from a handler of the route that was asked; where the server said that it
/// has no route of the other dialect, every answer did that is not the same again.
fn shows_the_dialect(outcome: &Result<Reply, Failure>, has_no_other: bool) -> bool {
    match outcome {
        Ok(_) => true,
        Err(failure) if failure.remedy == Remedy::OtherDialect => false,
        Err(failure) => {
            let is_of_a_handler =
                !failure.kind.is_transient() && failure.kind != ErrorKind::Protocol;
            failure.status().is_some() && (has_no_other || is_of_a_handler)
        }
    }
}
