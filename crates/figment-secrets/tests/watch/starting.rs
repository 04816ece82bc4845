//! The first load.

use std::time::Duration;

use figment::Figment;
use figment::providers::{Format, Toml};
use figment_secrets::{ResolveError, WatchErrorKind, Watched};
use secret_source::{Origin, Resolver, Secret};
use secret_testkit::ScriptedSource;

use crate::scene::{Config, Scene};

#[tokio::test(start_paused = true)]
async fn the_first_load_takes_what_is_at_hand_and_reloads_do_not() {
    let source = ScriptedSource::value("new")
        .with_peek(|_| Some(Secret::new("at hand", Origin::new("cache"))));
    let resolver = Resolver::builder(source.clone()).build().unwrap();
    let layers = || Figment::from(Toml::string("key = 'infisical://dev/KEY'"));
    let watched = Watched::<toml::Table>::builder(layers)
        .start(&resolver)
        .await
        .unwrap();
    assert_eq!(watched.current()["key"].as_str(), Some("at hand"));
    assert_eq!(source.calls(), 0);
    watched.reload().await.unwrap();
    assert_eq!(watched.current()["key"].as_str(), Some("new"));
    assert_eq!(source.refreshes().len(), 1);
}

#[tokio::test]
async fn a_first_configuration_that_is_not_good_is_an_error_that_says_why() {
    let scene = Scene::new();
    scene.down();
    let error = scene.builder().start(&scene.resolver()).await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Resolve);
    assert_eq!(error.resolve_error().unwrap().problems().len(), 2);
    assert!(error.to_string().contains("the server is down"), "{error}");

    let scene = Scene::new();
    scene.truth().port = "hunter2".to_owned();
    let error = scene.builder().start(&scene.resolver()).await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Extract);
    assert!(error.to_string().contains("expected u16"), "{error}");

    let scene = Scene::new();
    let builder = scene.builder().validate(|_| Err("it is Monday"));
    let error = builder.start(&scene.resolver()).await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Validate);
    assert!(
        error.to_string().ends_with("refused: it is Monday"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_first_load_that_does_not_end_is_given_up() {
    let scene = Scene::new();
    scene.source.hold();
    let error = scene.builder().start(&scene.resolver()).await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Late);
    assert_eq!(scene.source.waiting(), 0);
}

#[tokio::test]
async fn an_interval_of_zero_is_refused() {
    let scene = Scene::new();
    let builder = scene.builder().interval(Duration::ZERO);
    let error = builder.start(&scene.resolver()).await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Interval);
}

#[test]
fn outside_a_runtime_an_error_says_what_to_do() {
    let scene = Scene::new();
    let starting = scene.builder();
    let resolver = scene.resolver();
    let error = futures_executor::block_on(starting.start(&resolver)).unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Stopped);
    assert!(error.to_string().contains("start_blocking"), "{error}");
}

#[tokio::test]
async fn layers_may_take_waiting_for_and_may_fail() {
    let scene = Scene::new();
    let layers = scene.layers();
    let (failing, fails) = tokio::sync::watch::channel(false);
    let watched = Watched::<Config>::builder_async(move || {
        let (figment, fails) = (layers(), *fails.borrow());
        async move {
            tokio::task::yield_now().await;
            match fails {
                true => Err(ResolveError::from(figment::Error::from(
                    "no such folder (os error 2)".to_owned(),
                ))),
                false => Ok(figment),
            }
        }
    });
    let watched = watched.start(&scene.resolver()).await.unwrap();
    failing.send_replace(true);
    let error = watched.reload().await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Resolve);
    assert!(error.to_string().contains("no such folder"), "{error}");
    assert_eq!(watched.current().port, 5432);
}
