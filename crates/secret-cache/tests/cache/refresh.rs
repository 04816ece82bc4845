//! Looking up anew, past what is kept.

use secret_cache::{CacheConfig, StalePolicy};
use secret_source::{ErrorKind, Missing, SecretSource};

use crate::scene::{SECOND, Scene, TTL, db, pass, text, value};

/// Looks up keys of `/db` anew.
async fn refresh(scene: &Scene, keys: &[&str]) -> Vec<Result<String, ErrorKind>> {
    let addresses: Vec<_> = keys.iter().map(|key| db(key)).collect();
    let answers = scene.cached.refresh_many(&addresses).await;
    answers.into_iter().map(text).collect()
}

#[tokio::test(start_paused = true)]
async fn a_refresh_is_one_call_past_fresh_entries_and_keeps_what_it_brings() {
    let scene = Scene::new();
    scene.get_many(&["A", "B"]).await;
    scene.next_round();
    let answers = refresh(&scene, &["A", "B", "A", "C"]).await;
    assert_eq!(
        answers,
        [value("A@2"), value("B@2"), value("A@2"), value("C@2")]
    );
    assert_eq!(scene.source.refreshes(), [[db("A"), db("B"), db("C")]]);
    for (key, expected) in [("A", "A@2"), ("C", "C@2")] {
        assert_eq!(scene.get(key).await, value(expected));
    }
    assert_eq!(scene.source.calls(), 2, "the new values are kept");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_nothing_asks_nobody() {
    let scene = Scene::new();
    assert_eq!(refresh(&scene, &[]).await, []);
    assert_eq!(scene.source.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_fails_is_answered_with_nothing_old_and_leaves_the_entry() {
    for policy in [StalePolicy::IfError, StalePolicy::WhileRevalidate] {
        for kind in [
            ErrorKind::Unavailable,
            ErrorKind::RateLimited,
            ErrorKind::Unauthenticated,
            ErrorKind::Protocol,
        ] {
            let scene = Scene::with(|config: CacheConfig| config.stale_policy(policy));
            scene.get("A").await.unwrap();
            scene.fail(kind);
            assert_eq!(refresh(&scene, &["A"]).await, [Err(kind)], "while fresh");
            assert_eq!(scene.get("A").await, value("A@1"));
            pass(TTL).await;
            assert_eq!(refresh(&scene, &["A"]).await, [Err(kind)], "while stale");
            assert_eq!(scene.handle.stats().refresh_failures, 2);
            scene.fail(ErrorKind::Unavailable);
            assert_eq!(scene.get("A").await, value("A@1"), "it is still served");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_finds_nothing_or_may_not_read_removes_the_entry() {
    for kind in [ErrorKind::Denied, ErrorKind::NotFound(Missing::Secret)] {
        let scene = Scene::new();
        scene.get("A").await.unwrap();
        scene.fail_key("A", kind);
        assert_eq!(
            refresh(&scene, &["A", "B"]).await,
            [Err(kind), value("B@1")]
        );
        assert!(!scene.has_fresh("A") && scene.has_fresh("B"));
        scene.fail_key("A", ErrorKind::Unavailable);
        pass(SECOND * 60).await;
        assert_eq!(scene.get("A").await, Err(ErrorKind::Unavailable));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_overtakes_a_look_up_that_is_on_its_way_and_is_joined_by_others() {
    let scene = Scene::new();
    scene.source.hold();
    let refreshing = async {
        scene.source.until_waiting(1).await;
        refresh(&scene, &["A"]).await
    };
    let joining = async {
        scene.source.until_waiting(2).await;
        scene.get("A").await
    };
    let release = async {
        scene.source.until_waiting(2).await;
        tokio::task::yield_now().await;
        scene.source.release();
    };
    let (first, refreshed, joined, ()) = tokio::join!(scene.get("A"), refreshing, joining, release);
    assert_eq!((first, joined), (value("A@1"), value("A@1")));
    assert_eq!(refreshed, [value("A@1")]);
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_was_refused_says_nothing_against_serving_at_once_what_is_stale() {
    let scene = Scene::with(|config| config.stale_policy(StalePolicy::WhileRevalidate));
    scene.get("A").await.unwrap();
    pass(TTL).await;
    scene.fail(ErrorKind::Unauthenticated);
    refresh(&scene, &["A"]).await;
    scene.fail(None);
    scene.next_round();
    assert_eq!(scene.get("A").await, value("A@1"));
}
