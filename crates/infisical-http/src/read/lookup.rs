//! How a batch of addresses is answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_source::{ErrorKind, FolderAddress, Secret, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, fits_in_a_path};
use crate::read::batch::{self, Job};
use crate::read::environments::settle;
use crate::read::found::Found;
use crate::read::kept_lists::{KeptList, Validator};
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
            .map(async |(number, job)| (number, self.run(job, addresses, deadline).await))
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
        self.tell_missing(&jobs, &mut outcomes, deadline).await;
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
            if let Ok(found) = &outcome {
                self.keep(job, found, addresses, &answers);
            }
        }
        let unanswered = || Err(SecretError::protocol("the batch left this address out"));
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(unanswered))
            // Also of a failure that others share, or that is remembered: this is the operation that failed.
            .map(|answer| answer.map_err(|error| error.with_correlation(deadline.correlation())))
            .collect()
    }

    /// Answers what a folder holds, imports included.
    pub(crate) async fn look_into(
        self: &Arc<Self>,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let jobs = [Job::Folder(folder.clone(), Vec::new())];
        let mut outcomes = [self.run(&jobs[0], &[], deadline).await];
        if let [Ok(Found::Folder(listing))] = &outcomes {
            let addresses: Vec<_> = listing.keys().map(|key| folder.secret(key)).collect();
            let all = [Job::Folder(folder.clone(), (0..addresses.len()).collect())];
            self.look_again(&all, &mut outcomes, &addresses, deadline)
                .await;
        }
        self.tell_missing(&jobs, &mut outcomes, deadline).await;
        let environments = self.environments(&jobs, &outcomes, deadline).await;
        let [outcome] = outcomes;
        let place = self.place(folder);
        let outcome = outcome.map_err(|failure| settle(failure, place, &environments));
        let all = outcome.and_then(|found| match found {
            Found::Folder(listing) => listing.all(folder, place),
            Found::Secret(_) | Found::Each(_) | Found::Unchanged(_) => Ok(Vec::new()),
        });
        all.map_err(|error| error.with_correlation(deadline.correlation()))
    }

    async fn run(
        self: &Arc<Self>,
        job: &Job,
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) -> Result<Found, Failure> {
        let running = async {
            match job {
                Job::Folder(folder, _) => {
                    let kept = self.kept_for(job, addresses);
                    self.list(folder, kept, deadline).await
                }
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

    /// Finds what may stand in for the list of a folder: it must hold every key that is asked for.
    fn kept_for(&self, job: &Job, addresses: &[SecretAddress]) -> Option<Arc<KeptList>> {
        if job.entries().is_empty() {
            return None;
        }
        let keys = job.entries().iter().map(|entry| addresses[*entry].key());
        self.kept.find(&job.folder(), keys)
    }

    /// Keeps the answers of a list, and nothing else of it.
    fn keep(
        &self,
        job: &Job,
        found: &Found,
        addresses: &[SecretAddress],
        answers: &[Option<Result<Secret, SecretError>>],
    ) {
        let Some(validator) = found.validator() else {
            return;
        };
        let mut secrets = BTreeMap::new();
        for entry in job.entries() {
            // An old server may call two states alike that differ behind a reference it did not expand.
            if let Some(Ok(secret)) = &answers[*entry]
                && !secret.is_unexpanded()
            {
                secrets.insert(addresses[*entry].key().to_owned(), secret.clone());
            }
        }
        self.kept.keep(&job.folder(), validator.clone(), secrets);
    }

    async fn list(
        self: &Arc<Self>,
        folder: &FolderAddress,
        kept: Option<Arc<KeptList>>,
        deadline: Deadline,
    ) -> Result<Found, Failure> {
        let project = self.project_id(folder.project()).await?;
        let etag = |dialect| {
            let validator = &kept.as_ref()?.validator;
            (validator.dialect == dialect).then(|| validator.etag.clone())
        };
        let spelled = |dialect| Call {
            if_none_match: etag(dialect),
            ..Call::list(dialect, &project, folder)
        };
        let read = self.read(deadline, spelled).await;
        let (dialect, reply) = read.inspect_err(|failure| {
            if failure.kind == ErrorKind::Denied {
                self.kept.forget(folder);
            }
        })?;
        // It is asked for only with something to stand for.
        if let (true, Some(kept)) = (reply.is_not_modified(), &kept) {
            return Ok(Found::Unchanged(Arc::clone(kept)));
        }
        let body: ListBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        let etag = reply.etag;
        let validator = etag.map(|etag| Validator { dialect, etag });
        let listing = Listing::new(body, dialect == Dialect::V3);
        Ok(Found::Folder(listing.with_validator(validator)))
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
