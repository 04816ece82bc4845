//! What the application's types do when they are dropped.

use figment_secrets::{Live, Reloaded, WatchErrorKind, Watched};
use serde::Deserialize;

use crate::scene::{INTERVAL, Scene};

/// Panics when it is dropped, if its text says so.
#[derive(Clone, Deserialize)]
struct Touchy(String);

impl Drop for Touchy {
    fn drop(&mut self) {
        assert!(!self.0.starts_with("touchy"), "planted by this test");
    }
}

#[derive(Deserialize)]
struct Config {
    password: Touchy,
    level: i64,
}

/// Asks for another part when it is dropped, and panics then.
struct Part {
    text: Touchy,
    watched: Watched<Config>,
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.watched.project(|config| config.level).get();
    }
}

async fn watched(scene: &Scene) -> Watched<Config> {
    Watched::<Config>::builder(scene.layers())
        .validate(|config| match config.level {
            13 => Err("13 brings bad luck"),
            _ => Ok(()),
        })
        .interval(INTERVAL)
        .start(&scene.resolver())
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_what_is_dropped_ends_no_watch_and_leaves_no_version_half_in_place() {
    let scene = Scene::new();
    scene.truth().password = "touchy 1".to_owned();
    let watched = watched(&scene).await;
    let parts: Vec<Live<Part>> = (0..3)
        .map(|_| {
            let handle = watched.clone();
            watched.project(move |config| Part {
                text: config.password.clone(),
                watched: handle.clone(),
            })
        })
        .collect();
    for (version, password) in [(2, "touchy 2"), (3, "at peace")] {
        scene.truth().password = password.to_owned();
        assert_eq!(watched.reload().await.unwrap(), Reloaded::Changed);
        assert_eq!(watched.version(), version);
        assert_eq!(watched.current().password.0, password);
        assert!(parts.iter().all(|part| part.get().text.0 == password));
    }
    assert!(watched.status().is_running());
}

#[tokio::test(start_paused = true)]
async fn a_refused_configuration_that_panics_when_it_is_dropped_is_refused_like_any_other() {
    let scene = Scene::new();
    let watched = watched(&scene).await;
    scene.truth().password = "touchy".to_owned();
    scene.truth().level = 13;
    let error = watched.reload().await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Validate);
    scene.truth().level = 1;
    let part = watched.project(|config| match config.password.0.as_str() {
        "touchy" => panic!("planted by this test"),
        _ => config.level,
    });
    let error = watched.reload().await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Panic);
    assert_eq!(*part.get(), 1);
    scene.truth().password = "at peace".to_owned();
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Changed);
}
