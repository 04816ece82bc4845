//! Second looks: single look-ups for what a list could not show.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use secret_source::{SecretAddress, SecretError};

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;
use crate::client::Client;
use crate::deadline::Deadline;
use crate::http::request::fits_in_a_path;
use crate::read::batch::Job;
use crate::read::found::Found;
use crate::read::wire::Row;

/// How many values with unexpanded references a batch reads again.
///
/// On a good server there are none, on a server of 2024 about one in ten of those that are two hops deep.
/// More than this is no accident of one answer.
const MOST_REREADS: usize = 8;

/// How many secrets a batch looks up one by one because a list was refused for the sake of one of them.
///
/// A quarter of what the smallest plan of Infisical Cloud allows in a minute.
const MOST_SINGLES: usize = 32;

/// Why a secret is looked up again.
#[derive(Clone, Copy, PartialEq)]
enum Reason {
    Unexpanded,
    ListRefused,
}

impl Client {
    /// Looks up by name what the lists of a batch showed unexpanded, or did not show because one of the
    /// references in the folder cannot be read.
    ///
    /// * A server of October 2024 stops expanding a list one hop early at random, and a look-up by name
    ///   does not. A value that is expanded then is used; otherwise what the list said stands.
    /// * A current server refuses a whole list where the identity may not read what one reference leads
    ///   to. Only the secrets with such references then fail.
    pub(crate) async fn look_again(
        self: &Arc<Self>,
        jobs: &[Job],
        outcomes: &mut [Result<Found, Failure>],
        addresses: &[SecretAddress],
        deadline: Deadline,
    ) {
        let asked = asked_again(jobs, outcomes, addresses);
        if asked.is_empty() {
            return;
        }
        let looking: Vec<_> = asked
            .iter()
            .map(async |(job, address, reason)| {
                let looking = self.get(address, deadline, *reason == Reason::Unexpanded);
                let row = deadline.bound(looking).await;
                let row = row.unwrap_or_else(|| Err(Failure::deadline(deadline)));
                (*job, *address, *reason, row)
            })
            .collect();
        let rows: Vec<_> = stream::iter(looking)
            .buffer_unordered(self.transport.limits.concurrent_folders)
            .collect()
            .await;
        let mut each: BTreeMap<usize, BTreeMap<String, Result<Box<Row>, SecretError>>> =
            BTreeMap::new();
        for (job, address, reason, row) in rows {
            let key = address.key().to_owned();
            match (reason, row) {
                (Reason::Unexpanded, row) => {
                    let is_expanded = row.is_ok_and(|row| correct(&mut outcomes[job], *row));
                    tracing::debug!(
                        is_expanded,
                        "read a secret again, since a list held a reference that was not expanded"
                    );
                }
                (Reason::ListRefused, row) => {
                    let place = jobs[job].folder();
                    let row = row.map_err(|failure| failure.explain(self.place(&place)));
                    each.entry(job).or_default().insert(key, row);
                }
            }
        }
        for (job, rows) in each {
            tracing::debug!(
                secrets = rows.len(),
                refused = rows.values().filter(|row| row.is_err()).count(),
                "looked secrets up one by one, since their folder's list was refused for one of them"
            );
            outcomes[job] = Ok(Found::Each(rows));
        }
    }
}

/// Chooses what to look up by name; a folder with more than may be looked up stays refused.
fn asked_again<'a>(
    jobs: &[Job],
    outcomes: &[Result<Found, Failure>],
    addresses: &'a [SecretAddress],
) -> Vec<(usize, &'a SecretAddress, Reason)> {
    let mut asked = Vec::new();
    let (mut rereads, mut singles) = (MOST_REREADS, MOST_SINGLES);
    for (number, (job, outcome)) in jobs.iter().zip(outcomes).enumerate() {
        let Job::Folder(_, entries) = job else {
            continue;
        };
        let mut distinct: BTreeMap<&str, &SecretAddress> = BTreeMap::new();
        for entry in entries {
            distinct.insert(addresses[*entry].key(), &addresses[*entry]);
        }
        match outcome {
            Ok(Found::Folder(listing)) => {
                let unexpanded = distinct.values().filter(|address| {
                    listing.shows_a_reference(address.key()) && fits_in_a_path(address.key())
                });
                let chosen: Vec<_> = unexpanded.take(rereads).collect();
                rereads -= chosen.len();
                asked.extend(
                    chosen
                        .iter()
                        .map(|address| (number, **address, Reason::Unexpanded)),
                );
            }
            Err(failure) if failure.remedy == Remedy::OneByOne => {
                let all_fit = distinct.keys().all(|key| fits_in_a_path(key));
                if all_fit && distinct.len() <= singles {
                    singles -= distinct.len();
                    asked.extend(
                        distinct
                            .values()
                            .map(|address| (number, *address, Reason::ListRefused)),
                    );
                }
            }
            _ => {}
        }
    }
    asked
}

/// Puts an expanded value in the place of one that is not; tells whether it did.
fn correct(outcome: &mut Result<Found, Failure>, row: Row) -> bool {
    match outcome {
        Ok(Found::Folder(listing)) => listing.correct(row),
        _ => false,
    }
}
