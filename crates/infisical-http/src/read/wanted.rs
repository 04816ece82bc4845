//! [`Wanted`]: what a batch asks for in a tree of folders.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use secret_source::{SecretAddress, SecretError};

use crate::read::batch::Job;
use crate::read::listing::Listing;
use crate::read::trees::Tree;
use crate::read::wire::Row;

/// The keys asked for in each folder of a tree.
pub(crate) struct Wanted<'a> {
    folders: HashMap<String, (usize, BTreeSet<&'a str>)>,
}

/// What the rows of a tree answer.
#[derive(Default)]
pub(crate) struct Answered {
    /// A listing for each job of which every key was found.
    pub(crate) listings: Vec<(usize, Listing)>,
    /// Jobs whose keys were found as they are stored, with more references than may be looked up.
    pub(crate) with_references: Vec<usize>,
}

impl<'a> Wanted<'a> {
    pub(crate) fn of(tree: &Tree, jobs: &[Job], addresses: &'a [SecretAddress]) -> Self {
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
    pub(crate) fn job(&self, row: &Row) -> Option<usize> {
        let (job, keys) = self.folders.get(row.secret_path.as_deref()?)?;
        (!row.is_personal() && keys.contains(row.secret_key.as_str())).then_some(*job)
    }

    /// Makes a listing for each folder of which every key was found.
    ///
    /// What a folder holds itself beats its imports, so these rows are final. A key that was not found may
    /// be imported, hidden or missing, which only a list of its folder tells; that list then answers all.
    /// With a `refusal` the values stand as they are stored, and up to `references` of them may be left to
    /// be looked up by name.
    pub(crate) fn answered_by(
        &self,
        rows: Vec<(usize, Row)>,
        refusal: Option<SecretError>,
        references: &mut usize,
    ) -> Answered {
        let mut found: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
        for (job, row) in rows {
            found.entry(job).or_default().push(row);
        }
        let folders: BTreeMap<_, _> = self
            .folders
            .values()
            .map(|(job, keys)| (job, keys))
            .collect();
        let mut answered = Answered::default();
        for (job, keys) in folders {
            let Some(rows) = found.remove(job) else {
                continue;
            };
            let listing = Listing::of_own(rows);
            if !keys.iter().all(|key| listing.holds(key)) {
                continue;
            }
            let Some(refusal) = &refusal else {
                answered.listings.push((*job, listing));
                continue;
            };
            let shown = keys.iter().filter(|key| listing.shows_a_reference(key));
            match references.checked_sub(shown.count()) {
                Some(left) => {
                    *references = left;
                    let listing = listing.with_refusal(refusal.clone());
                    answered.listings.push((*job, listing));
                }
                None => answered.with_references.push(*job),
            }
        }
        answered
    }
}
