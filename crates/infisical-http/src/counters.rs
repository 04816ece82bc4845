//! [`Requests`]: how many requests of each kind a client has sent.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::http::request::Operation;

/// Counts the requests that a client has sent, repeated ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Requests {
    /// Logins.
    pub logins: u64,
    /// Lists of a folder.
    pub lists: u64,
    /// Look-ups of a single secret.
    pub gets: u64,
    /// Lists of the folders in one, to tell on old servers what is missing.
    pub folders: u64,
    /// Look-ups of a project's id by its slug.
    pub projects: u64,
    /// Revocations of a token.
    pub revocations: u64,
    /// Writes: secrets created, updated or deleted, alone or as a batch, and folders created.
    pub writes: u64,
    /// How many of all these were repetitions after a failure.
    pub retries: u64,
    /// How many lists the server answered with "not modified".
    pub not_modified: u64,
}

/// Counts while the client works.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    logins: AtomicU64,
    lists: AtomicU64,
    gets: AtomicU64,
    folders: AtomicU64,
    projects: AtomicU64,
    revocations: AtomicU64,
    writes: AtomicU64,
    retries: AtomicU64,
    not_modified: AtomicU64,
}

impl Counters {
    pub(crate) fn request(&self, operation: Operation) {
        let counter = match operation {
            Operation::Login => &self.logins,
            Operation::List | Operation::Tree => &self.lists,
            Operation::Get => &self.gets,
            Operation::Folders => &self.folders,
            Operation::Project => &self.projects,
            Operation::Revoke => &self.revocations,
            Operation::Create | Operation::Update | Operation::Delete | Operation::CreateFolder => {
                &self.writes
            }
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn not_modified(&self) {
        self.not_modified.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Requests {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Requests {
            logins: count(&self.logins),
            lists: count(&self.lists),
            gets: count(&self.gets),
            folders: count(&self.folders),
            projects: count(&self.projects),
            revocations: count(&self.revocations),
            writes: count(&self.writes),
            retries: count(&self.retries),
            not_modified: count(&self.not_modified),
        }
    }
}
