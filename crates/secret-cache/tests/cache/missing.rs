//! The remembered absence of a secret.

use std::time::Duration;

use secret_source::{ErrorKind, Missing};

use crate::scene::{SECOND, Scene, TTL, pass, value};

const NOT_FOUND: ErrorKind = ErrorKind::NotFound(Missing::Secret);

#[tokio::test(start_paused = true)]
async fn an_absence_is_remembered_for_ten_seconds() {
    let scene = Scene::new();
    scene.fail(NOT_FOUND);
    assert_eq!(scene.get("A").await, Err(NOT_FOUND));
    pass(SECOND * 9).await;
    assert_eq!(scene.get("A").await, Err(NOT_FOUND));
    assert_eq!(scene.source.calls(), 1);
    assert_eq!(scene.handle.stats().negative_hits, 1);

    scene.fail(None);
    pass(SECOND).await;
    assert_eq!(scene.get("A").await, value("A@1"));
}

#[tokio::test(start_paused = true)]
async fn a_negative_time_to_live_of_zero_remembers_no_absence() {
    let scene = Scene::with(|config| config.negative_ttl(Duration::ZERO));
    scene.fail(NOT_FOUND);
    for _ in 0..2 {
        assert_eq!(scene.get("A").await, Err(NOT_FOUND));
    }
    assert_eq!(scene.source.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_other_error_is_remembered() {
    for kind in [
        ErrorKind::Denied,
        ErrorKind::Unauthenticated,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::Invalid,
        ErrorKind::Unsupported,
        ErrorKind::Protocol,
    ] {
        let scene = Scene::new();
        scene.fail(kind);
        for _ in 0..2 {
            assert_eq!(scene.get("A").await, Err(kind));
        }
        assert_eq!(scene.source.calls(), 2, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn asking_again_for_a_missing_secret_refreshes_no_neighbour() {
    let scene = Scene::new();
    scene.fail_key("NOPE", NOT_FOUND);
    scene.get_many(&["A", "NOPE"]).await;
    pass(TTL / 2).await;
    scene.get("NOPE").await.unwrap_err();
    assert_eq!(scene.source.gets().len(), 1);
    assert_eq!(scene.source.batches().len(), 1);
}
