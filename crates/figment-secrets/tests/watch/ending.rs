//! How a watch ends: on purpose and quietly, or otherwise and loudly.

use figment_secrets::WatchErrorKind;
use secret_testkit::LogCollector;
use tracing::Level;

use crate::scene::{ROUND, Scene, pass};

fn is_loud(logs: &LogCollector) -> bool {
    let mut events = logs.events().into_iter();
    events.any(|event| {
        event.level() == Level::ERROR && event.message().contains("not watched any more")
    })
}

#[tokio::test(start_paused = true)]
async fn the_watch_ends_quietly_with_its_last_handle_or_part() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let _installed = logs.install();
    let watched = scene.watched().await;
    let mut changes = watched.subscribe();
    let trigger = watched.trigger();
    let part = watched.project(|config| config.level);
    let clone = watched.clone();
    drop(watched);
    drop(clone);
    scene.truth().level = 2;
    assert_eq!(
        changes.next().await.unwrap().version(),
        2,
        "a part keeps it going"
    );
    assert_eq!(*part.get(), 2);
    drop(part);
    assert!(changes.next().await.is_none());
    let calls = scene.source.calls();
    trigger.fire();
    pass(ROUND * 10).await;
    assert_eq!(scene.source.calls(), calls, "nobody asks any more");
    assert!(!is_loud(&logs));
}

#[tokio::test(start_paused = true)]
async fn a_reload_under_way_ends_with_the_last_handle() {
    let scene = Scene::new();
    let watched = scene.watched().await;
    scene.source.hold();
    watched.trigger().fire();
    scene.source.until_waiting(1).await;
    drop(watched);
    while scene.source.waiting() > 0 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_watch_whose_runtime_ends_says_so_and_keeps_the_last_good_configuration() {
    let scene = Scene::new();
    let logs = LogCollector::new();
    let _installed = logs.install();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let watched = runtime.block_on(scene.watched());
    let part = watched.project(|config| config.port);
    let mut changes = watched.subscribe();
    assert!(watched.status().is_running() && !is_loud(&logs));
    drop(runtime);
    assert!(is_loud(&logs));
    assert!(!watched.status().is_running());
    assert_eq!((watched.current().port, *part.get()), (5432, 5432));
    futures_executor::block_on(async {
        assert!(changes.next().await.is_none());
        let error = watched.reload().await.unwrap_err();
        assert_eq!(error.kind(), WatchErrorKind::Stopped);
    });
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_reload_when_the_task_dies_is_told() {
    let scene = Scene::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let thread = std::thread::spawn({
        let (builder, resolver) = (scene.builder(), scene.resolver());
        move || {
            let watched = runtime.block_on(builder.start(&resolver)).unwrap();
            (runtime, watched)
        }
    });
    let (runtime, watched) = thread.join().unwrap();
    let waiting = watched.reload();
    let ending = async { runtime.shutdown_background() };
    let (outcome, ()) = tokio::join!(waiting, ending);
    assert_eq!(outcome.unwrap_err().kind(), WatchErrorKind::Stopped);
}
