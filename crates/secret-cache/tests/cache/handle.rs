//! Invalidation, forced refreshes and statistics.

use std::sync::Arc;

use secret_cache::Selector;
use secret_source::{ErrorKind, Missing, SecretSource};

use crate::scene::{SECOND, Scene, TTL, db, folder, pass, text, value};

#[tokio::test(start_paused = true)]
async fn invalidated_entries_are_fetched_again_and_counted() {
    let scene = Scene::new();
    scene.fail_key("NOPE", ErrorKind::NotFound(Missing::Secret));
    scene.get_many(&["A", "B", "NOPE"]).await;
    scene
        .cached
        .get(&folder("/mail").secret("A"))
        .await
        .unwrap();
    scene.next_round();
    assert_eq!(scene.handle.invalidate(&Selector::key("A")), 2);
    assert_eq!(
        scene.get_many(&["A", "B"]).await,
        [value("A@2"), value("B@1")]
    );
    assert_eq!(scene.handle.invalidate(&Selector::all()), 3);
    assert_eq!(scene.handle.invalidate(&Selector::all()), 0);
}

#[tokio::test(start_paused = true)]
async fn the_handle_works_through_a_shared_pointer() {
    let scene = Scene::new();
    let handle = scene.handle.clone();
    let source: Arc<dyn SecretSource> = scene.cached.clone();
    source.get(&db("A")).await.unwrap();
    assert_eq!(handle.invalidate(&Selector::address(&db("A"))), 1);
    assert!(source.peek(&db("A")).is_none());
}

#[tokio::test(start_paused = true)]
async fn an_invalidated_value_is_not_served_stale() {
    let scene = Scene::new();
    scene.get("A").await.unwrap();
    pass(TTL).await;
    scene.source.hold();
    let invalidate = async {
        scene.source.until_waiting(1).await;
        scene.handle.invalidate(&Selector::all());
        scene.fail(ErrorKind::Unavailable);
        scene.source.release();
    };
    let (answer, ()) = tokio::join!(scene.get("A"), invalidate);
    assert_eq!(answer, Err(ErrorKind::Unavailable));
}

#[tokio::test(start_paused = true)]
async fn a_flight_from_before_an_invalidation_answers_its_callers_and_stores_nothing() {
    let scene = Scene::new();
    scene.source.hold();
    let before = scene.get("A");
    let invalidate = async {
        scene.source.until_waiting(1).await;
        scene.handle.invalidate(&Selector::glob("/db/*"));
    };
    let after = async {
        scene.source.until_waiting(1).await;
        tokio::task::yield_now().await;
        scene.get("A").await
    };
    let release = async {
        scene.source.until_waiting(2).await;
        scene.source.release();
    };
    let (before, (), after, ()) = tokio::join!(before, invalidate, after, release);
    assert_eq!((before, after), (value("A@1"), value("A@1")));
    assert_eq!(scene.source.calls(), 2, "nobody joins a flight from before");
}

#[tokio::test(start_paused = true)]
async fn a_lone_flight_from_before_an_invalidation_leaves_no_entry() {
    let scene = Scene::new();
    scene.source.hold();
    let invalidate = async {
        scene.source.until_waiting(1).await;
        scene.handle.invalidate(&Selector::all());
        scene.source.release();
    };
    let (answers, ()) = tokio::join!(scene.get_many(&["A", "B"]), invalidate);
    assert!(answers.iter().all(Result::is_ok));
    assert!(!scene.has_fresh("A") && !scene.has_fresh("B"));
}

#[tokio::test(start_paused = true)]
async fn invalidating_one_key_lets_others_of_the_same_flight_land() {
    let scene = Scene::new();
    scene.source.hold();
    let invalidate = async {
        scene.source.until_waiting(1).await;
        scene.handle.invalidate(&Selector::key("A"));
        scene.source.release();
    };
    let (_, ()) = tokio::join!(scene.get_many(&["A", "B"]), invalidate);
    assert!(!scene.has_fresh("A") && scene.has_fresh("B"));
}

#[tokio::test(start_paused = true)]
async fn a_forced_refresh_replaces_a_fresh_value() {
    let scene = Scene::new();
    scene.get("A").await.unwrap();
    scene.next_round();
    assert_eq!(text(scene.handle.refresh(&db("A")).await), value("A@2"));
    assert_eq!(scene.get("A").await, value("A@2"));
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_forced_refresh_returns_the_error_and_leaves_the_entry() {
    for kind in [
        ErrorKind::Unavailable,
        ErrorKind::Denied,
        ErrorKind::NotFound(Missing::Secret),
    ] {
        let scene = Scene::new();
        scene.get("A").await.unwrap();
        scene.fail(kind);
        assert_eq!(text(scene.handle.refresh(&db("A")).await), Err(kind));
        assert_eq!(scene.get("A").await, value("A@1"));
        assert_eq!(scene.source.calls(), 2);
        assert_eq!(scene.handle.stats().refresh_failures, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_forced_refresh_that_was_given_up_keeps_its_key_from_nothing() {
    let scene = Scene::new();
    scene.get_many(&["A", "B"]).await;
    pass(TTL).await;
    scene.source.hold();
    let refresh = tokio::time::timeout(SECOND, scene.handle.refresh(&db("B"))).await;
    assert!(refresh.is_err());
    scene.source.release();
    scene.get("A").await.unwrap();
    assert_eq!(scene.last_batch(), ["A", "B"]);
    assert!(scene.has_fresh("B"));
}

#[tokio::test(start_paused = true)]
async fn a_forced_refresh_overtakes_a_look_up_that_is_on_its_way() {
    let scene = Scene::new();
    scene.source.hold();
    let refresh = async {
        scene.source.until_waiting(1).await;
        scene.handle.refresh(&db("A")).await
    };
    let release = async {
        scene.source.until_waiting(2).await;
        scene.source.release();
    };
    let (first, second, ()) = tokio::join!(scene.get("A"), refresh, release);
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(scene.source.calls(), 2);
    assert_eq!(scene.handle.stats().entries, 1);
}

#[tokio::test(start_paused = true)]
async fn statistics_count_each_look_up_once() {
    let scene = Scene::with(|config| config.entries(2));
    scene.fail_key("NOPE", ErrorKind::NotFound(Missing::Secret));
    scene.get("A").await.unwrap(); // miss
    scene.get("A").await.unwrap(); // hit
    scene.get("NOPE").await.unwrap_err(); // miss, error
    scene.get("NOPE").await.unwrap_err(); // negative hit
    pass(SECOND).await;
    scene.get_many(&["A", "B"]).await; // hit, miss, and an eviction
    pass(TTL).await;
    scene.fail(ErrorKind::Unavailable);
    scene.get("B").await.unwrap(); // miss, served stale
    pass(SECOND).await;
    let stats = scene.handle.stats();
    assert_eq!((stats.hits, stats.misses, stats.negative_hits), (2, 4, 1));
    assert_eq!((stats.fetches, stats.stale_served), (4, 1));
    // `A` was refreshed with `B`, as its neighbour.
    assert_eq!((stats.errors, stats.refresh_failures), (3, 2));
    assert_eq!((stats.evictions, stats.entries), (1, 2));
}
