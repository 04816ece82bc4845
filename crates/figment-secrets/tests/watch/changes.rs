//! What subscribers are told.

use std::time::Duration;

use crate::scene::{ROUND, Scene, pass};

#[tokio::test(start_paused = true)]
async fn a_subscriber_sees_each_good_version_once_with_the_keys_that_changed() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let mut changes = watched.subscribe();
    scene.truth().password = "battery staple".to_owned();
    let change = changes.next().await.unwrap();
    assert_eq!(
        (change.version(), change.keys()),
        (2, &["password".to_owned()][..])
    );
    assert_eq!(change.config().password, "battery staple");
    {
        let mut truth = scene.truth();
        (truth.port, truth.level) = ("5433".to_owned(), 2);
    }
    let change = changes.next().await.unwrap();
    assert_eq!(change.version(), 3);
    assert_eq!(change.keys(), ["level", "port"]);
    let more = tokio::time::timeout(ROUND * 10, changes.next()).await;
    assert!(more.is_err(), "nothing changed since");
}

#[tokio::test(start_paused = true)]
async fn a_slow_subscriber_gets_the_latest_with_all_that_differs_from_what_it_saw() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let mut slow = watched.subscribe();
    for (password, level) in [("one", 1), ("one", 2), ("two", 2), ("two", 3)] {
        scene.truth().password = password.to_owned();
        scene.truth().level = level;
        watched.reload().await.unwrap();
    }
    let change = slow.next().await.unwrap();
    assert_eq!((change.version(), change.config().level), (5, 3));
    assert_eq!(change.keys(), ["level", "password"]);
    let late = watched.subscribe();
    scene.truth().level = 4;
    watched.reload().await.unwrap();
    scene.truth().level = 3;
    watched.reload().await.unwrap();
    for mut subscriber in [slow, late] {
        let change = subscriber.next().await.unwrap();
        assert_eq!(change.version(), 7);
        assert_eq!(change.keys(), [""; 0], "it changed back unseen");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_subscriber_is_told_is_already_the_current_configuration() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let part = watched.project(|config| config.level);
    let mut changes = watched.subscribe();
    for level in 2..20 {
        scene.truth().level = level;
        watched.trigger().fire();
        let change = changes.next().await.unwrap();
        assert_eq!(change.config().level, level);
        assert_eq!((watched.version(), *part.get()), (change.version(), level));
    }
}

#[tokio::test(start_paused = true)]
async fn giving_up_to_wait_loses_nothing() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let mut changes = watched.subscribe();
    let early = tokio::time::timeout(Duration::from_secs(1), changes.next());
    assert!(early.await.is_err());
    scene.truth().level = 2;
    pass(ROUND).await;
    assert_eq!(changes.next().await.unwrap().version(), 2);
}
