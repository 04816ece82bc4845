//! When reloads happen, and what they bring.

use std::sync::Arc;
use std::time::Duration;

use figment_secrets::Reloaded;

use crate::scene::{INTERVAL, ROUND, Scene, pass};

#[tokio::test(start_paused = true)]
async fn a_change_of_a_secret_or_of_a_plain_value_is_seen_within_an_interval_and_its_jitter() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    scene.truth().password = "battery staple".to_owned();
    pass(INTERVAL - Duration::from_millis(1)).await;
    assert_eq!(watched.version(), 1, "and not before the interval");
    pass(ROUND - INTERVAL).await;
    assert_eq!(
        (watched.version(), watched.current().password.as_str()),
        (2, "battery staple")
    );
    scene.truth().level = 2;
    pass(ROUND).await;
    assert_eq!((watched.version(), watched.current().level), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn while_nothing_changes_there_is_no_new_version_and_the_status_tells_when_that_was_found() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let first = watched.current();
    pass(INTERVAL * 100).await;
    assert!(Arc::ptr_eq(&first, &watched.current()));
    let status = watched.status();
    assert!((90..=100).contains(&status.reloads()), "{status:?}");
    assert_eq!(
        (status.version(), status.changes(), status.failures()),
        (1, 0, 0)
    );
    assert_eq!(status.last_changed(), INTERVAL * 100);
    assert!(status.last_checked() < ROUND);
    assert_eq!(scene.source.refreshes().len() as u64, status.reloads());
}

#[tokio::test(start_paused = true)]
async fn a_reload_tells_whether_there_was_a_change() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Unchanged);
    scene.truth().port = "5433".to_owned();
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Changed);
    assert_eq!(watched.current().port, 5433);
    scene.down();
    assert!(watched.reload().await.is_err());
    assert_eq!(watched.current().port, 5433);
}

#[tokio::test(start_paused = true)]
async fn a_trigger_reloads_at_once_and_once_however_often_it_was_fired() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let trigger = watched.trigger();
    for _ in 0..10 {
        trigger.fire();
    }
    pass(Duration::from_millis(1)).await;
    assert_eq!(watched.status().reloads(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_asks_during_a_reload_gets_another_that_sees_what_is_true_then() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    scene.source.hold();
    let first = tokio::spawn({
        let watched = watched.clone();
        async move { watched.reload().await }
    });
    scene.source.until_waiting(1).await;
    let trigger = watched.trigger();
    trigger.fire();
    let (one, other) = (watched.reload(), watched.reload());
    let release = async {
        tokio::task::yield_now().await;
        assert_eq!(scene.source.calls(), 2, "the first load and one reload");
        scene.source.release();
    };
    let (one, other, ()) = tokio::join!(one, other, release);
    assert!(one.is_ok() && other.is_ok());
    first.await.unwrap().unwrap();
    pass(Duration::from_millis(1)).await;
    let reloads = scene.source.refreshes().len();
    assert!(
        (2..=3).contains(&reloads),
        "two who ask share one: {reloads}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reload_that_is_given_up_is_none_of_the_watch() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    scene.source.hold();
    let impatient = tokio::time::timeout(Duration::from_secs(1), watched.reload());
    assert!(impatient.await.is_err());
    scene.source.release();
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Unchanged);
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_has_the_same_jitter_and_other_seeds_have_others() {
    async fn at(seed: u64) -> Vec<Duration> {
        let scene = Scene::new();
        let watched = scene.builder().seed(seed).start(&scene.resolver()).await;
        let (watched, begin) = (watched.unwrap(), tokio::time::Instant::now());
        let mut times = Vec::new();
        while times.len() < 3 {
            pass(Duration::from_millis(1)).await;
            if watched.status().reloads() > times.len() as u64 {
                times.push(begin.elapsed());
            }
        }
        times
    }
    assert_eq!(at(7).await, at(7).await);
    assert_ne!(at(7).await, at(8).await);
}
