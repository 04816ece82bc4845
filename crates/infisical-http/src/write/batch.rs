//! [`Batch`]: one thing that is done to many secrets.

use std::future::Future;
use std::sync::Arc;

use secret_source::{SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::write::group::Group;
use crate::write::outcome::{concerns_one, concerns_some};

/// Does one thing to secrets, folder by folder: to as many in one request as it holds, or to each alone.
pub(crate) trait Batch: Sync {
    /// What is asked for; it names the secret.
    type Entry: Clone + Send + Sync;
    /// What an entry comes to where nothing fails.
    type Outcome: Send;

    fn client(&self) -> &Arc<Client>;

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
            .collect::<Vec<_>>();
        let (groups, mut outcomes) = client.grouped(checked, Self::address).await;
        for group in &groups {
            for chunk in Self::chunks(&group.entries) {
                let done = self.many(group, chunk).await;
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
                let error = self.client().explain_write(failure, &group.folder);
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
        let mut ended: Option<SecretError> = None;
        for entry in chunk {
            let outcome = match &ended {
                Some(error) => Err(error.clone()),
                None => match self.one(group, entry).await {
                    Ok(outcome) => outcome,
                    Err(failure) => {
                        let goes_on = concerns_one(&failure);
                        let error = self.client().explain_write(failure, &group.folder);
                        if !goes_on {
                            ended = Some(error.clone());
                        }
                        Err(error)
                    }
                },
            };
            outcomes.push(outcome);
        }
        outcomes
    }
}
