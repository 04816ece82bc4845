//! Parts that follow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use crate::scene::{ROUND, Scene, pass};

#[tokio::test(start_paused = true)]
async fn a_part_follows_and_is_computed_once_for_each_version() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let computed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&computed);
    let part = watched.project(move |config| {
        counter.fetch_add(1, Ordering::SeqCst);
        config.password.clone()
    });
    let clone = part.clone();
    for _ in 0..10 {
        assert_eq!(*part.get(), "correct horse");
    }
    assert!(Arc::ptr_eq(&part.get(), &clone.get()));
    pass(ROUND * 3).await;
    assert_eq!(computed.load(Ordering::SeqCst), 1);
    scene.truth().password = "battery staple".to_owned();
    pass(ROUND).await;
    assert_eq!(
        (part.get().as_str(), clone.get().as_str()),
        ("battery staple", "battery staple")
    );
    assert_eq!(computed.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_nobody_reads_any_more_is_not_computed() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let computed = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        let counter = Arc::clone(&computed);
        drop(watched.project(move |_| counter.fetch_add(1, Ordering::SeqCst)));
    }
    scene.truth().level = 2;
    watched.reload().await.unwrap();
    assert_eq!(computed.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_part_may_make_another_part() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let inner = watched.clone();
    let part = watched.project(move |config| {
        inner
            .project(|config| config.level)
            .get()
            .max(Arc::new(config.level))
    });
    scene.truth().level = 2;
    watched.reload().await.unwrap();
    assert_eq!(**part.get(), 2);
}

/// Stops a projection of level 2 until it is told to go on.
fn gate() -> (
    impl Fn(i64) + Send + Sync + 'static,
    Receiver<()>,
    Sender<()>,
) {
    let ((here, arrived), (go, wait)) = (channel(), channel());
    let wait = Mutex::new(wait);
    let pass = move |level| {
        if level == 2 {
            // Only the first time is waited for.
            let _ = here.send(());
            let _ = wait.lock().unwrap().recv();
        }
    };
    (pass, arrived, go)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_is_made_while_a_version_is_under_way_is_not_left_behind() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let (pass, arrived, go) = gate();
    let slow = watched.project(move |config| {
        pass(config.level);
        config.level
    });
    scene.truth().level = 2;
    let reload = tokio::spawn({
        let watched = watched.clone();
        async move { watched.reload().await }
    });
    let maker = watched.clone();
    let made = tokio::task::spawn_blocking(move || {
        arrived.recv().unwrap();
        let late = maker.project(|config| config.level);
        assert_eq!(*late.get(), 1, "the version is not there yet");
        drop(go);
        late
    });
    let late = made.await.unwrap();
    reload.await.unwrap().unwrap();
    assert_eq!((*slow.get(), *late.get()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_whose_first_value_takes_long_catches_up_with_what_came_meanwhile() {
    let scene = Scene::new();
    scene.truth().level = 2;
    let watched = scene.watched().await;
    let (pass, arrived, go) = gate();
    let maker = watched.clone();
    let making = tokio::task::spawn_blocking(move || {
        maker.project(move |config| {
            pass(config.level);
            config.level
        })
    });
    tokio::task::spawn_blocking(move || arrived.recv())
        .await
        .unwrap()
        .unwrap();
    scene.truth().level = 3;
    watched.reload().await.unwrap();
    drop(go);
    assert_eq!(*making.await.unwrap().get(), 3);
}
