//! [`Step`]: what one request of a [`Put`] does.

use std::slice;

use secret_source::{Change, Entry, PutMode, SecretError};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::http::request::{Call, Operation};
use crate::read::wire::Row;
use crate::write::body::Body;
use crate::write::group::Group;
use crate::write::name::has_a_route;
use crate::write::put::Put;

/// Names what one request does to the secrets of a folder.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Create,
    Update,
    /// Both at once, which only the current API has, and only for batches.
    Upsert,
}

impl Step {
    /// Returns what a secret went through, where the request leaves no doubt.
    pub(crate) fn change(self) -> Option<Change> {
        match self {
            Self::Create => Some(Change::Created),
            Self::Update => Some(Change::Updated),
            Self::Upsert => None,
        }
    }

    fn operation(self) -> Operation {
        match self {
            Self::Create => Operation::Create,
            Self::Update | Self::Upsert => Operation::Update,
        }
    }

    fn mode(self) -> Option<&'static str> {
        match self {
            Self::Upsert => Some("upsert"),
            Self::Create | Self::Update => None,
        }
    }
}

impl Put<'_> {
    /// Sends one entry as the mode says, and tells which step that took: no request upserts one secret, so
    /// it is updated, and created where it is missing.
    pub(crate) async fn send_in_mode(
        &self,
        group: &Group<Entry>,
        entry: &(usize, Entry),
    ) -> Result<(Step, Vec<Row>), Failure> {
        let create = async || {
            let rows = self.send_one(group, entry, Step::Create).await?;
            Ok((Step::Create, rows))
        };
        let update = async || {
            let rows = self.send_one(group, entry, Step::Update).await?;
            Ok((Step::Update, rows))
        };
        match self.options.mode() {
            PutMode::Create => create().await,
            PutMode::Update => update().await,
            PutMode::Upsert => match update().await {
                Err(failure) if is_missing(&failure) => match create().await {
                    // Someone else created it in between.
                    Err(failure) if is_there(&failure) => update().await,
                    outcome => outcome,
                },
                outcome => outcome,
            },
            _ => Err(
                SecretError::unsupported("Infisical cannot write in this mode")
                    .with_hint("create, update or upsert")
                    .into(),
            ),
        }
    }

    /// Sends many entries in one request.
    pub(crate) async fn send_many(
        &self,
        group: &Group<Entry>,
        entries: &[(usize, Entry)],
        step: Step,
    ) -> Result<Vec<Row>, Failure> {
        let folder = &group.folder;
        let values = entries.iter().map(|(_, entry)| entry);
        let body = Body::values(&group.project, folder, values, step.mode())?;
        let spelled = |dialect| Call::write_many(step.operation(), dialect, folder, &body);
        self.client.submit(self.deadline, spelled).await
    }

    async fn send_one(
        &self,
        group: &Group<Entry>,
        entry: &(usize, Entry),
        step: Step,
    ) -> Result<Vec<Row>, Failure> {
        let (folder, key) = (&group.folder, entry.1.address().key());
        if !has_a_route(key) {
            return self.send_many(group, slice::from_ref(entry), step).await;
        }
        let body = Body::value(&group.project, folder, entry.1.value())?;
        let operation = step.operation();
        let spelled = |dialect| Call::write_one(operation, dialect, folder, key, &body);
        self.client.submit(self.deadline, spelled).await
    }
}

fn is_missing(failure: &Failure) -> bool {
    failure.kind.is_not_found()
}

fn is_there(failure: &Failure) -> bool {
    failure.remedy == Remedy::Update
}
