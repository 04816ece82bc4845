//! How secrets are deleted.

use std::sync::Arc;

use secret_source::{SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::http::request::{Call, Operation};
use crate::write::body::Body;
use crate::write::chunks::MOST_ENTRIES;
use crate::write::group::Group;
use crate::write::name::has_a_route;
use crate::write::outcome::{concerns_one, concerns_some};

impl Client {
    /// Deletes a batch: folder by folder, as many secrets at a time as a request holds.
    pub(crate) async fn delete_all(
        self: &Arc<Self>,
        addresses: &[SecretAddress],
    ) -> Vec<Result<(), SecretError>> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let entries: Vec<_> = addresses
            .iter()
            .map(|address| (address.clone(), Ok(())))
            .collect();
        let (groups, mut outcomes) = self.grouped(entries, |address| address).await;
        for group in &groups {
            for chunk in group.entries.chunks(MOST_ENTRIES) {
                let deleted = self.delete_chunk(group, chunk, deadline).await;
                for ((index, _), outcome) in chunk.iter().zip(deleted) {
                    outcomes[*index] = Some(outcome);
                }
                self.forget_folder(&group.folder);
            }
        }
        let unanswered = || Err(SecretError::protocol("the batch left this secret out"));
        addresses
            .iter()
            .zip(outcomes)
            .map(|(address, outcome)| {
                outcome
                    .unwrap_or_else(unanswered)
                    .map_err(|error| error.with_address(address))
            })
            .collect()
    }

    async fn delete_chunk(
        self: &Arc<Self>,
        group: &Group<SecretAddress>,
        chunk: &[(usize, SecretAddress)],
        deadline: Deadline,
    ) -> Vec<Result<(), SecretError>> {
        if chunk.len() > 1 {
            match self.delete_batch(group, chunk, deadline).await {
                Ok(()) => return chunk.iter().map(|_| Ok(())).collect(),
                Err(failure) if !concerns_some(&failure) => {
                    let error = self.explain_write(failure, &group.folder);
                    return chunk.iter().map(|_| Err(error.clone())).collect();
                }
                // It was refused whole; only one by one can tell which secrets were at fault.
                Err(_) => {}
            }
        }
        let mut outcomes = Vec::with_capacity(chunk.len());
        let mut ended = None;
        for entry in chunk {
            if let Some(error) = &ended {
                outcomes.push(Err(SecretError::clone(error)));
                continue;
            }
            let outcome = self.delete_one(group, entry, deadline).await;
            outcomes.push(outcome.map_err(|failure| {
                let goes_on = concerns_one(&failure);
                let error = self.explain_write(failure, &group.folder);
                if !goes_on {
                    ended = Some(error.clone());
                }
                error
            }));
        }
        outcomes
    }

    async fn delete_one(
        self: &Arc<Self>,
        group: &Group<SecretAddress>,
        entry: &(usize, SecretAddress),
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let (folder, key) = (&group.folder, entry.1.key());
        if !has_a_route(key) {
            return self
                .delete_batch(group, std::slice::from_ref(entry), deadline)
                .await;
        }
        let body = Body::deletion(&group.project, folder)?;
        let spelled = |dialect| Call::write_one(Operation::Delete, dialect, folder, key, &body);
        self.submit(deadline, spelled).await.map(drop)
    }

    async fn delete_batch(
        self: &Arc<Self>,
        group: &Group<SecretAddress>,
        chunk: &[(usize, SecretAddress)],
        deadline: Deadline,
    ) -> Result<(), Failure> {
        let folder = &group.folder;
        let keys = chunk.iter().map(|(_, address)| address.key());
        let body = Body::deletions(&group.project, folder, keys)?;
        let spelled = |dialect| Call::write_many(Operation::Delete, dialect, folder, &body);
        self.submit(deadline, spelled).await.map(drop)
    }
}
