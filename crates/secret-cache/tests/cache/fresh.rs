//! Fresh values: how long, for which addresses, and what ends them together.

use std::num::NonZeroU64;
use std::time::Duration;

use secret_cache::{CacheConfig, CacheExt, TokioClock};
use secret_ref::SecretType;
use secret_source::{Freshness, Origin, Secret, SecretAddress, SecretSource, SourceExt};
use secret_testkit::ScriptedSource;

use crate::scene::{SECOND, Scene, TTL, db, folder, pass, value};

#[tokio::test(start_paused = true)]
async fn a_value_is_fetched_once_within_its_time_to_live() {
    let scene = Scene::new();
    assert!(!scene.secret("A").await.unwrap().is_cached());
    scene.next_round();
    pass(TTL * 9 / 10 - SECOND).await;
    let hit = scene.secret("A").await.unwrap();
    assert!(hit.is_cached());
    assert_eq!(hit.freshness(), Freshness::Fresh);
    assert_eq!(scene.get("A").await, value("A@1"));
    assert_eq!(scene.source.calls(), 1);

    pass(TTL / 10 + SECOND).await;
    assert_eq!(scene.get("A").await, value("A@2"));
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn every_coordinate_of_an_address_has_an_entry_of_its_own() {
    let scene = Scene::new();
    let (one, db_folder) = (db("A"), "/db".parse().unwrap());
    let addresses = [
        one.clone(),
        one.clone().with_version(NonZeroU64::MIN),
        one.clone().with_project("acme"),
        one.clone().with_type(SecretType::Personal),
        folder("/db/deep").secret("A"),
        db("B"),
        SecretAddress::new("infisical", "dev", &db_folder, "A"),
        SecretAddress::new("vault", "prod", &db_folder, "A"),
    ];
    for (calls, address) in (1..).zip(&addresses) {
        scene.cached.get(address).await.unwrap();
        assert_eq!(scene.source.calls(), calls, "{address}");
    }
    // `shared` is the default type, so this is the first one again.
    let again = one.with_type(SecretType::Shared);
    scene.cached.get(&again).await.unwrap();
    assert_eq!(scene.source.calls(), addresses.len());
}

#[tokio::test(start_paused = true)]
async fn a_batch_asks_for_its_misses_with_one_call() {
    let scene = Scene::new();
    scene.get("B").await.unwrap();
    let answers = scene.get_many(&["A", "B", "C", "A"]).await;
    assert_eq!(
        answers,
        [value("A@1"), value("B@1"), value("C@1"), value("A@1")]
    );
    assert_eq!(scene.last_batch(), ["A", "C"]);
    assert_eq!(scene.source.calls(), 2);
    assert_eq!(
        scene.get_many(&["C", "A"]).await,
        [value("C@1"), value("A@1")]
    );
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_folder_that_was_loaded_together_expires_together_and_not_with_others() {
    let scene = Scene::new();
    let other = folder("/mail").secret("A");
    let (a, b) = (db("A"), db("B"));
    scene
        .cached
        .get_many(&[a.clone(), other.clone(), b.clone()])
        .await;
    let expiry = |address| {
        let mut fresh_for = 0;
        move |now: u32, cached: &dyn SecretSource| {
            if cached.peek(&address).is_some() {
                fresh_for = now;
            }
            fresh_for
        }
    };
    let (mut of_a, mut of_b, mut of_other) = (expiry(a), expiry(b), expiry(other));
    let mut last = (0, 0, 0);
    for second in 1..=300 {
        pass(SECOND).await;
        let cached = &*scene.cached;
        last = (
            of_a(second, cached),
            of_b(second, cached),
            of_other(second, cached),
        );
    }
    assert_eq!(last.0, last.1);
    assert_ne!(last.0, last.2, "the seed draws two different numbers");
    for fresh_for in [last.0, last.2] {
        assert!((269..300).contains(&fresh_for), "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_to_live_of_zero_keeps_nothing() {
    let scene = Scene::with(|config| config.ttl(Duration::ZERO));
    assert_eq!(scene.get("A").await, value("A@1"));
    scene.next_round();
    assert_eq!(scene.get("A").await, value("A@2"));
    scene.fail(secret_source::ErrorKind::Unavailable);
    assert!(scene.get("A").await.is_err());
    assert_eq!(scene.handle.stats().entries, 0);
    assert_eq!(scene.source.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_comes_stale_from_below_is_passed_on_and_not_made_fresh() {
    let stale = Freshness::Stale { age: TTL };
    let source = ScriptedSource::new(move |_| {
        Ok(Secret::new("old", Origin::new("script")).served_from_cache(stale))
    });
    let cached = source
        .clone()
        .cached(CacheConfig::new().clock(TokioClock::new()));
    for _ in 0..2 {
        assert_eq!(cached.lookup(&db("A")).await.unwrap().freshness(), stale);
    }
    assert_eq!(source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_the_inner_source_has_ready_is_served_without_a_call() {
    let source = ScriptedSource::value("called")
        .with_peek(|_| Some(Secret::new("ready", Origin::new("script"))));
    let cached = source.clone().cached(CacheConfig::new());
    assert!(cached.peek(&db("A")).is_some());
    assert_eq!(source.calls(), 0);
}
