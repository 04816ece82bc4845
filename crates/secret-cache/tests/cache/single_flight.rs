//! One upstream call, however many wait.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use secret_source::ErrorKind;

use crate::scene::{SECOND, Scene, value};

#[tokio::test(start_paused = true)]
async fn a_thousand_look_ups_of_one_cold_key_make_one_call() {
    let scene = Arc::new(Scene::new());
    scene.source.hold();
    let lookups: Vec<_> = (0..1_000)
        .map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.get("A").await })
        })
        .collect();
    while scene.handle.stats().misses < 1_000 {
        tokio::task::yield_now().await;
    }
    scene.source.release();
    for answer in join_all(lookups).await {
        assert_eq!(answer.unwrap(), value("A@1"));
    }
    assert_eq!(scene.source.calls(), 1);
    assert_eq!(scene.handle.stats().fetches, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_that_race_for_one_cold_key_make_one_call() {
    for _ in 0..200 {
        let scene = Arc::new(Scene::new());
        let lookups = (0..16).map(|_| {
            let scene = Arc::clone(&scene);
            tokio::spawn(async move { scene.get("A").await })
        });
        for answer in join_all(lookups.collect::<Vec<_>>()).await {
            assert_eq!(answer.unwrap(), value("A@1"));
        }
        assert_eq!(scene.source.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_the_first_caller_changes_nothing_for_the_others() {
    let scene = Arc::new(Scene::new());
    scene.source.hold();
    let caller = || {
        let scene = Arc::clone(&scene);
        tokio::spawn(async move { scene.get("A").await })
    };
    let first = caller();
    scene.source.until_waiting(1).await;
    let others: Vec<_> = (0..10).map(|_| caller()).collect();
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    scene.source.release();
    for answer in join_all(others).await {
        assert_eq!(answer.unwrap(), value("A@1"));
    }
    assert_eq!(scene.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn when_all_callers_are_gone_the_call_is_dropped_and_the_key_is_free() {
    let scene = Scene::new();
    scene.source.hold();
    for _ in 0..3 {
        let waited = tokio::time::timeout(SECOND, scene.get("A")).await;
        assert!(waited.is_err());
        assert_eq!(
            scene.source.waiting(),
            0,
            "the call went with its last caller"
        );
    }
    scene.source.release();
    assert_eq!(scene.get("A").await, value("A@1"));
    assert_eq!(scene.source.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_error_answers_all_who_wait() {
    let scene = Scene::new();
    scene.fail(ErrorKind::Denied);
    scene.source.hold();
    let lookups = join_all((0..10).map(|_| scene.secret("A")));
    let released = async {
        scene.source.until_waiting(1).await;
        scene.source.release();
    };
    let (answers, ()) = tokio::join!(lookups, released);
    let ids: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.unwrap_err().correlation_id())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "it is one error");
    assert_eq!(scene.source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_joins_what_is_on_its_way_and_asks_for_the_rest() {
    let scene = Scene::new();
    scene.source.hold();
    let released = async {
        scene.source.until_waiting(2).await;
        scene.source.release();
    };
    let (one, batch, ()) = tokio::join!(scene.get("A"), scene.get_many(&["B", "A", "C"]), released);
    assert_eq!(one, value("A@1"));
    assert_eq!(batch, [value("B@1"), value("A@1"), value("C@1")]);
    assert_eq!(scene.last_batch(), ["B", "C"]);
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_failure_in_a_batch_fails_that_entry_only() {
    let scene = Scene::new();
    scene.fail_key("B", ErrorKind::Denied);
    let answers = scene.get_many(&["A", "B", "C"]).await;
    assert_eq!(
        answers,
        [value("A@1"), Err(ErrorKind::Denied), value("C@1")]
    );
    assert!(scene.has_fresh("A") && scene.has_fresh("C"));
    assert_eq!(scene.handle.stats().errors, 1);
}

#[tokio::test(start_paused = true)]
async fn single_flight_stays_when_nothing_is_kept() {
    let scene = Scene::with(|config| config.ttl(Duration::ZERO));
    scene.source.hold();
    let released = async {
        scene.source.until_waiting(1).await;
        scene.source.release();
    };
    let (_, _, ()) = tokio::join!(scene.get("A"), scene.get("A"), released);
    assert_eq!(scene.source.calls(), 1);
}

#[test]
fn an_executor_without_a_runtime_is_served_too() {
    let scene = Scene::new();
    assert_eq!(futures_executor::block_on(scene.get("A")), value("A@1"));
    assert_eq!(futures_executor::block_on(scene.get("A")), value("A@1"));
    assert_eq!(scene.source.calls(), 1);
}
