//! How a batch of addresses is answered.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_source::{FolderAddress, Secret, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, fits_in_a_path};
use crate::read::batch::{self, Job};
use crate::read::environments::settle;
use crate::read::found::Found;
use crate::read::listing::Listing;
use crate::read::tree_list::settled;
use crate::read::wire::{GetBody, ListBody, Row};

impl Client {
    /// Answers a batch: plans it, sends its jobs side by side, looks again where a list could not show
    /// a value, and puts the answers in the order asked.
    pub(crate) async fn look_up(
        self: &Arc<Self>,
        addresses: &[SecretAddress],
    ) -> Vec<Result<Secret, SecretError>> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let jobs = batch::plan(addresses);
        let mut outcomes = self.read_trees(&jobs, addresses, deadline).await;
        let running: Vec<_> = jobs
            .iter()
            .enumerate()
            .filter(|(number, _)| outcomes[*number].is_none())
            .map(async |(number, job)| (number, self.run(job, deadline).await))
            .collect();
        let limit = self.transport.limits.concurrent_folders;
        let ran: Vec<_> = stream::iter(running)
            .buffer_unordered(limit)
            .collect()
            .await;
        for (number, outcome) in ran {
            outcomes[number] = Some(outcome);
        }
        let mut outcomes: Vec<_> = outcomes.into_iter().map(settled).collect();
        self.look_again(&jobs, &mut outcomes, addresses, deadline)
            .await;
        let environments = self.environments(&jobs, &outcomes, deadline).await;

        let mut answers: Vec<Option<Result<Secret, SecretError>>> = vec![None; addresses.len()];
        for (job, outcome) in jobs.iter().zip(outcomes) {
            let folder = job.folder();
            let place = self.place(&folder);
            let outcome = outcome.map_err(|failure| settle(failure, place, &environments));
            for entry in job.entries() {
                let address = &addresses[*entry];
                let answer = match &outcome {
                    Ok(found) => found.secret(address, place),
                    Err(error) => Err(error.clone()),
                };
                answers[*entry] = Some(answer.map_err(|error| error.with_address(address)));
            }
        }
        let unanswered = || Err(SecretError::protocol("the batch left this address out"));
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(unanswered))
            .collect()
    }

    /// Answers what a folder holds, imports included.
    pub(crate) async fn look_into(
        self: &Arc<Self>,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let jobs = [Job::Folder(folder.clone(), Vec::new())];
        let mut outcomes = [self.run(&jobs[0], deadline).await];
        if let [Ok(Found::Folder(listing))] = &outcomes {
            let addresses: Vec<_> = listing.keys().map(|key| folder.secret(key)).collect();
            let all = [Job::Folder(folder.clone(), (0..addresses.len()).collect())];
            self.look_again(&all, &mut outcomes, &addresses, deadline)
                .await;
        }
        let environments = self.environments(&jobs, &outcomes, deadline).await;
        let [outcome] = outcomes;
        let place = self.place(folder);
        match outcome.map_err(|failure| settle(failure, place, &environments))? {
            Found::Folder(listing) => listing.all(folder, place),
            Found::Secret(_) | Found::Each(_) => Ok(Vec::new()),
        }
    }

    async fn run(self: &Arc<Self>, job: &Job, deadline: Deadline) -> Result<Found, Failure> {
        let running = async {
            match job {
                Job::Folder(folder, _) => self.list(folder, deadline).await.map(Found::Folder),
                Job::Secret(address, _) => {
                    self.get(address, deadline, false).await.map(Found::Secret)
                }
            }
        };
        deadline
            .bound(running)
            .await
            .unwrap_or_else(|| Err(Failure::deadline(deadline)))
    }

    async fn list(
        self: &Arc<Self>,
        folder: &FolderAddress,
        deadline: Deadline,
    ) -> Result<Listing, Failure> {
        let project = self.project_id(folder.project()).await?;
        let spelled = |dialect| Call::list(dialect, &project, folder);
        let (dialect, reply) = self.read(deadline, spelled).await?;
        let body: ListBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        Ok(Listing::new(body, dialect == Dialect::V3))
    }

    /// Looks one secret up by name; `once` does without repetitions after a failure.
    pub(crate) async fn get(
        self: &Arc<Self>,
        address: &SecretAddress,
        deadline: Deadline,
        once: bool,
    ) -> Result<Box<Row>, Failure> {
        if !fits_in_a_path(address.key()) {
            let error = SecretError::unsupported(
                "Infisical cannot look up a version or personal value of a name this long",
            );
            return Err(error
                .with_hint("names of up to 100 characters can have both")
                .into());
        }
        let project = self.project_id(address.project()).await?;
        let spelled = |dialect| Call {
            once,
            ..Call::get(dialect, &project, address)
        };
        let (_, reply) = self.read(deadline, spelled).await?;
        let body: GetBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        Ok(Box::new(body.secret))
    }
}
