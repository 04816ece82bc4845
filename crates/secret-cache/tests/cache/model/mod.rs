//! The cache against a plain model, over random histories of one caller.

mod reference;

use std::time::Duration;

use proptest::prelude::*;
use secret_cache::{Selector, Stats};
use secret_source::{ErrorKind, Missing, SecretSource};

use crate::scene::{Scene, db, pass, text};
use reference::{Answer, BOUND, Counts, KEYS, Model, NEGATIVE, STALE, STEP, TTL};

#[derive(Clone, Debug)]
enum Event {
    Get(usize),
    GetMany(Vec<usize>),
    GiveUp(Vec<usize>),
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
        2 => prop::collection::vec(key(), 1..4).prop_map(Event::GiveUp),
        2 => key().prop_map(Event::Peek),
        6 => (1..8_u32).prop_map(Event::Pass),
        3 => prop::option::of(kind).prop_map(Event::Fail),
        1 => Just(Event::NextRound),
        1 => key().prop_map(Event::Invalidate),
        1 => Just(Event::InvalidateAll),
        1 => key().prop_map(Event::Refresh),
    ]
}

/// Runs a history through cache and model, and compares answers, calls and counts after each event.
async fn run(history: Vec<Event>) -> Result<(), TestCaseError> {
    let scene = Scene::with(|config| {
        config
            .ttl(milliseconds(TTL))
            .stale(milliseconds(STALE))
            .negative_ttl(milliseconds(NEGATIVE))
            .entries(BOUND)
    });
    let mut model = Model::new();
    for event in history {
        // Each event has a moment of its own, so that the order of use is known.
        model.now += 1;
        pass(milliseconds(1)).await;
        match event {
            Event::Get(key) => {
                let answer = seen(scene.secret(KEYS[key]).await);
                prop_assert_eq!(vec![answer], model.look_up(&[key]));
            }
            Event::GetMany(keys) => {
                let answers = scene.cached.get_many(&addresses(&keys)).await;
                let answers: Vec<_> = answers.into_iter().map(seen).collect();
                prop_assert_eq!(answers, model.look_up(&keys));
            }
            Event::GiveUp(keys) => {
                scene.source.hold();
                let asked = addresses(&keys);
                let look_up = scene.cached.get_many(&asked);
                // It is polled once, and dropped at the first thing that it waits for.
                futures_util::future::FutureExt::now_or_never(look_up);
                scene.source.release();
                while scene.source.waiting() > 0 {
                    tokio::task::yield_now().await;
                }
                model.give_up(&keys);
            }
            Event::Peek(key) => {
                let ready = scene
                    .cached
                    .peek(&db(KEYS[key]))
                    .map(|secret| text(Ok(secret)));
                prop_assert_eq!(ready, model.peek(key));
            }
            Event::Pass(steps) => {
                model.now += steps * STEP;
                pass(milliseconds(steps * STEP)).await;
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
                let removed = scene.handle.invalidate(&Selector::address(&db(KEYS[key])));
                prop_assert_eq!(removed, model.invalidate(|other| other == key));
            }
            Event::InvalidateAll => {
                let removed = scene.handle.invalidate(&Selector::all());
                prop_assert_eq!(removed, model.invalidate(|_| true));
            }
            Event::Refresh(key) => {
                let answer = text(scene.handle.refresh(&db(KEYS[key])).await);
                prop_assert_eq!(answer, model.refresh(key));
            }
        }
        prop_assert_eq!(&counts(scene.handle.stats()), model.counts());
    }
    let singles = scene.source.gets().into_iter().map(|address| vec![address]);
    let mut calls: Vec<_> = singles.chain(scene.source.batches()).map(keys_of).collect();
    calls.sort();
    model.calls.sort();
    prop_assert_eq!(calls, model.calls);
    Ok(())
}

fn milliseconds(count: u32) -> Duration {
    Duration::from_millis(count.into())
}

fn addresses(keys: &[usize]) -> Vec<secret_source::SecretAddress> {
    keys.iter().map(|key| db(KEYS[*key])).collect()
}

fn seen(answer: Result<secret_source::Secret, secret_source::SecretError>) -> Answer {
    let stale = answer
        .as_ref()
        .is_ok_and(|secret| secret.freshness().is_stale());
    (text(answer), stale)
}

fn counts(stats: Stats) -> Counts {
    Counts {
        hits: stats.hits,
        misses: stats.misses,
        fetches: stats.fetches,
        errors: stats.errors,
        stale_served: stats.stale_served,
        negative_hits: stats.negative_hits,
        refresh_failures: stats.refresh_failures,
        evictions: stats.evictions,
        entries: stats.entries,
    }
}

fn keys_of(addresses: Vec<secret_source::SecretAddress>) -> std::collections::BTreeSet<usize> {
    let position = |key: &str| KEYS.iter().position(|known| *known == key).unwrap();
    addresses
        .iter()
        .map(|address| position(address.key()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

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
