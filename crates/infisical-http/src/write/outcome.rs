//! What a write's failure means, and whom it concerns.

use std::sync::Arc;

use secret_source::{ErrorKind, FolderAddress, Missing, SecretError};

use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::Call;
use crate::read::wire::Row;
use crate::write::wire::{Answer, WriteBody};

impl Client {
    /// Sends a write, and returns the rows that it left.
    ///
    /// Which dialect the server speaks is found out as for a read: a route that does not exist did nothing.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        deadline: Deadline,
        spelled: impl Fn(Dialect) -> Call + Send,
    ) -> Result<Vec<Row>, Failure> {
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
            .with_hint("look the secret up before repeating the write: it may have been carried out")
            .into()),
        }
    }

    /// Makes the error that the caller of a write sees.
    pub(crate) fn explain_write(&self, failure: Failure, folder: &FolderAddress) -> SecretError {
        let place = self.place(folder);
        if failure.status().is_none() {
            // Without a connection nothing was sent; without an answer nobody knows.
            let may_be_done = failure.kind == ErrorKind::Unavailable && !failure.was_never_sent();
            let error = failure.explain(place);
            return if may_be_done {
                error.with_hint(
                    "look the secret up before repeating the write: it may have been carried out",
                )
            } else {
                error
            };
        }
        explain_status(failure, place)
    }
}

fn explain_status(failure: Failure, place: Place<'_>) -> SecretError {
    match (failure.remedy, failure.kind) {
        (Remedy::Update, _) => SecretError::invalid("the secret exists already")
            .with_hint("update or upsert it, or delete it first"),
        (Remedy::ProbeEnvironment, _) => SecretError::not_found(Missing::Unknown).with_hint(format!(
            "the folder or its environment does not exist: {place}; a write makes folders where its options \
             say so"
        )),
        (_, ErrorKind::NotFound(missing)) => {
            SecretError::not_found(missing).with_hint(format!("looked in {place}"))
        }
        (_, ErrorKind::Denied) => failure
            .explain(place)
            .with_hint(format!("let the identity create, edit or delete secrets in {place}")),
        (_, ErrorKind::Unavailable) => failure.explain(place).with_hint(
            "look the secret up before repeating the write: it may have been carried out",
        ),
        _ => failure.explain(place),
    }
}

/// Tells whether a refused batch may hold entries that would be accepted alone.
///
/// A batch is refused whole and nothing of it is done. Which entries were at fault cannot be taken from the
/// answer: servers of 2024 name those that exist where they mean those that do not.
pub(crate) fn concerns_some(failure: &Failure) -> bool {
    failure.status().is_some()
        && matches!(
            failure.kind,
            ErrorKind::Invalid | ErrorKind::Denied | ErrorKind::NotFound(_)
        )
}

/// Tells whether the failure of one entry leaves the others a chance.
pub(crate) fn concerns_one(failure: &Failure) -> bool {
    concerns_some(failure) && failure.remedy != Remedy::ProbeEnvironment
}
