//! Whether a value that was written is the value that is stored.

use std::sync::Arc;

use secrecy::ExposeSecret;
use secret_source::{Change, Entry, SecretError, Written};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::http::request::Call;
use crate::read::wire::{ListBody, Row};
use crate::write::group::Group;
use crate::write::trim::is_stored_form;

/// What a row says about a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    This,
    Another,
    Untold,
}

impl Client {
    /// Confirms what was written: by the answer where it shows the values, else by one list.
    ///
    /// An answer that shows another value is no proof, since an old row may be what it shows; the list is. An
    /// identity that may not read is shown no value in either, and leaves its writes unconfirmed.
    pub(crate) async fn confirmed(
        self: &Arc<Self>,
        group: &Group<Entry>,
        entries: &[(usize, Entry)],
        rows: &[Row],
        change: Option<Change>,
        deadline: Deadline,
    ) -> Vec<Result<Written, SecretError>> {
        let is_settled = |(_, entry): &(usize, Entry)| {
            let row = row_of(entry, rows);
            row.is_some_and(Row::is_hidden) || held(entry, row) == Held::This
        };
        let stored = if entries.iter().all(is_settled) {
            None
        } else {
            // What is written is written: its confirmation is not worth waiting for.
            self.list_stored(group, true, deadline).await.ok()
        };
        let outcome = |(_, entry): &(usize, Entry)| {
            let row = row_of(entry, rows);
            let version = row.and_then(|row| row.version);
            let written = Written::new(change.unwrap_or(match version {
                Some(1) => Change::Created,
                _ => Change::Updated,
            }));
            let written = match version {
                Some(version) => written.with_version(version),
                None => written,
            };
            let listed = stored.as_deref().and_then(|rows| row_of(entry, rows));
            match (held(entry, row), held(entry, listed)) {
                (Held::This, _) | (_, Held::This) => Ok(written.confirmed()),
                (_, Held::Another) => Err(SecretError::protocol(
                    "the server holds another value than the one that was sent",
                )
                .with_hint("someone else may have written after this: look before writing again")),
                (_, Held::Untold) => Ok(written),
            }
        };
        entries.iter().map(outcome).collect()
    }

    /// Lists the rows of a folder as they are stored, personal ones left out.
    pub(crate) async fn stored(
        self: &Arc<Self>,
        group: &Group<Entry>,
        deadline: Deadline,
    ) -> Result<Vec<Row>, Failure> {
        self.list_stored(group, false, deadline).await
    }

    async fn list_stored(
        self: &Arc<Self>,
        group: &Group<Entry>,
        once: bool,
        deadline: Deadline,
    ) -> Result<Vec<Row>, Failure> {
        let spelled = |dialect| Call {
            once,
            ..Call::list_as_stored(dialect, &group.project, &group.folder)
        };
        let answered = deadline.bound(self.read(deadline, spelled)).await;
        let (_, reply) = answered.unwrap_or_else(|| Err(Failure::deadline(deadline)))?;
        let body: ListBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        let shared = body.secrets.into_iter().filter(|row| !row.is_personal());
        Ok(shared.collect())
    }
}

/// Finds the row of an entry; of two with one key, the one that a look-up by name gives.
pub(crate) fn row_of<'a>(entry: &Entry, rows: &'a [Row]) -> Option<&'a Row> {
    rows.iter()
        .find(|row| row.secret_key == entry.address().key())
}

fn held(entry: &Entry, row: Option<&Row>) -> Held {
    let value = row
        .filter(|row| !row.is_hidden())
        .and_then(|row| row.secret_value.as_ref());
    match value {
        None => Held::Untold,
        Some(value)
            if is_stored_form(entry.value().expose_secret(), value.text.expose_secret()) =>
        {
            Held::This
        }
        Some(_) => Held::Another,
    }
}
