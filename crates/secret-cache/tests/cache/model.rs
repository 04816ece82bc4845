//! The cache against a plain model, over random histories of one caller.
//!
//! Time goes in steps of 50 s and values are fresh for 100 s, so jitter, which takes 10 s at most,
//! never decides. Nothing is evicted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::prelude::*;
use secret_cache::Selector;
use secret_source::{ErrorKind, Missing, SecretSource};

use crate::scene::{SECOND, Scene, db, pass, text};

const STEP: u32 = 50;
const TTL: u32 = 100;
const STALE: u32 = 200;
const KEYS: [&str; 4] = ["A", "B", "C", "D"];

#[derive(Clone, Debug)]
enum Event {
    Get(usize),
    GetMany(Vec<usize>),
    Peek(usize),
    Pass(u32),
    Fail(Option<ErrorKind>),
    NextRound,
    Invalidate(usize),
    InvalidateAll,
    Refresh(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let key = || 0..KEYS.len();
    let kind = prop_oneof![
        Just(ErrorKind::NotFound(Missing::Secret)),
        Just(ErrorKind::Denied),
        Just(ErrorKind::Unauthenticated),
        Just(ErrorKind::RateLimited),
        Just(ErrorKind::Unavailable),
        Just(ErrorKind::Protocol),
    ];
    prop_oneof![
        6 => key().prop_map(Event::Get),
        3 => prop::collection::vec(key(), 0..6).prop_map(Event::GetMany),
        2 => key().prop_map(Event::Peek),
        6 => (1..8_u32).prop_map(Event::Pass),
        3 => prop::option::of(kind).prop_map(Event::Fail),
        1 => Just(Event::NextRound),
        1 => key().prop_map(Event::Invalidate),
        1 => Just(Event::InvalidateAll),
        1 => key().prop_map(Event::Refresh),
    ]
}

/// What the cache should do, written as if nobody else were there.
#[derive(Default)]
struct Model {
    now: u32,
    round: u32,
    failure: Option<ErrorKind>,
    /// What is kept for each key, and since when; an error is a remembered absence.
    kept: BTreeMap<usize, (Result<String, ErrorKind>, u32)>,
    /// The keys of each upstream call.
    calls: Vec<BTreeSet<usize>>,
}

/// An answer, and whether it is marked stale.
type Answer = (Result<String, ErrorKind>, bool);

impl Model {
    fn look_up(&mut self, keys: &[usize]) -> Vec<Answer> {
        let known: Vec<_> = keys.iter().map(|key| self.known(*key)).collect();
        let unknown = keys.iter().zip(&known).filter(|(_, known)| known.is_none());
        let mut asked: BTreeSet<usize> = unknown.map(|(key, _)| *key).collect();
        if asked.iter().any(|key| self.live(*key).is_some()) {
            asked.extend((0..KEYS.len()).filter(|key| self.live(*key).is_some()));
        }
        for key in &asked {
            match self.upstream(*key) {
                Err(ErrorKind::Denied) => drop(self.kept.remove(key)),
                answer @ (Ok(_) | Err(ErrorKind::NotFound(_))) => {
                    self.kept.insert(*key, (answer, self.now));
                }
                Err(_) => {}
            }
        }
        if !asked.is_empty() {
            self.calls.push(asked);
        }
        let answer = |(key, known): (&usize, Option<_>)| match (known, self.failure) {
            (Some(known), _) => (known, false),
            (None, Some(kind)) if kind.is_transient() => match self.live(*key) {
                Some(value) => (Ok(value), true),
                None => (Err(kind), false),
            },
            (None, _) => (self.upstream(*key), false),
        };
        keys.iter().zip(known).map(answer).collect()
    }

    fn refresh(&mut self, key: usize) -> Result<String, ErrorKind> {
        self.calls.push([key].into());
        let answer = self.upstream(key);
        if answer.is_ok() {
            self.kept.insert(key, (answer.clone(), self.now));
        }
        answer
    }

    fn upstream(&self, key: usize) -> Result<String, ErrorKind> {
        match self.failure {
            Some(kind) => Err(kind),
            None => Ok(format!("{}@{}", KEYS[key], self.round)),
        }
    }

