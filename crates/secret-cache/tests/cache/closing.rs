//! A cache that is closed for good, or dropped.

use secret_cache::StalePolicy;
use secret_source::SecretSource;
use tokio::runtime::Handle;
use tokio::task::yield_now;

use crate::scene::{Scene, TTL, db, pass, value};

#[tokio::test(start_paused = true)]
async fn what_comes_in_after_the_end_is_answered_and_not_kept() {
    let scene = Scene::new();
    scene.source.hold();
    let asking = tokio::spawn({
        let cached = scene.cached.clone();
        async move { cached.get(&db("A")).await }
    });
    scene.source.until_waiting(1).await;
    scene.handle.close();
    scene.source.release();
    assert!(asking.await.unwrap().is_ok());
    assert_eq!(scene.get("B").await, value("B@1"));
    assert_eq!(scene.handle.stats().entries, 0);
    assert!(!scene.has_fresh("A") && !scene.has_fresh("B"));
}

/// Lets a refresh hang that nobody waits for.
async fn refreshing() -> Scene {
    let scene = Scene::with(|config| config.stale_policy(StalePolicy::WhileRevalidate));
    scene.get("A").await.unwrap();
    pass(TTL).await;
    scene.source.hold();
    assert_eq!(scene.get("A").await, value("A@1"));
    scene.source.until_waiting(1).await;
    scene
}

#[tokio::test(start_paused = true)]
async fn refreshes_that_nobody_waits_for_end_with_the_cache() {
    let scene = refreshing().await;
    scene.handle.close();
    while Handle::current().metrics().num_alive_tasks() > 0 {
        yield_now().await;
    }
    assert_eq!(scene.source.waiting(), 0);
    assert_eq!(scene.handle.stats().entries, 0);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_cache_leaves_no_task_behind_though_its_handle_is_kept() {
    let Scene {
        source,
        cached,
        handle,
        ..
    } = refreshing().await;
    drop(cached);
    while Handle::current().metrics().num_alive_tasks() > 0 {
        yield_now().await;
    }
    assert_eq!(source.waiting(), 0);
    handle.close();
}
