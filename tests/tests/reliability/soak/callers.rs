//! [`Callers`]: many tasks that ask for everything in every way, and check each answer.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use fastrand::Rng;
use keyfob::{PutOptions, Secret, SecretError, SecretStore, Selector, Stack};
use tokio::time::{sleep, timeout};

use super::truth::{Fault, Truth};
use super::{LOOKUP_DEADLINE, STALE, STARTUP_DEADLINE, TTL};
use crate::scene::Keys;

/// What a machine with other work may add to a deadline, before a look-up counts as stuck.
const MARGIN: Duration = Duration::from_secs(5);

/// Counts what the callers saw.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) asked: AtomicU64,
    pub(super) fresh: AtomicU64,
    pub(super) stale: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) wrong: AtomicU64,
    pub(super) elsewhere: AtomicU64,
    /// Secrets that were there and reported missing.
    pub(super) missing: AtomicU64,
    pub(super) stuck: AtomicU64,
}

/// What all callers share.
#[derive(Debug)]
pub(super) struct Callers {
    pub(super) stack: Stack,
    pub(super) truth: Arc<Truth>,
    pub(super) keys: Keys,
    pub(super) counts: Counts,
}

impl Callers {
    pub(super) fn new(stack: Stack, truth: Arc<Truth>, keys: Keys) -> Self {
        Self {
            stack,
            truth,
            keys,
            counts: Counts::default(),
        }
    }

    /// Asks until a moment.
    pub(super) async fn call(&self, mut rng: Rng, until: Instant) {
        while Instant::now() < until {
            self.once(&mut rng).await;
            sleep(Duration::from_millis(rng.u64(2..20))).await;
        }
    }

    async fn once(&self, rng: &mut Rng) {
        let number = rng.usize(..self.keys.len());
        let reference = self.keys.reference(number);
        let began = Instant::now();
        match rng.u8(..100) {
            ..70 => {
                let answer = self
                    .watched(LOOKUP_DEADLINE, self.stack.get(&reference))
                    .await;
                self.check(number, began, answer);
            }
            70..80 => {
                let numbers: Vec<_> = (0..8).map(|_| rng.usize(..self.keys.len())).collect();
                let references: Vec<_> = numbers
                    .iter()
                    .map(|number| self.keys.reference(*number))
                    .collect();
                let references: Vec<_> = references.iter().map(String::as_str).collect();
                let answers = self
                    .watched(STARTUP_DEADLINE, self.stack.get_many(&references))
                    .await;
                for (number, answer) in numbers.into_iter().zip(answers.unwrap_or_default()) {
                    self.check(number, began, Some(answer));
                }
            }
            80..86 => self.list(rng, began).await,
            86..93 => {
                let limit = 2 * LOOKUP_DEADLINE;
                let answer = self.watched(limit, self.stack.refresh(&reference)).await;
                self.check(number, began, answer);
            }
            93..96 => self.write(rng).await,
            _ => {
                // All at once only now and then: an empty cache has nothing to be stale.
                let selector = if rng.u8(..20) == 0 {
                    Selector::all()
                } else {
                    Selector::key(self.keys.place(number).1)
                };
                self.stack.cache().invalidate(&selector);
            }
        }
    }

    async fn list(&self, rng: &mut Rng, began: Instant) {
        let folder = rng.usize(..self.keys.folders);
        let reference = format!("infisical://dev/f{folder}/");
        let listed = self
            .watched(LOOKUP_DEADLINE, self.stack.list(&reference))
            .await;
        let Some(Ok(rows)) = listed else { return };
        let missing = self.keys.in_each.abs_diff(rows.len());
        self.counts.missing.fetch_add(missing as u64, Relaxed);
        for number in folder * self.keys.in_each..(folder + 1) * self.keys.in_each {
            let (_, key) = self.keys.place(number);
            let row = rows.iter().find(|(address, _)| address.key() == key);
            if let Some((_, secret)) = row {
                self.check(number, began, Some(Ok(secret.clone())));
            }
        }
    }

    /// Writes where nothing is read, since a write whose answer was lost may arrive at any time.
    async fn write(&self, rng: &mut Rng) {
        let Some(store) = self.stack.store() else {
            return;
        };
        let reference = format!("infisical://dev/written/KEY{}", rng.u8(..4));
        let address = self.stack.address(&reference).unwrap();
        let value = format!("{}|written", self.truth.canary().value()).into();
        if rng.bool() {
            self.watched(
                LOOKUP_DEADLINE,
                store.put(&address, &value, PutOptions::upsert()),
            )
            .await;
        } else {
            self.watched(LOOKUP_DEADLINE, store.delete(&address)).await;
        }
    }

    /// Waits as long as was promised, and somewhat longer.
    async fn watched<T>(&self, deadline: Duration, future: impl Future<Output = T>) -> Option<T> {
        self.counts.asked.fetch_add(1, Relaxed);
        let output = timeout(deadline + MARGIN, future).await.ok();
        self.counts
            .stuck
            .fetch_add(u64::from(output.is_none()), Relaxed);
        output
    }

    fn check(&self, number: usize, began: Instant, answer: Option<Result<Secret, SecretError>>) {
        let secret = match answer {
            Some(Ok(secret)) => secret,
            Some(Err(error)) => {
                self.counts.failed.fetch_add(1, Relaxed);
                self.counts
                    .missing
                    .fetch_add(u64::from(error.kind().is_not_found()), Relaxed);
                return;
            }
            None => return,
        };
        let is_stale = secret.freshness().is_stale();
        let counter = if is_stale {
            &self.counts.stale
        } else {
            &self.counts.fresh
        };
        counter.fetch_add(1, Relaxed);
        // The server's part of a fetch was over at most one look-up before it counted as fetched.
        let age = TTL + LOOKUP_DEADLINE + if is_stale { STALE } else { Duration::ZERO };
        let oldest = began.checked_sub(age).unwrap_or(began);
        let counter = match self.truth.check(number, &secret, oldest) {
            Ok(()) => return,
            Err(Fault::Wrong) => &self.counts.wrong,
            Err(Fault::Elsewhere) => &self.counts.elsewhere,
        };
        counter.fetch_add(1, Relaxed);
    }
}
