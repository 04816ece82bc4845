//! What a write comes to, and what its failure means.

use std::sync::Arc;

use secret_source::{ErrorKind, FolderAddress, SecretError};
use tokio::sync::MutexGuard;

use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::Call;
use crate::read::environments::{Presence, what_is_missing};
use crate::read::wire::Row;
use crate::write::wire::{Answer, WriteBody};

impl Client {
    /// Waits until no other write of this client is under way.
    ///
    /// A server of 2024 that is asked to create one secret twice at the same time creates it twice: in 28 of
    /// 30 recorded rounds.
    pub(crate) async fn turn(&self, deadline: Deadline) -> Result<MutexGuard<'_, ()>, Failure> {
        let turn = deadline.bound(self.writes.lock()).await;
        let waited = || {
            let message = "other writes took all the time that this one may";
            SecretError::unavailable(message)
                .with_hint("repeat it: it was not sent")
                .into()
        };
        // The one before may have taken the whole of it.
        turn.filter(|_| !deadline.remaining().is_zero())
            .ok_or_else(waited)
    }

    /// Sends a write, and returns the rows that it left.
    ///
    /// Which dialect the server speaks is found out as for a read: a route that does not exist did nothing.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        deadline: Deadline,
        spelled: impl Fn(Dialect) -> Call + Send,
    ) -> Result<Vec<Row>, Failure> {
        let _turn = self.turn(deadline).await?;
        let answered = deadline.bound(self.in_dialect(deadline, spelled)).await;
        let (_, reply) = answered.unwrap_or_else(|| Err(Failure::deadline(deadline)))?;
        let body = serde_json::from_slice::<WriteBody>(&reply.body).map(WriteBody::answer);
        match body.unwrap_or(Answer::Other) {
            Answer::Done(rows) => Ok(rows),
            Answer::Approval => Err(SecretError::denied(
                "nothing is changed: a change policy of the folder asks for approval",
            )
            .with_hint("have the change request approved in Infisical, or let the identity bypass the policy")
            .into()),
            Answer::Other => Err(SecretError::protocol(format!(
                "{} answered a write with something else than the secret",
                self.transport.server.host()
            ))
            .with_hint(LOOK_FIRST)
            .into()),
        }
    }

    /// Makes the error that the caller of a write sees; a missing folder is told from a missing environment.
    pub(crate) async fn explain_write(
        self: &Arc<Self>,
        failure: Failure,
        folder: &FolderAddress,
        deadline: Deadline,
    ) -> SecretError {
        let place = self.place(folder);
        if failure.remedy == Remedy::ProbeEnvironment {
            let presence = self.presence(folder, deadline).await;
            let error = failure.traced(what_is_missing(presence, folder, place));
            return match (presence, error.hint()) {
                (Presence::Exists | Presence::Untold, Some(hint)) => {
                    let hint = format!("{hint}; a put makes folders where its options say so");
                    error.with_hint(hint)
                }
                _ => error,
            };
        }
        let may_be_done = failure.may_have_been_done();
        let error = explain(failure, place);
        if may_be_done {
            error.with_hint(LOOK_FIRST)
        } else {
            error
        }
    }
}

/// What to do after a failure that does not tell whether a write was carried out.
const LOOK_FIRST: &str =
    "look the secret up before repeating the write: it may have been carried out";

fn explain(failure: Failure, place: Place<'_>) -> SecretError {
    let (kind, request) = (failure.kind, failure.request());
    match (failure.remedy, kind) {
        (Remedy::Update, _) => failure.traced(
            SecretError::invalid(format!("the secret exists already{request}"))
                .with_hint("update or upsert it, or delete it first"),
        ),
        (_, ErrorKind::NotFound(_)) if failure.status().is_some() => failure.traced(
            SecretError::new(kind, format!("{kind}{request}"))
                .with_hint(format!("looked in {place}")),
        ),
        (_, ErrorKind::Denied) if failure.status().is_some() => failure.explain(place).with_hint(
            format!("let the identity create, edit or delete secrets in {place}"),
        ),
        _ => failure.explain(place),
    }
}

/// Makes the error of an entry that was not sent, because one before it failed so.
pub(crate) fn not_sent(error: &SecretError) -> SecretError {
    match error.hint() {
        Some(LOOK_FIRST) => error
            .clone()
            .with_hint("this one was not sent: the request before it failed so"),
        _ => error.clone(),
    }
}
