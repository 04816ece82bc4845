//! Second looks: what a list could not show, asked for again.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_source::{ErrorKind, SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::dialect::Dialect;
use crate::http::request::{Values, fits_in_a_path};
use crate::read::batch::Job;
use crate::read::found::Found;
use crate::read::listing::Listing;
use crate::read::wire::Row;

/// How many values with unexpanded references a batch reads again by name, and how many folders with more
/// of them it lists again.
///
/// On a good server there are none, on a server of 2024 about one in ten of those that are two hops deep.
const MOST_REREADS: usize = 8;

/// How many secrets a batch looks up by name because a list was refused for the sake of one of them.
///
/// A quarter of what the smallest plan of Infisical Cloud allows in a minute.
const MOST_SINGLES: usize = 32;

/// Why a secret is looked up by name.
#[derive(Clone, Copy, PartialEq)]
enum Cause {
    Unexpanded,
    AsStored,
}

/// What is asked for again.
#[derive(Default)]
struct Looks<'a> {
    by_name: Vec<(usize, &'a SecretAddress, Cause)>,
    /// Jobs whose folders are listed again.
    lists: Vec<usize>,
}

impl Client {
    /// Looks by name, or by another list, for what the lists of a batch showed unexpanded.
    ///
    /// * A server of October 2024 stops expanding a list one hop early at random, and a look-up by name
    ///   does not. A value that is expanded then is used. Where such a server denies the look-up, the
    ///   reference leads to what the identity may not read, and that is the answer. Otherwise what the list
    ///   said stands. Servers with the current API expand a list as they expand a secret.
    /// * A current server refuses a whole list where the identity may not read what one reference leads
    ///   to, and shows the values as they are stored. Those that hold a reference are looked up.
    pub(crate) async fn look_again(
        self: &Arc<Self>,
        jobs: &[Job],
        outcomes: &mut [Result<Found, Failure>],
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) {
        let is_old = self.dialect.get() == Some(Dialect::V3);
        let Looks { by_name, lists } = looks(jobs, outcomes, addresses, is_old);
        let limit = self.transport.limits.concurrent_folders;

        let looking = by_name.into_iter().map(async |(job, address, cause)| {
            let once = cause == Cause::Unexpanded;
            let row = deadline.bound(self.get(address, deadline, once)).await;
            let row = row.unwrap_or_else(|| Err(Failure::deadline(deadline)));
            (job, address, cause, row)
        });
        let looking: Vec<_> = looking.collect();
        let rows: Vec<_> = stream::iter(looking)
            .buffer_unordered(limit)
            .collect()
            .await;
        for (job, address, cause, row) in rows {
            let Ok(Found::Folder(listing)) = &mut outcomes[job] else {
                continue;
            };
            let folder = address.folder_address();
            let row = row.map_err(|failure| failure.explain(self.place(&folder)));
            take_in(listing, address.key(), cause, row);
        }

        let listing = lists.into_iter().map(async |job| {
            let folder = jobs[job].folder();
            let listed = self.list_once(&folder, Values::Expanded, deadline).await;
            (job, listed)
        });
        let listing: Vec<_> = listing.collect();
        let listed: Vec<_> = stream::iter(listing)
            .buffer_unordered(limit)
            .collect()
            .await;
        for (job, listed) in listed {
            if let (Ok(Found::Folder(listing)), Ok(listed)) = (&mut outcomes[job], listed) {
                correct_all(listing, listed, keys(&jobs[job], addresses));
            }
        }
    }
}

/// Puts the answer to a look-up by name in the place of what a list said.
fn take_in(listing: &mut Listing, key: &str, cause: Cause, row: Result<Box<Row>, SecretError>) {
    let outcome = match (cause, row) {
        (Cause::Unexpanded, Ok(row)) => match listing.correct(key, *row) {
            true => "expanded",
            false => "as listed",
        },
        (Cause::Unexpanded, Err(error)) if error.kind() == ErrorKind::Denied => {
            listing.refuse(key, error);
            "denied"
        }
        (Cause::Unexpanded, Err(_)) => "as listed",
        (Cause::AsStored, Ok(row)) => {
            if listing.replace(key, *row) {
                "answered"
            } else {
                let message = "the server answered with another secret than was asked for";
                listing.refuse(key, SecretError::protocol(message));
                "another secret"
            }
        }
        (Cause::AsStored, Err(error)) => {
            listing.refuse(key, error);
            "refused"
        }
    };
    tracing::debug!(
        outcome,
        "looked a secret up by name, since its list held a reference that was not expanded"
    );
}

fn correct_all(listing: &mut Listing, mut listed: Listing, keys: BTreeSet<&str>) {
    let (mut unexpanded, mut corrected) = (0, 0);
    for key in keys {
        if listing.shows_a_reference(key) {
            unexpanded += 1;
            let row = listed.take(key);
            corrected += usize::from(row.is_some_and(|row| listing.correct(key, row)));
        }
    }
    tracing::debug!(
        unexpanded,
        corrected,
        "listed a folder again, since many references in it were not expanded"
    );
}

fn keys<'a>(job: &Job, addresses: &'a [SecretAddress]) -> BTreeSet<&'a str> {
    let entries = job.entries().iter();
    entries.map(|entry| addresses[*entry].key()).collect()
}

/// Chooses what to ask for again.
fn looks<'a>(
    jobs: &[Job],
    outcomes: &[Result<Found, Failure>],
    addresses: &'a [SecretAddress],
    is_old: bool,
) -> Looks<'a> {
    let mut looks = Looks::default();
    let (mut rereads, mut singles) = (MOST_REREADS, MOST_SINGLES);
    for (number, (job, outcome)) in jobs.iter().zip(outcomes).enumerate() {
        let (Job::Folder(_, entries), Ok(Found::Folder(listing))) = (job, outcome) else {
            continue;
        };
        let mut seen = BTreeSet::new();
        let asked = entries.iter().map(|entry| &addresses[*entry]);
        let unexpanded: Vec<_> = asked
            .filter(|address| {
                let key = address.key();
                listing.shows_a_reference(key) && fits_in_a_path(key) && seen.insert(key)
            })
            .collect();
        let by_name = |address: &&'a SecretAddress, cause| (number, *address, cause);
        if listing.is_as_stored() {
            let chosen = unexpanded.iter().take(singles);
            looks
                .by_name
                .extend(chosen.map(|address| by_name(address, Cause::AsStored)));
            singles -= unexpanded.len().min(singles);
        } else if !is_old {
            // It did what it can.
        } else if unexpanded.len() <= rereads {
            rereads -= unexpanded.len();
            let chosen = unexpanded.iter();
            looks
                .by_name
                .extend(chosen.map(|address| by_name(address, Cause::Unexpanded)));
        } else if looks.lists.len() < MOST_REREADS {
            looks.lists.push(number);
        }
    }
    looks
}
