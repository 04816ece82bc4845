//! [`Batch`]: one thing that is done to many secrets.

use std::future::Future;
use std::sync::{Arc, OnceLock};

use secret_source::{SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::write::group::Group;
use crate::write::outcome::not_sent;
use crate::write::reach::{Reach, concerns_some, reach};

/// Does one thing to secrets, folder by folder: to as many in one request as it holds, or to each alone.
pub(crate) trait Batch: Sync {
    /// What is asked for; it names the secret.
    type Entry: Clone + Send + Sync;
    /// What an entry comes to where nothing fails.
    type Outcome: Send;

    fn client(&self) -> &Arc<Client>;

    /// Returns by when all of it must have ended.
    fn deadline(&self) -> Deadline;

    /// Holds what left the entries that were not yet sent no chance, once something did.
    fn ended(&self) -> &OnceLock<SecretError>;

    fn address(entry: &Self::Entry) -> &SecretAddress;

    /// Refuses what can be refused without asking.
    fn check(&self, entry: &Self::Entry) -> Result<(), SecretError>;

    /// Splits the entries of a folder by what one request holds.
    fn chunks(entries: &[(usize, Self::Entry)]) -> Vec<&[(usize, Self::Entry)]>;

    /// Does it to a chunk, and says of each entry in order what it came to.
    fn many(
        &self,
        group: &Group<Self::Entry>,
        chunk: &[(usize, Self::Entry)],
    ) -> impl Future<Output = Vec<Result<Self::Outcome, SecretError>>> + Send;

    /// Does it to one entry. A failure may concern the entries after it, an error in what came of it does
    /// not.
    fn one(
        &self,
        group: &Group<Self::Entry>,
        entry: &(usize, Self::Entry),
    ) -> impl Future<Output = Result<Result<Self::Outcome, SecretError>, Failure>> + Send;

    /// Does it to all, and says of each in the order asked what it came to.
    async fn run(&self, entries: &[Self::Entry]) -> Vec<Result<Self::Outcome, SecretError>> {
        let client = self.client();
        let checked = entries
            .iter()
            .map(|entry| (entry.clone(), self.check(entry)))
            .collect();
        let deadline = self.deadline();
        let (groups, mut outcomes) = client.grouped(checked, Self::address, deadline).await;
        for group in &groups {
            for chunk in Self::chunks(&group.entries) {
                let done = match self.end(group) {
                    Some(error) => chunk.iter().map(|_| Err(error.clone())).collect(),
                    None => self.many(group, chunk).await,
                };
                for ((index, _), outcome) in chunk.iter().zip(done) {
                    outcomes[*index] = Some(outcome);
                }
                client.forget_folder(&group.folder);
            }
        }
        let unanswered = || Err(SecretError::protocol("the batch left this secret out"));
        entries
            .iter()
            .zip(outcomes)
            .map(|(entry, outcome)| {
                outcome
                    .unwrap_or_else(unanswered)
                    .map_err(|error| error.with_address(Self::address(entry)))
                    .map_err(|error| error.with_correlation(deadline.correlation()))
            })
            .collect()
    }

    /// Takes what one request for a chunk came to. It is refused whole, for the sake of some of its entries
    /// or of all; where it may be some, each is tried alone, which tells them apart.
    async fn settled(
        &self,
        sent: Result<Vec<Result<Self::Outcome, SecretError>>, Failure>,
        group: &Group<Self::Entry>,
        chunk: &[(usize, Self::Entry)],
    ) -> Vec<Result<Self::Outcome, SecretError>> {
        match sent {
            Ok(outcomes) => outcomes,
            Err(failure) if concerns_some(&failure) => self.one_by_one(group, chunk).await,
            Err(failure) => {
                let error = self.failed(failure, group).await;
                chunk.iter().map(|_| Err(error.clone())).collect()
            }
        }
    }

    /// Does it to each entry alone, until a failure leaves the others no chance.
    async fn one_by_one(
        &self,
        group: &Group<Self::Entry>,
        chunk: &[(usize, Self::Entry)],
    ) -> Vec<Result<Self::Outcome, SecretError>> {
        let mut outcomes = Vec::with_capacity(chunk.len());
        for entry in chunk {
            outcomes.push(match self.end(group) {
                Some(error) => Err(error),
                None => match self.one(group, entry).await {
                    Ok(outcome) => outcome,
                    Err(failure) => Err(self.failed(failure, group).await),
                },
            });
        }
        outcomes
    }

    /// Makes the error of a failure, and notes whom else it leaves no chance.
    async fn failed(&self, failure: Failure, group: &Group<Self::Entry>) -> SecretError {
        let reach = reach(&failure);
        let client = self.client();
        let error = client
            .explain_write(failure, &group.folder, self.deadline())
            .await;
        // The first to end something stays the reason.
        let _ = match reach {
            Reach::Entry => Ok(()),
            Reach::Folder => group.ended.set(not_sent(&error)),
            Reach::Batch => self.ended().set(not_sent(&error)),
        };
        error
    }

    /// Returns the error of what is not sent any more, where that is so.
    fn end(&self, group: &Group<Self::Entry>) -> Option<SecretError> {
        let ended = self.ended().get().or_else(|| group.ended.get());
        ended.cloned()
    }
}