    /// Returns what is known without asking: fresh values, and absences for less than a step.
    fn known(&self, key: usize) -> Option<Result<String, ErrorKind>> {
        let (answer, since) = self.kept.get(&key)?;
        let ttl = if answer.is_ok() { TTL } else { STEP };
        (self.now - since < ttl).then(|| answer.clone())
    }

    /// Returns a value that could still be served.
    fn live(&self, key: usize) -> Option<String> {
        let (answer, since) = self.kept.get(&key)?;
        answer
            .clone()
            .ok()
            .filter(|_| self.now - since < TTL + STALE)
    }

    fn kept(&self) -> usize {
        let keys = 0..KEYS.len();
        keys.filter(|key| self.live(*key).is_some() || self.known(*key).is_some())
            .count()
    }
}

/// Runs a history through cache and model, and compares them after each event.
async fn run(history: Vec<Event>) -> Result<(), TestCaseError> {
    let seconds = |count| SECOND * count;
    let scene = Scene::with(|config| {
        config
            .ttl(seconds(TTL))
            .stale(seconds(STALE))
            .negative_ttl(Duration::from_secs(10))
    });
    let mut model = Model {
        round: 1,
        ..Model::default()
    };
    for event in history {
        match event {
            Event::Get(key) => {
                let answer = seen(scene.secret(KEYS[key]).await);
                prop_assert_eq!(vec![answer], model.look_up(&[key]));
            }
            Event::GetMany(keys) => {
                let addresses: Vec<_> = keys.iter().map(|key| db(KEYS[*key])).collect();
                let answers = scene.cached.get_many(&addresses).await;
                let answers: Vec<_> = answers.into_iter().map(seen).collect();
                prop_assert_eq!(answers, model.look_up(&keys));
            }
            Event::Peek(key) => {
                let ready = scene
                    .cached
                    .peek(&db(KEYS[key]))
                    .map(|secret| text(Ok(secret)));
                prop_assert_eq!(ready, model.known(key).filter(Result::is_ok));
            }
            Event::Pass(steps) => {
                model.now += steps * STEP;
                pass(seconds(steps * STEP)).await;
            }
            Event::Fail(kind) => {
                model.failure = kind;
                scene.fail(kind);
            }
            Event::NextRound => {
                model.round += 1;
                scene.next_round();
            }
            Event::Invalidate(key) => {
                let expected = usize::from(model.live(key).is_some() || model.known(key).is_some());
                model.kept.remove(&key);
                let removed = scene.handle.invalidate(&Selector::address(&db(KEYS[key])));
                prop_assert_eq!(removed, expected);
            }
            Event::InvalidateAll => {
                let expected = model.kept();
                model.kept.clear();
                prop_assert_eq!(scene.handle.invalidate(&Selector::all()), expected);
            }
            Event::Refresh(key) => {
                let answer = text(scene.handle.refresh(&db(KEYS[key])).await);
                prop_assert_eq!(answer, model.refresh(key));
            }
        }
        prop_assert_eq!(scene.handle.stats().entries, model.kept());
        prop_assert_eq!(scene.handle.stats().fetches, model.calls.len() as u64);
    }
    let singles = scene.source.gets().into_iter().map(|address| vec![address]);
    let mut calls: Vec<_> = singles.chain(scene.source.batches()).map(keys_of).collect();
    calls.sort();
    model.calls.sort();
    prop_assert_eq!(calls, model.calls);
    Ok(())
}

fn seen(answer: Result<secret_source::Secret, secret_source::SecretError>) -> Answer {
    let stale = answer
        .as_ref()
        .is_ok_and(|secret| secret.freshness().is_stale());
    (text(answer), stale)
}

fn keys_of(addresses: Vec<secret_source::SecretAddress>) -> BTreeSet<usize> {
    let position = |key: &str| KEYS.iter().position(|known| *known == key).unwrap();
    addresses
        .iter()
        .map(|address| position(address.key()))
        .collect()
}

proptest! {
    #[test]
    fn the_cache_does_what_the_model_does(history in prop::collection::vec(event(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(run(history))?;
    }
}
