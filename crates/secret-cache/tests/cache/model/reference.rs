//! What the cache should do, written as if nobody else were there and nothing had to be fast.

use std::collections::{BTreeMap, BTreeSet};

use secret_source::ErrorKind;

/// Milliseconds. Steps are of 50 s and values are fresh for 100 s, so jitter, which takes 10 s at most,
/// never decides.
pub(super) const STEP: u32 = 50_000;
pub(super) const TTL: u32 = 100_000;
pub(super) const STALE: u32 = 200_000;
pub(super) const NEGATIVE: u32 = 10_000;
pub(super) const BOUND: usize = 3;
pub(super) const KEYS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// An answer, and whether it is marked stale.
pub(super) type Answer = (Result<String, ErrorKind>, bool);

#[derive(Default)]
pub(super) struct Model {
    pub(super) now: u32,
    pub(super) round: u32,
    pub(super) failure: Option<ErrorKind>,
    kept: BTreeMap<usize, Kept>,
    /// The keys that are kept, the one that was used longest ago first.
    order: Vec<usize>,
    /// The keys of each upstream call.
    pub(super) calls: Vec<BTreeSet<usize>>,
    pub(super) counts: Counts,
}

/// A value or a remembered absence.
#[derive(Clone)]
struct Kept {
    answer: Result<String, ErrorKind>,
    since: u32,
    /// When it was read last, until the order knows.
    read: Option<u32>,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) fetches: u64,
    pub(super) errors: u64,
    pub(super) stale_served: u64,
    pub(super) negative_hits: u64,
    pub(super) refresh_failures: u64,
    pub(super) evictions: u64,
    pub(super) entries: usize,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            round: 1,
            ..Self::default()
        }
    }

    pub(super) fn look_up(&mut self, keys: &[usize]) -> Vec<Answer> {
        let known = self.board(keys);
        if let Some(call) = self.call_for(keys, &known) {
            self.land(&call);
        }
        let answer = |model: &mut Self, key: usize, known| match (known, model.failure) {
            (Some(known), _) => (known, false),
            (None, Some(kind)) if kind.is_transient() => match model.live(key) {
                Some(value) => {
                    model.read(key);
                    model.counts.stale_served += 1;
                    (Ok(value), true)
                }
                None => (Err(kind), false),
            },
            (None, _) => (model.upstream(key), false),
        };
        let mut answers = Vec::new();
        for (key, known) in keys.iter().zip(known) {
            answers.push(answer(self, *key, known));
        }
        answers
    }

    /// Looks up and loses patience while the source hangs. A call that was to refresh something goes on
    /// without the caller; any other ends with them.
    pub(super) fn give_up(&mut self, keys: &[usize]) {
        let known = self.board(keys);
        let refreshes = keys
            .iter()
            .zip(&known)
            .any(|(key, known)| known.is_none() && self.live(*key).is_some());
        if let Some(call) = self.call_for(keys, &known)
            && refreshes
        {
            self.land(&call);
        }
    }

    pub(super) fn peek(&mut self, key: usize) -> Option<Result<String, ErrorKind>> {
        let ready = self.known(key).filter(Result::is_ok)?;
        self.counts.hits += 1;
        self.read(key);
        Some(ready)
    }

    pub(super) fn refresh(&mut self, key: usize) -> Result<String, ErrorKind> {
        self.call(vec![key]);
        let answer = self.upstream(key);
        if answer.is_err() {
            self.counts.errors += 1;
            self.counts.refresh_failures += 1;
            self.publish(&[]);
        } else {
            self.publish(&[(key, Some(answer.clone()), true)]);
        }
        answer
    }

    pub(super) fn invalidate(&mut self, leaves: impl Fn(usize) -> bool) -> usize {
        self.sweep();
        let before = self.kept.len();
        self.kept.retain(|key, _| !leaves(*key));
        self.order.retain(|key| !leaves(*key));
        before - self.kept.len()
    }

    pub(super) fn counts(&mut self) -> &Counts {
        self.counts.entries = (0..KEYS.len()).filter(|key| self.remains(*key)).count();
        &self.counts
    }

    /// Answers from memory where it can, and counts.
    fn board(&mut self, keys: &[usize]) -> Vec<Option<Result<String, ErrorKind>>> {
        let mut places = Vec::new();
        for key in keys {
            let known = self.known(*key);
            match &known {
                Some(Ok(_)) => self.counts.hits += 1,
                Some(Err(_)) => self.counts.negative_hits += 1,
                None => self.counts.misses += 1,
            }
            if known.is_some() {
                self.read(*key);
            }
            places.push(known);
        }
        places
    }

    /// Makes the call for all that is not known: each key once, in the order asked, and then the live values
    /// beside them where one of them is refreshed.
    fn call_for(
        &mut self,
        keys: &[usize],
        known: &[Option<Result<String, ErrorKind>>],
    ) -> Option<Call> {
        let mut keys: Vec<_> = keys
            .iter()
            .zip(known)
            .filter(|(_, known)| known.is_none())
            .map(|(key, _)| *key)
            .collect();
        let mut seen = BTreeSet::new();
        keys.retain(|key| seen.insert(*key));
        let asked = keys.len();
        if keys.iter().any(|key| self.live(*key).is_some()) {
            let beside = (0..KEYS.len()).filter(|key| !seen.contains(key));
            keys.extend(beside.filter(|key| self.live(*key).is_some()));
        }
        if keys.is_empty() {
            return None;
        }
        self.call(keys.clone());
        Some(Call { keys, asked })
    }

    fn call(&mut self, keys: Vec<usize>) {
        self.counts.fetches += 1;
        self.calls.push(keys.into_iter().collect());
    }

    fn land(&mut self, call: &Call) {
        let mut changes = Vec::new();
        for (index, key) in call.keys.iter().enumerate() {
            let answer = self.upstream(*key);
            if answer.is_err() {
                self.counts.errors += 1;
                self.counts.refresh_failures += u64::from(self.live(*key).is_some());
            }
            match answer {
                Err(ErrorKind::Denied) => changes.push((*key, None, true)),
                Ok(_) | Err(ErrorKind::NotFound(_)) => {
                    changes.push((*key, Some(answer), index < call.asked));
                }
                Err(_) => {}
            }
        }
        self.publish(&changes);
    }

    /// Stores and drops; whoever was asked for is the last used. Then what is above the bound leaves: what is
    /// stale, and then what was used longest ago.
    fn publish(&mut self, changes: &[Change]) {
        let anyone_gone = self.kept.keys().any(|key| !self.remains(*key));
        if changes.is_empty() && !anyone_gone {
            return;
        }
        // Reads of one moment keep the order in which the keys were.
        let mut read: Vec<_> = self
            .order
            .iter()
            .filter_map(|key| Some((self.kept.get_mut(key)?.read.take()?, *key)))
            .collect();
        read.sort_by_key(|(at, _)| *at);
        for (_, key) in read {
            self.use_last(key);
        }
        self.sweep();
        for (key, answer, was_asked) in changes {
            match answer {
                Some(answer) => {
                    if *was_asked || !self.order.contains(key) {
                        self.use_last(*key);
                    }
                    let kept = Kept {
                        answer: answer.clone(),
                        since: self.now,
                        read: None,
                    };
                    self.kept.insert(*key, kept);
                }
                None => {
                    self.kept.remove(key);
                    self.order.retain(|other| other != key);
                }
            }
        }
        while self.kept.len() > BOUND {
            let is_stale = |key: &&usize| self.live(**key).is_some() && self.known(**key).is_none();
            let first = self.order.iter().find(is_stale).or(self.order.first());
            let key = *first.unwrap();
            self.kept.remove(&key);
            self.order.retain(|other| *other != key);
            self.counts.evictions += 1;
        }
    }

    fn use_last(&mut self, key: usize) {
        self.order.retain(|other| *other != key);
        self.order.push(key);
    }

    fn read(&mut self, key: usize) {
        let now = self.now;
        if let Some(kept) = self.kept.get_mut(&key) {
            kept.read = Some(now);
        }
    }

    fn sweep(&mut self) {
        let gone: Vec<_> = self
            .kept
            .keys()
            .copied()
            .filter(|key| !self.remains(*key))
            .collect();
        self.kept.retain(|key, _| !gone.contains(key));
        self.order.retain(|key| !gone.contains(key));
    }

    fn upstream(&self, key: usize) -> Result<String, ErrorKind> {
        match self.failure {
            Some(kind) => Err(kind),
            None => Ok(format!("{}@{}", KEYS[key], self.round)),
        }
    }

    /// Returns what is known without asking: fresh values, and absences for a while.
    fn known(&self, key: usize) -> Option<Result<String, ErrorKind>> {
        let kept = self.kept.get(&key)?;
        let ttl = if kept.answer.is_ok() { TTL } else { NEGATIVE };
        // Jitter takes up to a tenth, and no history comes between.
        (self.now - kept.since < ttl - ttl / 10).then(|| kept.answer.clone())
    }

    /// Returns a value that could still be served.
    fn live(&self, key: usize) -> Option<String> {
        let kept = self.kept.get(&key)?;
        let is_live = self.now - kept.since < TTL + STALE;
        kept.answer.clone().ok().filter(|_| is_live)
    }

    fn remains(&self, key: usize) -> bool {
        self.live(key).is_some() || self.known(key).is_some()
    }
}

/// A key, what is kept for it from now on, and whether it was asked for.
type Change = (usize, Option<Result<String, ErrorKind>>, bool);

/// The keys of an upstream call, those that were asked for first.
struct Call {
    keys: Vec<usize>,
    asked: usize,
}
