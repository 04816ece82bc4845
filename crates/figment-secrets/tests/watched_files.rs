//! A watch of files that come and go.
#![cfg(feature = "files")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;

use figment_secrets::{ConfigFiles, WatchBuilder, WatchErrorKind, Watched};
use secret_source::{MemorySource, Resolver};
use serde::Deserialize;

#[derive(Deserialize)]
struct Config {
    // With a default, an empty file would do.
    #[serde(default)]
    port: u16,
}

fn watch(file: &Path) -> WatchBuilder<Config> {
    let files = ConfigFiles::new([file]);
    Watched::builder_async(move || ready(files.figment()))
}

fn resolver() -> Resolver {
    Resolver::builder(MemorySource::new()).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_watched_file_that_vanishes_keeps_the_last_good_version_until_another_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (file, next) = (folder.path().join("app.toml"), folder.path().join("next"));
    fs::write(&file, "port = 80").unwrap();
    let watched = watch(&file).start(&resolver()).await.unwrap();
    let good = watched.current();

    fs::remove_file(&file).unwrap();
    let error = watched.reload().await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Resolve);
    assert!(error.to_string().contains("app.toml"), "{error}");
    assert!(Arc::ptr_eq(&good, &watched.current()));
    assert_eq!((good.port, watched.version()), (80, 1));

    fs::write(&next, "port = 81").unwrap();
    fs::rename(&next, &file).unwrap();
    watched.reload().await.unwrap();
    assert_eq!((watched.current().port, watched.version()), (81, 2));
}

#[tokio::test(start_paused = true)]
async fn a_watch_of_a_file_that_is_not_there_does_not_begin() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.toml");
    let error = watch(&file).start(&resolver()).await.unwrap_err();
    assert!(error.to_string().contains("app.toml"), "{error}");
}
