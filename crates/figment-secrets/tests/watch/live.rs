//! Parts that follow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_that_are_made_while_versions_change_are_never_left_behind() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    let maker = watched.clone();
    let making = tokio::task::spawn_blocking(move || {
        (0..2000)
            .map(|_| maker.project(|config| config.level))
            .collect::<Vec<_>>()
    });
    for level in 2..200 {
        scene.truth().level = level;
        watched.reload().await.unwrap();
    }
    let parts = making.await.unwrap();
    scene.truth().level = 200;
    watched.reload().await.unwrap();
    assert!(parts.iter().all(|part| *part.get() == 200));
}
