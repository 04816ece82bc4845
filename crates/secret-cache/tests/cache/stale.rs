//! The stale window: what is served in it, for how long, and what it costs to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use secret_cache::{Clock, StalePolicy};
use secret_source::{ErrorKind, Freshness, Missing, SecretSource, SourceExt};
use secret_testkit::{LogCollector, LogEvent};
use tokio::time::Instant;

use crate::scene::{SECOND, STALE, Scene, TTL, db, folder, pass, value};

/// Sets a scene in which `A` is stale.
async fn with_stale_a(policy: StalePolicy) -> Scene {
    let scene = Scene::with(|config| config.stale_policy(policy));
    scene.get("A").await.unwrap();
    pass(TTL).await;
    scene.next_round();
    scene
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_failure_does_what_the_table_says() {
    let missing = ErrorKind::NotFound(Missing::Secret);
    for (kind, served, stays) in [
        (ErrorKind::Unavailable, true, true),
        (ErrorKind::RateLimited, true, true),
        (ErrorKind::Unauthenticated, false, true),
        (ErrorKind::Denied, false, false),
        (missing, false, false),
        (ErrorKind::Invalid, false, true),
        (ErrorKind::Unsupported, false, true),
        (ErrorKind::Protocol, false, true),
    ] {
        let scene = with_stale_a(StalePolicy::IfError).await;
        scene.fail(kind);
        let answer = scene.secret("A").await;
        let freshness = answer
            .map(|secret| secret.freshness())
            .map_err(|error| error.kind());
        let expected = if served {
            Ok(Freshness::Stale { age: TTL })
        } else {
            Err(kind)
        };
        assert_eq!(freshness, expected, "{kind:?}");

        // Whether the entry stayed shows when the source cannot be reached afterwards.
        pass(SECOND * 10).await;
        scene.fail(ErrorKind::Unavailable);
        let expected = if stays {
            value("A@1")
        } else {
            Err(ErrorKind::Unavailable)
        };
        assert_eq!(scene.get("A").await, expected, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stale_value_is_replaced_as_soon_as_the_source_answers() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    let fresh = scene.secret("A").await.unwrap();
    assert!(!fresh.is_cached());
    assert_eq!(scene.get("A").await, value("A@2"));
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn stale_values_are_served_until_the_window_ends_and_then_a_clear_error() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.fail(ErrorKind::Unavailable);
    for _ in 0..59 {
        assert_eq!(scene.get("A").await, value("A@1"));
        pass(STALE / 60).await;
    }
    assert_eq!(scene.get("A").await, value("A@1"));
    pass(STALE / 60).await;
    let error = scene.secret("A").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.address(), Some(&db("A")));
    assert_eq!(scene.handle.stats().stale_served, 60);
    assert_eq!(scene.handle.stats().refresh_failures, 60);
    assert_eq!(scene.handle.stats().entries, 0);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_a_stale_value_at_hand_waits_for_the_refresh_deadline_only() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.source.hold();
    let started = Instant::now();
    assert_eq!(scene.get("A").await, value("A@1"));
    assert_eq!(started.elapsed(), SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_hangs_delays_no_second_caller_and_is_not_begun_again() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.source.hold();
    scene.get("A").await.unwrap();
    let started = Instant::now();
    for _ in 0..100 {
        assert_eq!(scene.get("A").await, value("A@1"));
    }
    assert!(started.elapsed() < SECOND, "{:?}", started.elapsed());
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_slower_than_its_deadline_still_replaces_the_value() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.source.hold();
    assert_eq!(scene.get("A").await, value("A@1"));
    scene.source.release();
    tokio::time::sleep(SECOND).await;
    assert!(scene.has_fresh("A"));
    assert_eq!(scene.get("A").await, value("A@2"));
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_cache_ends_its_refreshes() {
    let scene = with_stale_a(StalePolicy::WhileRevalidate).await;
    scene.source.hold();
    scene.get("A").await.unwrap();
    scene.source.until_waiting(1).await;
    drop(scene.cached);
    tokio::task::yield_now().await;
    assert_eq!(scene.source.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_a_stale_value_a_caller_waits_for_the_source() {
    let scene = Scene::new();
    scene.source.hold();
    let waited = tokio::time::timeout(SECOND * 10, scene.get("A")).await;
    assert!(waited.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_value_whose_window_ends_during_the_wait_is_not_served() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.source.hold();
    pass(STALE - SECOND / 2).await;
    let waited = tokio::time::timeout(SECOND * 10, scene.get("A")).await;
    assert!(
        waited.is_err(),
        "it waits for the source as if it had nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn while_revalidating_the_stale_value_is_served_at_once_and_refreshed_once() {
    let scene = with_stale_a(StalePolicy::WhileRevalidate).await;
    scene.source.hold();
    let started = Instant::now();
    for _ in 0..100 {
        let stale = scene.secret("A").await.unwrap();
        assert_eq!(stale.freshness(), Freshness::Stale { age: TTL });
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert!(!scene.has_fresh("A"), "a peek never answers a stale value");
    scene.source.until_waiting(1).await;
    scene.source.release();
    tokio::time::sleep(SECOND).await;
    assert_eq!(scene.get("A").await, value("A@2"));
    assert_eq!(scene.source.calls(), 2);
    let stats = scene.handle.stats();
    assert_eq!((stats.stale_served, stats.misses, stats.hits), (100, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn while_revalidating_no_stale_value_is_served_once_the_source_refused_it() {
    for kind in [
        ErrorKind::Unauthenticated,
        ErrorKind::Denied,
        ErrorKind::Protocol,
    ] {
        let scene = with_stale_a(StalePolicy::WhileRevalidate).await;
        scene.fail(kind);
        assert_eq!(scene.get("A").await, value("A@1"), "nothing is known yet");
        tokio::time::sleep(SECOND).await;
        assert_eq!(scene.get("A").await, Err(kind));
        scene.fail(None);
        assert_eq!(scene.get("A").await, value("A@2"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_background_refresh_does_not_extend_the_window() {
    let scene = with_stale_a(StalePolicy::WhileRevalidate).await;
    scene.fail(ErrorKind::Unavailable);
    for _ in 0..6 {
        assert_eq!(scene.get("A").await, value("A@1"));
        tokio::time::sleep(STALE / 6).await;
    }
    assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
}

/// Shows the second that a test sets.
#[derive(Clone, Debug, Default)]
struct ByHand(Arc<AtomicU32>);

impl Clock for ByHand {
    fn now(&self) -> Duration {
        SECOND * self.0.load(Ordering::Relaxed)
    }
}

#[test]
fn without_a_runtime_revalidating_becomes_asking_first() {
    let clock = ByHand::default();
    let policy = StalePolicy::WhileRevalidate;
    let scene = Scene::with(|config| config.stale_policy(policy).clock(clock.clone()));
    futures_executor::block_on(async {
        assert_eq!(scene.get("A").await, value("A@1"));
        scene.next_round();
        clock.0.store(300, Ordering::Relaxed);
        assert_eq!(scene.get("A").await, value("A@2"));
        scene.fail(ErrorKind::Unavailable);
        clock.0.store(600, Ordering::Relaxed);
        assert_eq!(scene.get("A").await, value("A@2"));
    });
    assert_eq!(scene.source.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_folder_is_refreshed_with_one_batch() {
    let scene = Scene::new();
    let mail = folder("/mail").secret("A");
    scene.get_many(&["A", "B", "C"]).await;
    scene.cached.get(&mail).await.unwrap();
    pass(TTL).await;
    scene.next_round();
    assert_eq!(scene.get("B").await, value("B@2"));
    assert_eq!(scene.last_batch(), ["A", "B", "C"]);
    let calls = scene.source.calls();
    assert_eq!(scene.get("A").await, value("A@2"));
    assert_eq!(scene.get("C").await, value("C@2"));
    assert_eq!(scene.source.calls(), calls);
    assert!(
        scene.cached.peek(&mail).is_none(),
        "another folder is left alone"
    );
}

#[tokio::test(start_paused = true)]
async fn a_key_never_asked_for_before_is_fetched_alone() {
    let scene = Scene::new();
    scene.get_many(&["A", "B"]).await;
    pass(TTL).await;
    scene.get("NEW").await.unwrap();
    assert_eq!(scene.source.gets(), [db("NEW")]);
}

#[tokio::test(start_paused = true)]
async fn in_a_batch_only_those_without_a_value_wait_past_the_deadline() {
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.source.hold();
    let started = Instant::now();
    let stale = async {
        scene.get("A").await.unwrap();
        started.elapsed()
    };
    let release = async {
        tokio::time::sleep(SECOND * 3).await;
        scene.source.release();
    };
    let batch = scene.get_many(&["A", "NEW"]);
    let (batch, waited, ()) = tokio::join!(batch, stale, release);
    assert_eq!(batch, [value("A@1"), value("NEW@2")]);
    assert_eq!(waited, SECOND);
    assert_eq!(scene.source.calls(), 2);
}

fn warnings(log: &LogCollector) -> Vec<LogEvent> {
    let stale = |event: &LogEvent| event.message().contains("stale secrets are served");
    log.events().into_iter().filter(stale).collect()
}

#[tokio::test(start_paused = true)]
async fn the_warning_comes_at_once_and_then_once_a_minute_per_folder() {
    let log = LogCollector::new();
    let _installed = log.install();
    let scene = with_stale_a(StalePolicy::IfError).await;
    scene.fail(ErrorKind::Unavailable);
    for _ in 0..60 {
        scene.get("A").await.unwrap();
        pass(SECOND).await;
    }
    assert_eq!(warnings(&log).len(), 1);
    scene.get("A").await.unwrap();
    let warnings = warnings(&log);
    assert_eq!(warnings.len(), 2);
    assert_eq!(warnings[1].level(), tracing::Level::WARN);
    assert_eq!(warnings[1].field("served"), Some("60"));
    assert_eq!(warnings[1].field("folder"), Some("infisical://prod/db/"));
}

#[tokio::test(start_paused = true)]
async fn revalidating_warns_only_after_the_source_failed() {
    let log = LogCollector::new();
    let _installed = log.install();
    let scene = with_stale_a(StalePolicy::WhileRevalidate).await;
    scene.fail(ErrorKind::Unavailable);
    scene.get("A").await.unwrap();
    assert_eq!(warnings(&log).len(), 0);
    tokio::time::sleep(SECOND).await;
    scene.get("A").await.unwrap();
    assert_eq!(warnings(&log).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn hits_of_the_stack_go_on_while_the_source_hangs() {
    let scene = Scene::new();
    scene.get("A").await.unwrap();
    scene.source.hold();
    for _ in 0..1_000 {
        assert!(scene.cached.lookup(&db("A")).await.is_ok());
    }
    assert_eq!(scene.source.calls(), 1);
    assert_eq!(scene.handle.stats().hits, 1_000);
}
