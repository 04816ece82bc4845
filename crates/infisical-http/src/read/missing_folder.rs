//! What is missing on a server that answers an unknown folder like an empty one.

use std::sync::Arc;

use futures_util::future::join_all;
use secret_source::{ErrorKind, FolderAddress};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::Call;
use crate::read::batch::Job;
use crate::read::environments::{Presence, what_is_missing};
use crate::read::found::Found;
use crate::read::wire::FoldersBody;

/// How many folders of a batch are asked about. With more than this missing, one wrong name is the likely
/// cause, and these errors say so.
const MOST_QUESTIONS: usize = 8;

/// What the folder above knows about a folder.
enum Answer {
    Exists,
    Missing,
    NoEnvironment,
    Untold,
}

impl Client {
    /// Asks the folder above each folder that may not exist, where the server speaks the old dialect.
    ///
    /// The list of folders tells what the list of secrets does not: it fails for an unknown environment, and
    /// shows a folder without secrets. An identity that may not read folders leaves it untold.
    pub(crate) async fn tell_missing(
        self: &Arc<Self>,
        jobs: &[Job],
        outcomes: &mut [Result<Found, Failure>],
        deadline: Deadline,
    ) {
        if self.speaks() != Some(Dialect::V3) {
            return;
        }
        let doubtful: Vec<_> = jobs
            .iter()
            .zip(outcomes.iter())
            .enumerate()
            .filter(|(_, (_, outcome))| may_not_exist(outcome))
            .map(|(number, (job, _))| (number, job.folder()))
            .take(MOST_QUESTIONS)
            .collect();
        let asking = doubtful.iter().map(async |(number, folder)| {
            let asking = deadline.bound(self.ask_above(folder, deadline));
            (*number, folder, asking.await.unwrap_or(Answer::Untold))
        });
        for (number, folder, answer) in join_all(asking).await {
            let missing =
                |presence| Err(what_is_missing(presence, folder, self.place(folder)).into());
            match (answer, &mut outcomes[number]) {
                (Answer::Exists, Ok(Found::Folder(listing))) => listing.may_not_exist = false,
                (Answer::Missing, outcome) => *outcome = missing(Presence::Exists),
                (Answer::NoEnvironment, outcome) => *outcome = missing(Presence::Missing),
                // A look-up by name that found no folder where there is one: the folder was just made.
                (Answer::Exists | Answer::Untold, _) => {}
            }
        }
    }

    /// Tells whether a folder's environment certainly does not exist.
    pub(crate) async fn lacks_its_environment(
        self: &Arc<Self>,
        folder: &FolderAddress,
        deadline: Deadline,
    ) -> bool {
        let answer = self.ask_above(folder, deadline).await;
        matches!(answer, Answer::NoEnvironment)
    }

    async fn ask_above(self: &Arc<Self>, folder: &FolderAddress, deadline: Deadline) -> Answer {
        let (parent, name) = match folder.path().rsplit_once('/') {
            Some(("", name)) => ("/", name),
            Some((parent, name)) => (parent, name),
            None => ("/", ""),
        };
        let Ok(project) = self.project_id(folder.project()).await else {
            return Answer::Untold;
        };
        let spelled = |_| Call::folders(&project, folder, parent);
        let reply = match self.read(deadline, spelled).await {
            Ok((_, reply)) => reply,
            Err(failure) if matches!(failure.kind, ErrorKind::NotFound(_)) => {
                return Answer::NoEnvironment;
            }
            Err(_) => return Answer::Untold,
        };
        let Ok(body) = serde_json::from_slice::<FoldersBody>(&reply.body) else {
            return Answer::Untold;
        };
        // The root has no name, and is there wherever the environment is.
        match name.is_empty() || body.folders.iter().any(|child| child.name == name) {
            true => Answer::Exists,
            false => Answer::Missing,
        }
    }
}

fn may_not_exist(outcome: &Result<Found, Failure>) -> bool {
    match outcome {
        Ok(found) => !found.shows_the_folder(),
        Err(failure) => failure.remedy == Remedy::ProbeEnvironment,
    }
}
