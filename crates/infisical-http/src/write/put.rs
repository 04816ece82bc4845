//! How values are written.

use std::sync::Arc;

use secrecy::ExposeSecret;
use secret_source::{Change, Entry, PutMode, PutOptions, SecretError, Written};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, Operation};
use crate::read::wire::Row;
use crate::write::body::Body;
use crate::write::chunks::chunks;
use crate::write::group::Group;
use crate::write::name::has_a_route;
use crate::write::outcome::{concerns_one, concerns_some};
use crate::write::read_back::row_of;
use crate::write::trim::survives;

/// What one request does to the secrets of a folder.
#[derive(Clone, Copy)]
enum Step {
    Create,
    Update,
    /// Both at once, which only the current API has, and only for batches.
    Upsert,
}

impl Client {
    /// Writes a batch: folder by folder, as many entries at a time as a request holds.
    pub(crate) async fn put_all(
        self: &Arc<Self>,
        entries: &[Entry],
        options: PutOptions,
    ) -> Vec<Result<Written, SecretError>> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let checked: Vec<_> = entries
            .iter()
            .map(|entry| (entry.clone(), check_value(entry, options)))
            .collect();
        let (groups, mut outcomes) = self.grouped(checked, Entry::address).await;
        for group in &groups {
            for chunk in chunks(&group.entries) {
                let written = self.put_chunk(group, chunk, options, deadline).await;
                for ((index, _), outcome) in chunk.iter().zip(written) {
                    outcomes[*index] = Some(outcome);
                }
                self.forget_folder(&group.folder);
            }
        }
        let unanswered = || Err(SecretError::protocol("the batch left this entry out"));
        entries
            .iter()
            .zip(outcomes)
            .map(|(entry, outcome)| {
                outcome
                    .unwrap_or_else(unanswered)
                    .map_err(|error| error.with_address(entry.address()))
            })
            .collect()
    }

    async fn put_chunk(
        self: &Arc<Self>,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
        options: PutOptions,
        deadline: Deadline,
    ) -> Vec<Result<Written, SecretError>> {
        if chunk.len() == 1 {
            return self.put_one_by_one(group, chunk, options, deadline).await;
        }
        let step = match options.mode() {
            PutMode::Create => Step::Create,
            PutMode::Update => Step::Update,
            _ if self.dialect.get() == Some(Dialect::V4) => Step::Upsert,
            _ => return self.put_sorted(group, chunk, options, deadline).await,
        };
        self.put_batch(group, chunk, step, options, deadline).await
    }

    /// Upserts where no request does so, or nobody knows yet: what exists is updated, the rest created.
    async fn put_sorted(
        self: &Arc<Self>,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
        options: PutOptions,
        deadline: Deadline,
    ) -> Vec<Result<Written, SecretError>> {
        // A folder that cannot be listed may be written all the same; then each entry is tried.
        let Ok(rows) = self.stored(group, deadline).await else {
            return self.put_one_by_one(group, chunk, options, deadline).await;
        };
        let (old, new): (Vec<_>, Vec<_>) = chunk
            .iter()
            .cloned()
            .partition(|(_, entry)| row_of(entry, &rows).is_some());
        let mut outcomes = Vec::with_capacity(chunk.len());
        for (part, step) in [(old, Step::Update), (new, Step::Create)] {
            if !part.is_empty() {
                let written = self.put_batch(group, &part, step, options, deadline).await;
                outcomes.extend(part.iter().map(|(index, _)| *index).zip(written));
            }
        }
        outcomes.sort_by_key(|(index, _)| *index);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Writes with one request; where it is refused, each entry is tried alone, to learn what each comes to.
    async fn put_batch(
        self: &Arc<Self>,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
        step: Step,
        options: PutOptions,
        deadline: Deadline,
    ) -> Vec<Result<Written, SecretError>> {
        let mut sent = self.send_batch(group, chunk, step, deadline).await;
        if !matches!(step, Step::Update)
            && let Err(failure) = &sent
            && lacks_a_folder(failure, options)
        {
            sent = match self
                .make_folder(&group.project, &group.folder, deadline)
                .await
            {
                Ok(()) => self.send_batch(group, chunk, step, deadline).await,
                Err(failure) => Err(self.explain_write(failure, &group.folder).into()),
            };
        }
        match sent {
            Ok(rows) => {
                let change = match step {
                    Step::Create => Some(Change::Created),
                    Step::Update => Some(Change::Updated),
                    Step::Upsert => None,
                };
                self.confirmed(group, chunk, &rows, change, deadline).await
            }
            Err(failure) if concerns_some(&failure) => {
                self.put_one_by_one(group, chunk, options, deadline).await
            }
            Err(failure) => {
                let error = self.explain_write(failure, &group.folder);
                chunk.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }

    async fn put_one_by_one(
        self: &Arc<Self>,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
        options: PutOptions,
        deadline: Deadline,
    ) -> Vec<Result<Written, SecretError>> {
        let mut outcomes = Vec::with_capacity(chunk.len());
        let mut ended = None;
        for entry in chunk {
            if let Some(error) = &ended {
                outcomes.push(Err(SecretError::clone(error)));
                continue;
            }
            let outcome = match self.put_one(group, entry, options, deadline).await {
                Ok(written) => written,
                Err(failure) => {
                    let goes_on = concerns_one(&failure);
                    let error = self.explain_write(failure, &group.folder);
                    if !goes_on {
                        ended = Some(error.clone());
                    }
                    Err(error)
                }
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    async fn put_one(
        self: &Arc<Self>,
        group: &Group<Entry>,
        entry: &(usize, Entry),
        options: PutOptions,
        deadline: Deadline,
    ) -> Result<Result<Written, SecretError>, Failure> {
        let mode = options.mode();
        let mut sent = self.send_in_mode(group, entry, mode, deadline).await;
        if mode != PutMode::Update
            && let Err(failure) = &sent
            && lacks_a_folder(failure, options)
        {
            self.make_folder(&group.project, &group.folder, deadline)
                .await?;
            sent = self.send_in_mode(group, entry, mode, deadline).await;
        }
        let (change, rows) = sent?;
        let entries = std::slice::from_ref(entry);
        let mut confirmed = self
            .confirmed(group, entries, &rows, Some(change), deadline)
            .await;
        let unconfirmed = || Ok(Written::new(change));
        Ok(confirmed.pop().unwrap_or_else(unconfirmed))
    }

    async fn send_in_mode(
        self: &Arc<Self>,
        group: &Group<Entry>,
        entry: &(usize, Entry),
        mode: PutMode,
        deadline: Deadline,
    ) -> Result<(Change, Vec<Row>), Failure> {
        let create = async || {
            let rows = self.send_one(group, entry, Step::Create, deadline).await?;
            Ok((Change::Created, rows))
        };
        let update = async || {
            let rows = self.send_one(group, entry, Step::Update, deadline).await?;
            Ok((Change::Updated, rows))
        };
        match mode {
            PutMode::Create => create().await,
            PutMode::Update => update().await,
            _ => match update().await {
                Err(failure) if is_missing(&failure) => match create().await {
                    // Someone else created it in between.
                    Err(failure) if is_there(&failure) => update().await,
                    outcome => outcome,
                },
                outcome => outcome,
            },
        }
    }

    async fn send_one(
        self: &Arc<Self>,
        group: &Group<Entry>,
        entry: &(usize, Entry),
        step: Step,
        deadline: Deadline,
    ) -> Result<Vec<Row>, Failure> {
        let (folder, key) = (&group.folder, entry.1.address().key());
        if !has_a_route(key) {
            let entries = std::slice::from_ref(entry);
            return self.send_batch(group, entries, step, deadline).await;
        }
        let body = Body::value(&group.project, folder, entry.1.value())?;
        let operation = step.operation();
        let spelled = |dialect| Call::write_one(operation, dialect, folder, key, &body);
        self.submit(deadline, spelled).await
    }

    async fn send_batch(
        self: &Arc<Self>,
        group: &Group<Entry>,
        entries: &[(usize, Entry)],
        step: Step,
        deadline: Deadline,
    ) -> Result<Vec<Row>, Failure> {
        let folder = &group.folder;
        let mode = match step {
            Step::Upsert => Some("upsert"),
            Step::Create | Step::Update => None,
        };
        let values = entries.iter().map(|(_, entry)| entry);
        let body = Body::values(&group.project, folder, values, mode)?;
        let spelled = |dialect| Call::write_many(step.operation(), dialect, folder, &body);
        self.submit(deadline, spelled).await
    }
}

impl Step {
    fn operation(self) -> Operation {
        match self {
            Self::Create => Operation::Create,
            Self::Update | Self::Upsert => Operation::Update,
        }
    }
}

fn lacks_a_folder(failure: &Failure, options: PutOptions) -> bool {
    failure.remedy == Remedy::ProbeEnvironment && options.creates_folders()
}

fn is_missing(failure: &Failure) -> bool {
    failure.kind.is_not_found()
}

fn is_there(failure: &Failure) -> bool {
    failure.remedy == Remedy::Update
}

/// Refuses a value that would come back changed.
fn check_value(entry: &Entry, options: PutOptions) -> Result<(), SecretError> {
    if options.allows_trimming() || survives(entry.value().expose_secret()) {
        return Ok(());
    }
    Err(
        SecretError::invalid("Infisical would cut white space off the ends of this value")
            .with_hint("trim the value, encode it (as base64, say), or allow trimming in the options; one final newline is kept"),
    )
}
