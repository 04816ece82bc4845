//! Watching without a runtime of one's own.

use figment_secrets::{Reloaded, WatchErrorKind};
use secret_source::{BlockingResolver, Driver};
use secret_testkit::LogCollector;
use tracing::Level;

use crate::scene::Scene;

#[test]
fn a_blocking_watch_runs_on_its_driver_and_keeps_it() {
    let scene = Scene::new();
    let driver = BlockingResolver::new(Driver::start().unwrap(), scene.resolver());
    let watched = scene.builder().start_blocking(&driver).unwrap();
    drop(driver);
    let mut changes = watched.subscribe();
    let port = watched.project(|config| config.port);
    scene.truth().port = "5433".to_owned();
    // Any executor will do, or one of the application's own.
    let reloaded = futures_executor::block_on(watched.reload());
    assert_eq!(reloaded.unwrap(), Reloaded::Changed);
    assert_eq!(*port.get(), 5433);
    let change = futures_executor::block_on(changes.next()).unwrap();
    assert_eq!(change.keys(), ["port"]);
    drop(watched);
    scene.truth().port = "none".to_owned();
    drop(port);
    assert!(futures_executor::block_on(changes.next()).is_none());
}

#[test]
fn it_ends_quietly_with_the_driver_that_nobody_else_holds() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let driver = Driver::start().unwrap();
    let subscriber = logs.subscriber();
    // What the driver's thread logs from now on is collected.
    let (kept, wait) = std::sync::mpsc::channel::<()>();
    let install = driver.block_on(async move {
        std::thread_local! {
            static KEPT: std::cell::RefCell<Option<Box<dyn std::any::Any>>> = const { std::cell::RefCell::new(None) };
        }
        let guard = tracing::dispatcher::set_default(&subscriber);
        KEPT.with_borrow_mut(|slot| *slot = Some(Box::new((guard, kept))));
    });
    install.unwrap();
    let driver = BlockingResolver::new(driver, scene.resolver());
    let watched = scene.builder().start_blocking(&driver).unwrap();
    drop(driver);
    drop(watched);
    // The thread's own things are dropped at its end.
    assert!(wait.recv().is_err());
    let errors = logs.events().into_iter();
    assert_eq!(
        errors.filter(|event| event.level() == Level::ERROR).count(),
        0
    );
    assert!(
        logs.text()
            .contains("not watched any more, since nobody reads it")
    );
}

#[test]
fn on_the_drivers_own_thread_it_is_refused() {
    let scene = Scene::new();
    let driver = BlockingResolver::new(Driver::start().unwrap(), scene.resolver());
    let (builder, inner) = (scene.builder(), driver.clone());
    let outcome = driver.block_on(async move { builder.start_blocking(&inner).map(drop) });
    let error = outcome.unwrap().unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Stopped);
    assert!(error.to_string().contains("cannot block here"), "{error}");
}
