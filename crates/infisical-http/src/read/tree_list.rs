//! How a tree of folders is read, and which folders that answers.

use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_source::{ErrorKind, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Call, Operation, Values};
use crate::http::send::Reply;
use crate::read::batch::Job;
use crate::read::environments::{Presence, what_is_missing};
use crate::read::found::Found;
use crate::read::trees::{Occasion, Tree, smaller_trees, trees};
use crate::read::wanted::Wanted;
use crate::read::wire::{ListBody, Row};

/// What is known about each job of a batch so far.
pub(crate) type Outcomes = Vec<Option<Result<Found, Failure>>>;

/// Which part of the time that is left a tree may take: what is left of it then is for single lists.
const PART: u32 = 3;

/// How many trees a batch asks for, those included that a larger one is divided into.
const MOST_TREES: usize = 40;

/// How many values with references may be left to look-ups by name where a tree was refused for one of them.
///
/// Fewer than [`look_again`](Client::look_again) makes, since single lists of the batch may need some too.
const MOST_REFERENCES: usize = 24;

/// The rows of a tree that are wanted, with the jobs that want them.
struct Rows {
    rows: Vec<(usize, Row)>,
    /// Why the values stand as they are stored.
    refusal: Option<SecretError>,
}

impl Client {
    /// Reads trees where that costs fewer requests, and leaves open what they do not answer.
    ///
    /// A tree that is refused or too large as a whole is divided.
    pub(crate) async fn read_trees(
        self: &Arc<Self>,
        jobs: &[Job],
        addresses: &[SecretAddress],
        occasion: Occasion,
        deadline: Deadline,
    ) -> Outcomes {
        let left = self.transport.budget.left();
        let mut outcomes: Outcomes = jobs.iter().map(|_| None).collect();
        let mut chosen = trees(jobs, left, occasion);
        let (mut trees_left, mut references_left) = (MOST_TREES, MOST_REFERENCES);
        let mut is_whole = true;
        while !chosen.is_empty() && trees_left > 0 {
            chosen.truncate(trees_left);
            trees_left -= chosen.len();
            let reading = chosen.iter().map(async |tree| {
                let wanted = Wanted::of(tree, jobs, addresses);
                let read = self.read_tree(tree, &wanted, is_whole, deadline).await;
                (tree, wanted, read)
            });
            let reading: Vec<_> = reading.collect();
            let read: Vec<_> = stream::iter(reading)
                .buffer_unordered(self.transport.limits.concurrent_folders)
                .collect()
                .await;
            let mut divided = Vec::new();
            for (tree, wanted, read) in read {
                let failure = match read {
                    Ok(Rows { rows, refusal }) => {
                        let mut allowed = references_left;
                        let answered = wanted.answered_by(rows, refusal, &mut allowed);
                        references_left = allowed;
                        self.explain_choice(tree, answered.listings.len(), left);
                        for (job, listing) in answered.listings {
                            outcomes[job] = Some(Ok(Found::Folder(listing)));
                        }
                        divided.extend(smaller_trees(tree, answered.with_references, jobs));
                        continue;
                    }
                    Err(failure) => failure,
                };
                if is_final(&failure) {
                    let error = failure.explain(self.place(&tree.root));
                    for job in &tree.jobs {
                        outcomes[*job] = Some(Err(error.clone().into()));
                    }
                } else if is_missing(&failure) {
                    for job in &tree.jobs {
                        outcomes[*job] = Some(Err(Failure::missing_folder()));
                    }
                } else {
                    let smaller = match is_divisible(&failure) {
                        true => smaller_trees(tree, tree.jobs.clone(), jobs),
                        false => Vec::new(),
                    };
                    tracing::debug!(
                        folders = tree.jobs.len(),
                        kind = failure.kind.as_str(),
                        smaller_trees = smaller.len(),
                        "a tree could not be read; what smaller ones do not answer is listed one by one"
                    );
                    divided.extend(smaller);
                }
            }
            (chosen, is_whole) = (divided, false);
        }
        outcomes
    }

    /// Reads a tree in a part of the time that is left.
    ///
    /// One that is refused for the sake of one reference is read as it is stored, if it is `whole`: of a part
    /// that is known.
    async fn read_tree(
        self: &Arc<Self>,
        tree: &Tree,
        wanted: &Wanted<'_>,
        is_whole: bool,
        deadline: Deadline,
    ) -> Result<Rows, Failure> {
        let mut read = self
            .read_in_part(tree, wanted, Values::Expanded, deadline)
            .await;
        if let Err(failure) = &read
            && let (ErrorKind::RateLimited, Some(pause)) = (failure.kind, failure.retry_after)
            && pause < deadline.remaining()
            && self.transport.limits.retries > 0
        {
            tokio::time::sleep(pause).await;
            read = self
                .read_in_part(tree, wanted, Values::Expanded, deadline)
                .await;
        }
        let refused = match read {
            Err(failure) if is_whole && failure.is_for_one_reference() => failure,
            read => {
                return read.map(|rows| Rows {
                    rows,
                    refusal: None,
                });
            }
        };
        let stored = self
            .read_in_part(tree, wanted, Values::Stored, deadline)
            .await;
        match stored {
            Ok(rows) => Ok(Rows {
                rows,
                refusal: Some(refused.explain(self.place(&tree.root))),
            }),
            Err(_) => Err(refused),
        }
    }

    async fn read_in_part(
        self: &Arc<Self>,
        tree: &Tree,
        wanted: &Wanted<'_>,
        values: Values,
        deadline: Deadline,
    ) -> Result<Vec<(usize, Row)>, Failure> {
        let deadline = deadline.within(deadline.remaining() / PART);
        let read = deadline
            .bound(self.read_rows(tree, wanted, values, deadline))
            .await;
        read.unwrap_or_else(|| Err(Failure::deadline(deadline)))
    }

    /// Reads the rows below a folder that are wanted; the others are dropped, and wiped, at once.
    async fn read_rows(
        self: &Arc<Self>,
        tree: &Tree,
        wanted: &Wanted<'_>,
        values: Values,
        deadline: Deadline,
    ) -> Result<Vec<(usize, Row)>, Failure> {
        let project = self.project_id(tree.root.project()).await?;
        let spelled = |dialect| Call::tree(dialect, &project, &tree.root, values);
        let (_, reply) = match self.read(deadline, spelled).await {
            Err(failure) if is_in_doubt(&failure) => {
                self.read_in_doubt(tree, &project, values, failure, deadline)
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
        values: Values,
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
            ..Call::tree(dialect, project, root, values)
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

/// Tells whether the root of a tree does not exist; then nothing below it does.
fn is_missing(failure: &Failure) -> bool {
    failure.remedy == Remedy::ProbeEnvironment && failure.kind.is_not_found()
}

/// Tells whether a part of a tree may be read although the whole may not.
fn is_divisible(failure: &Failure) -> bool {
    failure.kind == ErrorKind::Denied || failure.is_too_large()
}

/// Passes on what is known, for jobs that nothing answered.
pub(crate) fn settled(outcome: Option<Result<Found, Failure>>) -> Result<Found, Failure> {
    outcome.unwrap_or_else(|| Err(SecretError::protocol("the batch left this job out").into()))
}
