//! How a batch of addresses is answered.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_ref::SecretType;
use secret_source::{FolderAddress, Missing, Secret, SecretAddress, SecretError};

use crate::answer::failure::{Failure, Place};
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, fits_in_a_path};
use crate::read::batch::{self, Job};
use crate::read::listing::{self, Listing};
use crate::read::wire::{GetBody, ListBody, Row};

/// What a job brought back.
enum Found {
    Folder(Listing),
    Secret(Box<Row>),
}

/// Tells whether an environment exists, as far as its server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Environment {
    Exists,
    Missing,
    Untold,
}

/// The environments that a batch had to be sure about, by project and slug.
type Environments = BTreeMap<(Option<String>, String), Environment>;

impl Client {
    /// Answers a batch: plans it, sends its jobs side by side, and puts the answers in the order asked.
    pub(crate) async fn look_up(
        self: &Arc<Self>,
        addresses: &[SecretAddress],
    ) -> Vec<Result<Secret, SecretError>> {
        let deadline = Deadline::after(self.transport.limits.lookup_deadline);
        let jobs = batch::plan(addresses);
        let running: Vec<_> = jobs
            .iter()
            .enumerate()
            .map(async |(number, job)| (number, self.run(job, deadline).await))
            .collect();
        let limit = self.transport.limits.concurrent_folders;
        let mut outcomes: Vec<_> = stream::iter(running)
            .buffer_unordered(limit)
            .collect()
            .await;
        outcomes.sort_by_key(|(number, _)| *number);
        let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
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
        let outcomes = [self.run(&jobs[0], deadline).await];
        let environments = self.environments(&jobs, &outcomes, deadline).await;
        let [outcome] = outcomes;
        let place = self.place(folder);
        match outcome.map_err(|failure| settle(failure, place, &environments))? {
            Found::Folder(listing) => listing.all(folder, place),
            Found::Secret(_) => Ok(Vec::new()),
        }
    }

    async fn run(self: &Arc<Self>, job: &Job, deadline: Deadline) -> Result<Found, Failure> {
        let running = async {
            match job {
                Job::Folder(folder, _) => self.list(folder, deadline).await.map(Found::Folder),
                Job::Secret(address, _) => self.get(address, deadline).await.map(Found::Secret),
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

    async fn get(
        self: &Arc<Self>,
        address: &SecretAddress,
        deadline: Deadline,
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
        let spelled = |dialect| Call::get(dialect, &project, address);
        let (_, reply) = self.read(deadline, spelled).await?;
        let body: GetBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        Ok(Box::new(body.secret))
    }

    /// Finds out about each environment in which something is missing, with one request at most.
    async fn environments(
        self: &Arc<Self>,
        jobs: &[Job],
        outcomes: &[Result<Found, Failure>],
        deadline: Deadline,
    ) -> Environments {
        let mut environments = Environments::new();
        let mut doubtful = Vec::new();
        for (job, outcome) in jobs.iter().zip(outcomes) {
            let folder = job.folder();
            match outcome {
                Ok(found) if found.shows_the_folder() => {
                    environments.insert(key(&folder), Environment::Exists);
                }
                Err(failure) if failure.remedy == Remedy::ProbeEnvironment => doubtful.push(folder),
                _ => {}
            }
        }
        // Every environment has a root, so a missing root is a missing environment.
        for folder in doubtful.iter().filter(|folder| folder.path() == "/") {
            environments
                .entry(key(folder))
                .or_insert(Environment::Missing);
        }
        for folder in &doubtful {
            if let Entry::Vacant(unknown) = environments.entry(key(folder)) {
                unknown.insert(self.probe(folder, deadline).await);
            }
        }
        environments
    }

    async fn probe(self: &Arc<Self>, folder: &FolderAddress, deadline: Deadline) -> Environment {
        let probing = async {
            let project = self.project_id(folder.project()).await?;
            self.read(deadline, |dialect| Call::probe(dialect, &project, folder))
                .await
        };
        match deadline.bound(probing).await {
            Some(Ok((dialect, reply))) => {
                let root = serde_json::from_slice::<ListBody>(&reply.body);
                let root = root.map(|body| Listing::new(body, dialect == Dialect::V3));
                match root {
                    Ok(root) if !root.may_not_exist => Environment::Exists,
                    _ => Environment::Untold,
                }
            }
            Some(Err(failure)) if failure.remedy == Remedy::ProbeEnvironment => {
                Environment::Missing
            }
            _ => Environment::Untold,
        }
    }
}

impl Found {
    fn secret(&self, address: &SecretAddress, place: Place<'_>) -> Result<Secret, SecretError> {
        let row = match self {
            Self::Folder(listing) => return listing.secret(address, place),
            Self::Secret(row) => row,
        };
        // A server, or a proxy before it, that takes one name for another must not go unnoticed.
        if row.secret_key != address.key() {
            return Err(SecretError::protocol(
                "the server answered with another secret than was asked for",
            ));
        }
        if let Some(version) = address.version()
            && row.version != Some(version.get())
        {
            return Err(SecretError::unsupported(
                "the server gave another version than was asked for",
            )
            .with_hint("servers before April 2025 know the current version only"));
        }
        if (address.secret_type() == SecretType::Personal) != row.is_personal() {
            return Err(SecretError::not_found(Missing::Secret)
                .with_hint("there is a value of another type (shared or personal) only"));
        }
        let origin = listing::origin(
            place,
            row.environment.as_deref(),
            row.secret_path.as_deref(),
        );
        listing::secret(row, origin, place)
    }

    /// Tells whether the folder that was asked certainly exists, and its environment with it.
    fn shows_the_folder(&self) -> bool {
        match self {
            Self::Folder(listing) => !listing.may_not_exist,
            Self::Secret(_) => true,
        }
    }
}

/// Makes the error of a job, telling a missing folder from a missing environment where that is known.
fn settle(failure: Failure, place: Place<'_>, environments: &Environments) -> SecretError {
    let (Remedy::ProbeEnvironment, Some(folder)) = (failure.remedy, place.folder) else {
        return failure.explain(place);
    };
    match environments.get(&key(folder)) {
        Some(Environment::Missing) => {
            let (environment, project) = (folder.environment(), place.project.unwrap_or_default());
            SecretError::invalid(format!("there is no environment `{environment}` in project `{project}`"))
                .with_hint("write the environment's slug, which can differ from the name that is shown")
        }
        Some(Environment::Exists) => SecretError::not_found(Missing::Folder)
            .with_hint(format!("there is no {place}")),
        Some(Environment::Untold) | None => SecretError::not_found(Missing::Unknown).with_hint(format!(
            "the folder or its environment does not exist, and the server does not tell which: {place}"
        )),
    }
}

fn key(folder: &FolderAddress) -> (Option<String>, String) {
    (
        folder.project().map(str::to_owned),
        folder.environment().to_owned(),
    )
}
