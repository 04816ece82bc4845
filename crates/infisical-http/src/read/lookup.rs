//! How a batch of addresses is answered.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_source::{FolderAddress, Secret, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, Values, fits_in_a_path};
use crate::read::batch::{self, Job};
use crate::read::environments::settle;
use crate::read::found::Found;
use crate::read::tree_list::{Outcomes, settled};
use crate::read::trees::Occasion;
use crate::read::wire::{GetBody, Row};

impl Client {
    /// Answers a batch: plans it, reads what a recursive list answers and then the rest, and puts the
    /// answers in the order asked.
    pub(crate) async fn look_up(
        self: &Arc<Self>,
        addresses: &[SecretAddress],
        occasion: Occasion,
    ) -> Vec<Result<Secret, SecretError>> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        self.kept.expire();
        let jobs = batch::plan(addresses);
        let outcomes = self.read_trees(&jobs, addresses, occasion, deadline).await;
        let outcomes = self.run_all(&jobs, outcomes, addresses, deadline).await;
        let outcomes = self.settle_all(&jobs, outcomes, addresses, deadline).await;

        let mut answers: Vec<Option<Result<Secret, SecretError>>> = vec![None; addresses.len()];
        for (job, outcome) in jobs.iter().zip(outcomes) {
            let folder = job.folder();
            let place = self.place(&folder);
            for entry in job.entries() {
                let address = &addresses[*entry];
                let answer = match &outcome {
                    Ok(found) => found.secret(address, place),
                    Err(error) => Err(error.clone()),
                };
                let named = |error: SecretError| error.with_address(address);
                answers[*entry] = Some(answer.map_err(named));
            }
            if let Ok(found) = &outcome {
                self.keep(job, found, addresses, &answers);
            }
        }
        let unanswered = || Err(SecretError::protocol("the batch left this address out"));
        let stamped = |error: SecretError| error.with_correlation(deadline.correlation());
        answers
            .into_iter()
            .map(|answer| answer.unwrap_or_else(unanswered).map_err(stamped))
            .collect()
    }

    /// Answers what a folder holds, imports included, or nothing of it.
    ///
    /// A list has no place for the failure of one entry, and one that leaves it out would read as a folder
    /// without that secret. So what a batch answers one by one, one reference that may not be read, fails a
    /// list as a whole, like one hidden value does.
    pub(crate) async fn look_into(
        self: &Arc<Self>,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        self.kept.expire();
        self.look_into_one(folder, false, deadline)
            .await
            .map_err(|error| error.with_correlation(deadline.correlation()))
    }

    /// Answers what one folder holds; `exists` where something else has told that it does.
    pub(crate) async fn look_into_one(
        self: &Arc<Self>,
        folder: &FolderAddress,
        exists: bool,
        deadline: Deadline,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let mut jobs = [Job::Folder(folder.clone(), Vec::new())];
        let mut outcomes = self.run_all(&jobs, vec![None], &[], deadline).await;
        if let Some(Ok(Found::Folder(listing))) = outcomes.first_mut() {
            listing.may_not_exist &= !exists;
        }
        // Only the answer says which secrets were asked for.
        let addresses: Vec<_> = match outcomes.first() {
            Some(Ok(Found::Folder(listing))) => {
                listing.keys().map(|key| folder.secret(key)).collect()
            }
            _ => Vec::new(),
        };
        jobs[0] = Job::Folder(folder.clone(), (0..addresses.len()).collect());
        let outcomes = self.settle_all(&jobs, outcomes, &addresses, deadline).await;
        let listed = outcomes.into_iter().map(|outcome| match outcome? {
            Found::Folder(listing) => listing.all(folder, self.place(folder)),
            Found::Secret(_) | Found::Unchanged(_) => Ok(Vec::new()),
        });
        let listed: Result<Vec<_>, SecretError> = listed.collect();
        Ok(listed?.into_iter().flatten().collect())
    }

    /// Runs the jobs that nothing has answered yet, side by side.
    async fn run_all(
        self: &Arc<Self>,
        jobs: &[Job],
        mut outcomes: Outcomes,
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) -> Vec<Result<Found, Failure>> {
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
        outcomes.into_iter().map(settled).collect()
    }

    /// Looks again where a list could not show a value, and finds out what exactly is missing.
    async fn settle_all(
        self: &Arc<Self>,
        jobs: &[Job],
        mut outcomes: Vec<Result<Found, Failure>>,
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) -> Vec<Result<Found, SecretError>> {
        self.look_again(jobs, &mut outcomes, addresses, deadline)
            .await;
        self.tell_missing(jobs, &mut outcomes, deadline).await;
        let environments = self.environments(jobs, &outcomes, deadline).await;
        let outcomes = jobs.iter().zip(outcomes).map(|(job, outcome)| {
            let folder = job.folder();
            outcome.map_err(|failure| settle(failure, self.place(&folder), &environments))
        });
        outcomes.collect()
    }

    async fn run(
        self: &Arc<Self>,
        job: &Job,
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) -> Result<Found, Failure> {
        let running = async {
            match job {
                Job::Folder(folder, _) => self.list_for(job, folder, addresses, deadline).await,
                Job::Secret(address, _) => self.get_or_list(address, deadline).await,
            }
        };
        deadline
            .bound(running)
            .await
            .unwrap_or_else(|| Err(Failure::deadline(deadline)))
    }

    /// Looks one secret up by name.
    ///
    /// A server of 2024 fails, always, to look up a secret with a reference into a folder that does not exist;
    /// its list shows the value with the reference in it. So the list is asked before such a failure counts.
    async fn get_or_list(
        self: &Arc<Self>,
        address: &SecretAddress,
        deadline: Deadline,
    ) -> Result<Found, Failure> {
        let failure = match self.get(address, deadline, false).await {
            Ok(row) => return Ok(Found::Secret(row)),
            Err(failure) => failure,
        };
        let may_be_a_reference = failure.is_unexplained()
            && self.dialect.get() == Some(Dialect::V3)
            && !batch::needs_its_own_request(address);
        if may_be_a_reference {
            let folder = address.folder_address();
            let listed = self.list_once(&folder, Values::Expanded, deadline).await;
            if let Ok(listing) = listed
                && listing.holds(address.key())
            {
                return Ok(Found::Folder(listing));
            }
        }
        Err(failure)
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
