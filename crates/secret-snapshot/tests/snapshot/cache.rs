//! A cache with a snapshot in a file: what is in the file, and what is not in anything else.

use std::fs;

use secret_cache::{CacheConfig, CacheExt, CacheHandle, Cached, Selector, SnapshotStore};
use secret_source::{ExposeSecret, MemorySource, SecretSource};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::scene::{Scene, address};

fn cached(scene: &Scene, source: MemorySource) -> (Cached<MemorySource>, CacheHandle) {
    let cached = source.cached(CacheConfig::new().snapshot(scene.snapshot()));
    let handle = cached.handle();
    (cached, handle)
}

/// Reads a file's bytes as text, in which a canary would be found.
fn text(path: &std::path::Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()
}

#[tokio::test]
async fn neither_files_nor_log_nor_debug_hold_a_value_or_a_name() {
    let scene = Scene::new();
    let (value, name) = (Canary::named("value"), Canary::named("name"));
    let folder = Canary::named("folder");
    let logs = LogCollector::new();
    let _installed = logs.install();
    let in_folder = secret_source::SecretAddress::new(
        "infisical",
        "prod",
        &format!("/{}", folder.value()).parse().unwrap(),
        name.value(),
    );
    let source = MemorySource::new();
    source.set(&in_folder, value.value());
    let (cached, handle) = cached(&scene, source);
    cached.get(&in_folder).await.unwrap();
    handle.save_snapshot().await.unwrap();

    assert_no_leak(&text(&scene.path()), [&value, &name, &folder]);
    let store = scene.snapshot();
    let loaded = store.load().await.unwrap().unwrap();
    assert_eq!(loaded.entries().len(), 1);
    assert_no_leak(&format!("{store:?} {store:#?}"), [&value, &name, &folder]);
    let shown = format!("{handle:?} {loaded:?} {:?}", loaded.entries());
    let shown = format!("{shown} {:?}", handle.snapshot());
    assert_no_leak(&shown, [&value, &name, &folder]);
    assert_no_leak(&format!("{cached:?}"), [&value]);

    // What is refused is named by its kind, and no more.
    let mut changed = fs::read(scene.path()).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(scene.path(), changed).unwrap();
    let error = store.load().await.unwrap_err();
    assert_no_leak(&format!("{error} {error:?}"), [&value, &name, &folder]);

    assert!(!logs.text().is_empty());
    logs.assert_no_leak([&value]);
    let of_the_snapshot: Vec<_> = logs
        .events()
        .into_iter()
        .filter(|event| event.to_string().contains("snapshot"))
        .collect();
    for event in of_the_snapshot {
        assert_no_leak(&event.to_string(), [&name, &folder]);
    }
}

#[tokio::test]
async fn a_sealed_value_in_memory_is_opened_when_it_is_asked_for_only() {
    let scene = Scene::new();
    let source = MemorySource::new();
    source.set(&address("KEY"), "hunter2");
    let secret = source.get(&address("KEY")).await.unwrap();
    let entry = scene.snapshot().seal(&address("KEY"), &secret).unwrap();
    let shown = format!("{entry:?}");
    assert!(
        !shown.contains("KEY") && !shown.contains("hunter2"),
        "{shown}"
    );
    let revealed = entry.reveal().unwrap();
    assert_eq!(revealed.value().expose_secret(), "hunter2");
    assert_eq!(revealed.version(), Some(1));
}

#[tokio::test]
async fn what_is_invalidated_leaves_the_file() {
    let scene = Scene::new();
    let source = MemorySource::new();
    source.set(&address("A"), "a");
    source.set(&address("B"), "b");
    let (cached, handle) = cached(&scene, source);
    cached.get_many(&[address("A"), address("B")]).await;
    handle.save_snapshot().await.unwrap();
    assert_eq!(scene.load().await, Ok(Some(2)));
    handle.invalidate(&Selector::key("A"));
    handle.save_snapshot().await.unwrap();
    assert_eq!(scene.load().await, Ok(Some(1)));
}

#[tokio::test]
async fn a_failing_write_fails_no_look_up() {
    let scene = Scene::new();
    fs::create_dir(scene.path()).unwrap();
    let source = MemorySource::new();
    source.set(&address("KEY"), "hunter2");
    let logs = LogCollector::new();
    let _installed = logs.install();
    let (cached, handle) = cached(&scene, source);
    assert!(cached.get(&address("KEY")).await.is_ok());
    handle.save_snapshot().await.unwrap_err();
    handle.save_snapshot().await.unwrap_err();
    handle.invalidate(&Selector::all());
    assert!(cached.get(&address("KEY")).await.is_ok());
    let is_warning = |text: &str| text.contains("the snapshot is not saved");
    let warnings = logs.events().into_iter();
    assert_eq!(
        warnings.filter(|event| is_warning(event.message())).count(),
        1
    );
    let status = handle.snapshot().unwrap();
    assert_eq!(status.failed_to_save.unwrap().as_str(), "not_a_file");
}
