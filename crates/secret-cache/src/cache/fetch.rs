//! The flights themselves: from the departure to what their landing does to the entries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use secret_source::{Secret, SecretAddress, SecretError};
use tracing::debug;

use super::{Cache, Writing};
use crate::entries::Change;
use crate::flights::{Answers, Flight, Flights, unanswered};
use crate::landing::Landing;
use crate::snapshot::Note;

/// Why a flight was begun.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    LookUp,
    /// Forced by a handle: a failure leaves the entry as it was.
    Refresh,
    /// Asked for anew, past what is kept: the answer means what that of a look-up does.
    Renewal,
}

/// Belongs to one flight; dropped with it, it takes the flight off the board.
pub(super) struct Ticket {
    cache: Arc<Cache>,
    number: u64,
    /// What was asked for, and then its neighbours.
    addresses: Vec<SecretAddress>,
    asked: usize,
    purpose: Purpose,
}

impl Drop for Ticket {
    // After a landing nothing is registered under this number.
    fn drop(&mut self) {
        let mut writing = self.cache.writing();
        for address in &self.addresses {
            writing.flights.arrive(self.number, address);
        }
    }
}

impl Cache {
    /// Begins a flight for addresses of which each occurs once, and for live neighbours of theirs.
    pub(super) fn depart(
        self: &Arc<Self>,
        flights: &mut Flights,
        mut addresses: Vec<SecretAddress>,
        neighbours: impl IntoIterator<Item = SecretAddress>,
        now: Duration,
        purpose: Purpose,
    ) -> Flight {
        let cache = Arc::clone(self);
        let asked = addresses.len();
        addresses.extend(neighbours);
        let registered = addresses.clone();
        flights.depart(&registered, now, |number| {
            fly(Ticket {
                cache,
                number,
                addresses,
                asked,
                purpose,
            })
            .boxed()
        })
    }

    fn land(&self, ticket: &Ticket, answers: &[Result<Secret, SecretError>]) {
        let now = self.now();
        // Sealing takes a while, so it is done before the lock.
        let mut notes = self.notes(ticket, answers).into_iter();
        let mut noted = Vec::new();
        let mut guard = self.writing();
        let Writing {
            flights,
            order,
            rng,
            is_closed,
        } = &mut *guard;
        let mut landing = Landing {
            config: &self.config,
            now,
            rng,
            jitter: HashMap::new(),
        };
        let mut changes = Vec::new();
        for (index, (address, answer)) in ticket.addresses.iter().zip(answers).enumerate() {
            if let Err(error) = answer {
                self.count_failure(address, error, ticket.purpose, now);
            }
            let keeps = *is_closed || (ticket.purpose == Purpose::Refresh && answer.is_err());
            let note = notes.next().flatten();
            if !flights.arrive(ticket.number, address) {
                continue;
            }
            noted.extend(note);
            if !keeps {
                let change = landing.change(address, answer);
                let change = change.map(|change| match change {
                    Change::Put(entry) if index >= ticket.asked => Change::Renew(entry),
                    change => change,
                });
                changes.extend(change.map(|change| (address.clone(), change)));
            }
        }
        let evicted = self
            .entries
            .publish(order, changes, self.config.entries, now);
        self.counters.evictions.add(evicted);
        if let Some(keeper) = &self.keeper {
            if answers.iter().any(is_answer_of_source) {
                keeper.recovered();
            }
            keeper.write_down(noted);
        }
        drop(guard);
        self.wake_keeper();
    }

    /// Returns what each answer means for the snapshot.
    fn notes(&self, ticket: &Ticket, answers: &[Result<Secret, SecretError>]) -> Vec<Option<Note>> {
        let Some(keeper) = &self.keeper else {
            return Vec::new();
        };
        let answered = ticket.addresses.iter().zip(answers);
        answered
            .map(|(address, answer)| keeper.note(address, answer))
            .collect()
    }

    fn count_failure(
        &self,
        address: &SecretAddress,
        error: &SecretError,
        purpose: Purpose,
        now: Duration,
    ) {
        self.counters.errors.increment();
        let forced = purpose != Purpose::LookUp;
        let at_hand = self.entries.read(address, |entry| {
            if !forced {
                entry.note_failure(error.kind());
            }
            entry.is_live_value(now).then_some(())
        });
        if forced || at_hand.is_some() {
            self.counters.refresh_failures.increment();
        }
    }
}

/// Tells whether the source answered by itself, be it with a refusal.
fn is_answer_of_source(answer: &Result<Secret, SecretError>) -> bool {
    match answer {
        Ok(secret) => !secret.freshness().is_stale(),
        Err(error) => !error.kind().is_transient(),
    }
}

async fn fly(ticket: Ticket) -> Answers {
    let cache = &ticket.cache;
    cache.counters.fetches.increment();
    let mut answers = match (ticket.purpose, ticket.addresses.as_slice()) {
        (Purpose::Renewal, addresses) => cache.source.refresh_many(addresses).await,
        (_, [address]) => vec![cache.source.get(address).await],
        (_, addresses) => cache.source.get_many(addresses).await,
    };
    answers.resize_with(ticket.addresses.len(), || Err(unanswered()));
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    debug!(
        addresses = answers.len(),
        failed, "the cache asked its source"
    );
    cache.land(&ticket, &answers);
    answers.into()
}
