//! [`Put`]: how values are written.

use std::slice;
use std::sync::{Arc, OnceLock};

use secrecy::ExposeSecret;
use secret_source::{Entry, PutMode, PutOptions, SecretAddress, SecretError, Written};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::read::wire::Row;
use crate::write::batch::Batch;
use crate::write::chunks::chunks;
use crate::write::group::Group;
use crate::write::reach::{Reach, reach};
use crate::write::read_back::row_of;
use crate::write::step::Step;
use crate::write::trim::survives;

/// Writes values as its options say, within one deadline.
pub(crate) struct Put<'a> {
    pub(crate) client: &'a Arc<Client>,
    pub(crate) options: PutOptions,
    pub(crate) deadline: Deadline,
    ended: OnceLock<SecretError>,
}

impl<'a> Put<'a> {
    pub(crate) fn new(client: &'a Arc<Client>, options: PutOptions) -> Self {
        Self {
            client,
            options,
            deadline: Deadline::after(client.transport.limits.lookup_deadline),
            ended: OnceLock::new(),
        }
    }

    /// Upserts where no request does so, or nobody knows yet: what exists is updated, the rest created.
    async fn sorted(
        &self,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
    ) -> Vec<Result<Written, SecretError>> {
        let rows = match self.client.stored(group, self.deadline).await {
            Ok(rows) => rows,
            Err(failure) if reach(&failure) == Reach::Batch => {
                // Nothing was written, so nothing can be in doubt.
                let error = failure.explain(self.client.place(&group.folder));
                let _ = self.ended.set(error.clone());
                return chunk.iter().map(|_| Err(error.clone())).collect();
            }
            // A folder that cannot be listed may be written all the same; then each entry is tried.
            Err(_) => return self.one_by_one(group, chunk).await,
        };
        let (old, new): (Vec<_>, Vec<_>) = chunk
            .iter()
            .cloned()
            .partition(|(_, entry)| row_of(entry, &rows).is_some());
        let mut outcomes = Vec::with_capacity(chunk.len());
        for (part, step) in [(old, Step::Update), (new, Step::Create)] {
            if !part.is_empty() {
                let written = match self.end(group) {
                    Some(error) => part.iter().map(|_| Err(error.clone())).collect(),
                    None => self.together(group, &part, step).await,
                };
                outcomes.extend(part.iter().map(|(index, _)| *index).zip(written));
            }
        }
        outcomes.sort_by_key(|(index, _)| *index);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }

    /// Writes with one request; where it is refused, each entry is tried alone, to learn what each comes to.
    async fn together(
        &self,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
        step: Step,
    ) -> Vec<Result<Written, SecretError>> {
        let mut sent = self.send_many(group, chunk, step).await;
        if !matches!(step, Step::Update)
            && let Err(failure) = &sent
            && self.lacks_a_folder(failure)
        {
            sent = match self.make_folder(group).await {
                Ok(()) => self.send_many(group, chunk, step).await,
                Err(failure) => Err(failure),
            };
        }
        let written = match sent {
            Ok(rows) => Ok(self.confirmed(group, chunk, &rows, step).await),
            Err(failure) => Err(failure),
        };
        self.settled(written, group, chunk).await
    }

    async fn confirmed(
        &self,
        group: &Group<Entry>,
        entries: &[(usize, Entry)],
        rows: &[Row],
        step: Step,
    ) -> Vec<Result<Written, SecretError>> {
        self.client
            .confirmed(group, entries, rows, step.change(), self.deadline)
            .await
    }

    fn lacks_a_folder(&self, failure: &Failure) -> bool {
        failure.remedy == Remedy::ProbeEnvironment && self.options.creates_folders()
    }

    /// Makes the folder; where that fails, no entry of it need be tried.
    async fn make_folder(&self, group: &Group<Entry>) -> Result<(), Failure> {
        let (folder, deadline) = (&group.folder, self.deadline);
        let made = self.client.make_folder(&group.project, folder, deadline);
        let Err(failure) = made.await else {
            return Ok(());
        };
        let is_for_all = reach(&failure) == Reach::Batch;
        // Whatever became of the folder, no secret was sent.
        let error = failure.explain(self.client.place(folder));
        let ended = if is_for_all {
            &self.ended
        } else {
            &group.ended
        };
        let _ = ended.set(error.clone());
        Err(error.into())
    }
}

impl Batch for Put<'_> {
    type Entry = Entry;
    type Outcome = Written;

    fn client(&self) -> &Arc<Client> {
        self.client
    }

    fn deadline(&self) -> Deadline {
        self.deadline
    }

    fn ended(&self) -> &OnceLock<SecretError> {
        &self.ended
    }

    fn address(entry: &Entry) -> &SecretAddress {
        entry.address()
    }

    /// Refuses a value that would come back changed.
    fn check(&self, entry: &Entry) -> Result<(), SecretError> {
        if self.options.allows_trimming() || survives(entry.value().expose_secret()) {
            return Ok(());
        }
        Err(
            SecretError::invalid("Infisical would cut white space off the ends of this value")
                .with_hint("trim the value, encode it (as base64, say), or allow trimming in the options; one final newline is kept"),
        )
    }

    fn chunks(entries: &[(usize, Entry)]) -> Vec<&[(usize, Entry)]> {
        chunks(entries)
    }

    async fn many(
        &self,
        group: &Group<Entry>,
        chunk: &[(usize, Entry)],
    ) -> Vec<Result<Written, SecretError>> {
        if chunk.len() == 1 {
            return self.one_by_one(group, chunk).await;
        }
        let step = match self.options.mode() {
            PutMode::Create => Step::Create,
            PutMode::Update => Step::Update,
            PutMode::Upsert if self.client.dialect.get() == Some(Dialect::V4) => Step::Upsert,
            PutMode::Upsert => return self.sorted(group, chunk).await,
            // Of a mode that is not known here each entry is refused.
            _ => return self.one_by_one(group, chunk).await,
        };
        self.together(group, chunk, step).await
    }

    async fn one(
        &self,
        group: &Group<Entry>,
        entry: &(usize, Entry),
    ) -> Result<Result<Written, SecretError>, Failure> {
        let mut sent = self.send_in_mode(group, entry).await;
        if self.options.mode() != PutMode::Update
            && let Err(failure) = &sent
            && self.lacks_a_folder(failure)
        {
            self.make_folder(group).await?;
            sent = self.send_in_mode(group, entry).await;
        }
        let (step, rows) = sent?;
        let mut confirmed = self
            .confirmed(group, slice::from_ref(entry), &rows, step)
            .await;
        let unconfirmed = || Err(SecretError::protocol("the write had no outcome"));
        Ok(confirmed.pop().unwrap_or_else(unconfirmed))
    }
}
