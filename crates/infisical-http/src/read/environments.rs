//! [`Environments`]: which environments exist, where something in them is missing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use secret_source::{FolderAddress, Missing, SecretError};

use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::Call;
use crate::read::batch::Job;
use crate::read::found::Found;
use crate::read::listing::Listing;
use crate::read::wire::ListBody;

/// Tells whether an environment exists, as far as its server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Exists,
    Missing,
    Untold,
}

/// The environments that a batch had to be sure about, by project and slug.
pub(crate) type Environments = BTreeMap<(Option<String>, String), Presence>;

impl Client {
    /// Finds out about each environment in which something is missing, with one request at most.
    pub(crate) async fn environments(
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
                    environments.insert(key(&folder), Presence::Exists);
                }
                Err(failure) if failure.remedy == Remedy::ProbeEnvironment => doubtful.push(folder),
                _ => {}
            }
        }
        // Every environment has a root, so a missing root is a missing environment.
        for folder in doubtful.iter().filter(|folder| folder.path() == "/") {
            environments.entry(key(folder)).or_insert(Presence::Missing);
        }
        for folder in &doubtful {
            if let Entry::Vacant(unknown) = environments.entry(key(folder)) {
                unknown.insert(self.probe(folder, deadline).await);
            }
        }
        environments
    }

    /// Finds out about the environment of a folder that does not exist.
    pub(crate) async fn presence(
        self: &Arc<Self>,
        folder: &FolderAddress,
        deadline: Deadline,
    ) -> Presence {
        if folder.path() == "/" {
            return Presence::Missing;
        }
        self.probe(folder, deadline).await
    }

    async fn probe(self: &Arc<Self>, folder: &FolderAddress, deadline: Deadline) -> Presence {
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
                    Ok(root) if !root.may_not_exist => Presence::Exists,
                    _ => Presence::Untold,
                }
            }
            Some(Err(failure)) if failure.remedy == Remedy::ProbeEnvironment => Presence::Missing,
            _ => Presence::Untold,
        }
    }
}

/// Makes the error of a job, telling a missing folder from a missing environment where that is known.
pub(crate) fn settle(
    failure: Failure,
    place: Place<'_>,
    environments: &Environments,
) -> SecretError {
    match (failure.remedy, place.folder) {
        (Remedy::ProbeEnvironment, Some(folder)) => {
            let presence = environments.get(&key(folder)).copied();
            let error = what_is_missing(presence.unwrap_or(Presence::Untold), folder, place);
            match (error.hint(), failure.request_id()) {
                (Some(hint), Some(id)) => {
                    let hint = format!("{hint} (request {id})");
                    error.with_hint(hint)
                }
                _ => error,
            }
        }
        _ => failure.explain(place),
    }
}

/// Says that a folder is missing, or its environment, or that the server does not tell which.
pub(crate) fn what_is_missing(
    presence: Presence,
    folder: &FolderAddress,
    place: Place<'_>,
) -> SecretError {
    match presence {
        Presence::Missing => {
            let (environment, project) = (folder.environment(), place.project.unwrap_or_default());
            SecretError::invalid(format!("there is no environment `{environment}` in project `{project}`"))
                .with_code("unknown-environment")
                .with_hint("write the environment's slug, which can differ from the name that is shown")
        }
        Presence::Exists => {
            SecretError::not_found(Missing::Folder).with_hint(format!("there is no {place}"))
        }
        Presence::Untold => SecretError::not_found(Missing::Unknown).with_hint(format!(
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
