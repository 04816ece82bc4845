//! How a tree of folders is read, and which folders that answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::future::join_all;
use secret_source::{ErrorKind, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, Operation};
use crate::http::send::Reply;
use crate::read::batch::Job;
use crate::read::environments::{Presence, what_is_missing};
use crate::read::found::Found;
use crate::read::listing::Listing;
use crate::read::trees::{Tree, trees};
use crate::read::wire::{ListBody, Row};

/// What is known about each job of a batch so far.
pub(crate) type Outcomes = Vec<Option<Result<Found, Failure>>>;

impl Client {
    /// Reads trees where that costs fewer requests, and leaves open what they do not answer.
    pub(crate) async fn read_trees(
        self: &Arc<Self>,
        jobs: &[Job],
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) -> Outcomes {
        let left = self.transport.budget.left();
        let mut outcomes: Outcomes = jobs.iter().map(|_| None).collect();
        let chosen = trees(jobs, left);
        let read = chosen.iter().map(async |tree| {
            let wanted = Wanted::of(tree, jobs, addresses);
            let rows = deadline
                .bound(self.read_tree(tree, &wanted, deadline))
                .await;
            (
                tree,
                wanted,
                rows.unwrap_or_else(|| Err(Failure::deadline(deadline))),
            )
        });
        for (tree, wanted, rows) in join_all(read).await {
            match rows {
                Ok(rows) => {
                    let answered = wanted.answered_by(rows);
                    self.explain_choice(tree, answered.len(), left);
                    for (job, listing) in answered {
                        outcomes[job] = Some(Ok(Found::Folder(listing)));
                    }
                }
                Err(failure) if is_final(&failure) => {
                    let error = failure.explain(self.place(&tree.root));
                    for job in &tree.jobs {
                        outcomes[*job] = Some(Err(error.clone().into()));
                    }
                }
                Err(failure) => {
                    let kind = failure.kind.as_str();
                    let folders = tree.jobs.len();
                    tracing::debug!(
                        folders,
                        kind,
                        "a tree could not be read; its folders are listed one by one"
                    );
                }
            }
        }
        outcomes
    }

    /// Reads the rows below a folder that are wanted; the others are dropped, and wiped, at once.
    async fn read_tree(
        self: &Arc<Self>,
        tree: &Tree,
        wanted: &Wanted<'_>,
        deadline: Deadline,
    ) -> Result<Vec<(usize, Row)>, Failure> {
        let project = self.project_id(tree.root.project()).await?;
        let spelled = |dialect| Call::tree(dialect, &project, &tree.root);
        let (_, reply) = match self.read(deadline, spelled).await {
            Err(failure) if is_in_doubt(&failure) => {
                self.read_in_doubt(tree, &project, failure, deadline)
                    .await?
            }
            read => read?,
        };
        let body: ListBody = serde_json::from_slice(&reply.body)
            .map_err(|error| Failure::not_the_document(&error))?;
        let rows = body.secrets.into_iter();
        Ok(rows
            .filter_map(|row| wanted.job(&row).map(|job| (job, row)))
            .collect())
    }

    /// Reads a tree again that a server of 2024 failed to read. It fails so for an unknown environment, which
    /// its list of folders tells; otherwise this was a failure like any other, and is repeated like one.
    async fn read_in_doubt(
        self: &Arc<Self>,
        tree: &Tree,
        project: &str,
        failure: Failure,
        deadline: Deadline,
    ) -> Result<(Dialect, Reply), Failure> {
        let root = &tree.root;
        if self.lacks_its_environment(root, deadline).await {
            return Err(what_is_missing(Presence::Missing, root, self.place(root)).into());
        }
        if self.transport.limits.retries == 0 {
            return Err(failure);
        }
        let spelled = |dialect| Call {
            operation: Operation::List,
            ..Call::tree(dialect, project, root)
        };
        self.read(deadline, spelled).await
    }

    fn explain_choice(&self, tree: &Tree, answered: usize, left: usize) {
        let folders = tree.jobs.len();
        tracing::debug!(
            root = %self.transport.names.folder(&tree.root),
            folders,
            answered,
            requests_saved = answered.saturating_sub(1),
            budget_left = left,
            "read many folders with one recursive list"
        );
    }
}

/// Tells whether a server of 2024 failed where the environment may be wrong.
fn is_in_doubt(failure: &Failure) -> bool {
    failure.remedy == Remedy::ProbeEnvironment && failure.kind == ErrorKind::Unavailable
}

/// Tells whether single lists would fail in the same way, or make things worse.
fn is_final(failure: &Failure) -> bool {
    match failure.kind {
        ErrorKind::RateLimited | ErrorKind::Unauthenticated => true,
        // A wrong environment or project, which no answer to a single list changes.
        ErrorKind::Invalid => failure.status().is_none(),
        _ => failure.was_never_sent(),
    }
}

/// The keys asked for in each folder of a tree.
struct Wanted<'a> {
    folders: HashMap<String, (usize, BTreeSet<&'a str>)>,
}

impl<'a> Wanted<'a> {
    fn of(tree: &Tree, jobs: &[Job], addresses: &'a [SecretAddress]) -> Self {
        let folders = tree.jobs.iter().map(|number| {
            let job = &jobs[*number];
            let keys = job.entries().iter().map(|entry| addresses[*entry].key());
            (job.folder().path().to_owned(), (*number, keys.collect()))
        });
        Self {
            folders: folders.collect(),
        }
    }

    /// Finds the job that asked for a row.
    ///
    /// The whole path decides: a server of 2024 takes the path asked for as the beginning of a text, so
    /// `/sha` brings the secrets of `/shared` too.
    fn job(&self, row: &Row) -> Option<usize> {
        let (job, keys) = self.folders.get(row.secret_path.as_deref()?)?;
        (!row.is_personal() && keys.contains(row.secret_key.as_str())).then_some(*job)
    }

    /// Makes a listing for each folder of which every key was found.
    ///
    /// What a folder holds itself beats its imports, so these rows are final. A key that was not found may
    /// be imported, hidden or missing, which only a list of its folder tells; that list then answers all.
    fn answered_by(&self, rows: Vec<(usize, Row)>) -> Vec<(usize, Listing)> {
        let mut found: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
        for (job, row) in rows {
            found.entry(job).or_default().push(row);
        }
        let listings = self.folders.values().filter_map(|(job, keys)| {
            let listing = Listing::of_own(found.remove(job)?);
            keys.iter()
                .all(|key| listing.holds(key))
                .then_some((*job, listing))
        });
        listings.collect()
    }
}

/// Passes on what is known, for jobs that nothing answered.
pub(crate) fn settled(outcome: Option<Result<Found, Failure>>) -> Result<Found, Failure> {
    outcome.unwrap_or_else(|| Err(SecretError::protocol("the batch left this job out").into()))
}
