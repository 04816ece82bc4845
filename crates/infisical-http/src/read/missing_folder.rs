//! What is missing on a server that answers an unknown folder like an empty one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_ref::FolderPath;
use secret_source::FolderAddress;

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::read::batch::Job;
use crate::read::environments::{Presence, what_is_missing};
use crate::read::found::Found;

/// How many folders are asked for what is in them. With missing ones in more than this, one wrong name is the
/// likely cause, and these errors say so.
const MOST_QUESTIONS: usize = 8;

/// What the folder above a folder answers.
enum Answer {
    /// The names of the folders in it.
    Children(HashSet<String>),
    NoEnvironment,
    Untold,
}

impl Client {
    /// Asks the folders above those that may not exist, each once, where the server speaks the old dialect.
    ///
    /// The list of folders tells what the list of secrets does not: it fails for an unknown environment, and
    /// shows a folder without secrets. An identity that may not read folders leaves it untold.
    pub(crate) async fn tell_missing(
        self: &Arc<Self>,
        jobs: &[Job],
        outcomes: &mut [Result<Found, Failure>],
        deadline: Deadline,
    ) {
        if self.dialect.get() != Some(Dialect::V3) {
            return;
        }
        let mut questions: HashMap<FolderAddress, Vec<(usize, FolderAddress)>> = HashMap::new();
        let mut order = Vec::new();
        for (number, (job, outcome)) in jobs.iter().zip(outcomes.iter()).enumerate() {
            if may_not_exist(outcome) {
                let folder = job.folder();
                let asked = questions.entry(parent(&folder)).or_default();
                if asked.is_empty() {
                    order.push(parent(&folder));
                }
                asked.push((number, folder));
            }
        }
        order.truncate(MOST_QUESTIONS);
        let asking: Vec<_> = order
            .into_iter()
            .map(async |parent| {
                let answer = deadline.bound(self.ask(&parent, deadline)).await;
                (parent, answer.unwrap_or(Answer::Untold))
            })
            .collect();
        let answers: Vec<_> = stream::iter(asking)
            .buffer_unordered(self.transport.limits.concurrent_folders)
            .collect()
            .await;
        for (parent, answer) in answers {
            for (number, folder) in questions.remove(&parent).unwrap_or_default() {
                let missing =
                    |presence| Err(what_is_missing(presence, &folder, self.place(&folder)).into());
                match (&answer, &mut outcomes[number]) {
                    (Answer::Children(names), outcome) if !is_among(&folder, names) => {
                        *outcome = missing(Presence::Exists);
                    }
                    (Answer::Children(_), Ok(Found::Folder(listing))) => {
                        listing.may_not_exist = false;
                    }
                    (Answer::NoEnvironment, outcome) => *outcome = missing(Presence::Missing),
                    // A look-up by name that found no folder where there is one: the folder was just made.
                    (Answer::Children(_) | Answer::Untold, _) => {}
                }
            }
        }
    }

    /// Tells whether a folder's environment certainly does not exist.
    pub(crate) async fn lacks_its_environment(
        self: &Arc<Self>,
        folder: &FolderAddress,
        deadline: Deadline,
    ) -> bool {
        let answer = self.ask(&parent(folder), deadline).await;
        matches!(answer, Answer::NoEnvironment)
    }

    async fn ask(self: &Arc<Self>, folder: &FolderAddress, deadline: Deadline) -> Answer {
        match self.folders_in(folder, true, deadline).await {
            Ok(names) => Answer::Children(names.into_iter().collect()),
            Err(failure) if failure.kind.is_not_found() => Answer::NoEnvironment,
            Err(_) => Answer::Untold,
        }
    }
}

/// Returns the folder that a folder is in; the root is taken to be in itself.
fn parent(folder: &FolderAddress) -> FolderAddress {
    let above = folder
        .path()
        .rsplit_once('/')
        .map_or("", |(above, _)| above);
    let path = FolderPath::parse(above).unwrap_or_else(|_| FolderPath::root());
    let parent = FolderAddress::new(folder.scheme(), folder.environment(), &path);
    match folder.project() {
        Some(project) => parent.with_project(project),
        None => parent,
    }
}

/// Tells whether a folder is among those in its parent. The root is there wherever the environment is.
fn is_among(folder: &FolderAddress, names: &HashSet<String>) -> bool {
    let name = folder.path().rsplit('/').next().unwrap_or_default();
    name.is_empty() || names.contains(name)
}

fn may_not_exist(outcome: &Result<Found, Failure>) -> bool {
    match outcome {
        Ok(found) => !found.shows_the_folder(),
        Err(failure) => failure.remedy == Remedy::ProbeEnvironment,
    }
}
