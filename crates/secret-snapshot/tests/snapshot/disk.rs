//! Who may use the file, and what it may take the place of.

use std::fs;

use secret_cache::{SnapshotErrorKind as Kind, SnapshotStore};
use secret_snapshot::{FileSnapshot, SnapshotKey};

use crate::scene::{Scene, address, snapshot};

#[tokio::test]
async fn what_was_saved_is_loaded_and_where_nothing_was_there_is_nothing() {
    let scene = Scene::new();
    assert_eq!(scene.load().await, Ok(None));
    scene.save("KEY", "hunter2").await.unwrap();
    assert_eq!(scene.load().await, Ok(Some(1)));
    assert_eq!(scene.files(), ["snapshot"], "no temporary file stays");
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &std::path::Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &std::path::Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[tokio::test]
    async fn file_and_key_are_for_their_owner_alone() {
        let scene = Scene::new();
        scene.save("KEY", "hunter2").await.unwrap();
        assert_eq!(mode(&scene.path()), 0o600);
        assert_eq!(mode(&scene.key_path()), 0o600);
        set_mode(&scene.path(), 0o666);
        scene.save("KEY", "hunter2").await.unwrap();
        assert_eq!(mode(&scene.path()), 0o600, "a loose one is replaced");
    }

    #[tokio::test]
    async fn a_file_that_others_may_use_is_refused() {
        let scene = Scene::new();
        scene.save("KEY", "hunter2").await.unwrap();
        for loose in [0o640, 0o620, 0o604, 0o602, 0o610, 0o601] {
            set_mode(&scene.path(), loose);
            assert_eq!(scene.load().await, Err(Kind::LoosePermissions), "{loose:o}");
        }
        set_mode(&scene.path(), 0o400);
        assert_eq!(scene.load().await, Ok(Some(1)));
    }

    #[test]
    fn a_key_that_others_may_use_is_refused() {
        let scene = Scene::new();
        for loose in [0o640, 0o604, 0o644, 0o620] {
            set_mode(&scene.key_path(), loose);
            let error = SnapshotKey::from_file(scene.key_path()).unwrap_err();
            assert_eq!(error.kind(), Kind::LoosePermissions, "{loose:o}");
            assert!(error.hint().unwrap().contains("chmod 600"));
        }
    }

    #[tokio::test]
    async fn a_link_is_neither_followed_nor_replaced() {
        let scene = Scene::new();
        scene.save("KEY", "hunter2").await.unwrap();
        let elsewhere = scene.folder.path().join("elsewhere");
        fs::rename(scene.path(), &elsewhere).unwrap();
        symlink(&elsewhere, scene.path()).unwrap();
        assert_eq!(scene.load().await, Err(Kind::NotAFile));
        assert_eq!(scene.save("KEY", "new").await, Err(Kind::NotAFile));
        assert!(fs::symlink_metadata(scene.path()).unwrap().is_symlink());
    }

    #[tokio::test]
    async fn the_key_may_be_behind_a_link_as_mounted_secrets_are() {
        let scene = Scene::new();
        let link = scene.folder.path().join("link");
        symlink(scene.key_path(), &link).unwrap();
        assert!(SnapshotKey::from_file(link).is_ok());
    }
}

#[tokio::test]
async fn what_is_something_else_is_never_replaced() {
    let scene = Scene::new();
    fs::write(scene.path(), "[section]\nkey = 1\n").unwrap();
    assert_eq!(scene.save("KEY", "x").await, Err(Kind::NotASnapshot));
    assert_eq!(
        fs::read_to_string(scene.path()).unwrap(),
        "[section]\nkey = 1\n"
    );
    fs::remove_file(scene.path()).unwrap();
    fs::create_dir(scene.path()).unwrap();
    assert_eq!(scene.save("KEY", "x").await, Err(Kind::NotAFile));
    assert_eq!(scene.load().await, Err(Kind::NotAFile));
}

#[tokio::test]
async fn the_snapshot_of_another_project_or_a_newer_version_is_never_replaced() {
    let scene = Scene::new();
    scene.save("KEY", "x").await.unwrap();
    let before = fs::read(scene.path()).unwrap();
    let other = scene.snapshot().project("other");
    let error = other.save(&snapshot([])).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Foreign);
    assert_eq!(fs::read(scene.path()).unwrap(), before);
    let mut newer = before;
    newer[8] = 9;
    fs::write(scene.path(), &newer).unwrap();
    assert_eq!(scene.save("KEY", "x").await, Err(Kind::NewerVersion));
    assert_eq!(fs::read(scene.path()).unwrap(), newer);
}

#[tokio::test]
async fn a_snapshot_that_is_torn_or_of_another_key_is_replaced() {
    let scene = Scene::new();
    scene.save("KEY", "x").await.unwrap();
    let whole = fs::read(scene.path()).unwrap();
    fs::write(scene.path(), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(scene.load().await, Err(Kind::Truncated));
    scene.save("KEY", "x").await.unwrap();
    assert_eq!(scene.load().await, Ok(Some(1)));

    fs::remove_file(scene.key_path()).unwrap();
    SnapshotKey::generate_file(scene.key_path()).unwrap();
    assert_eq!(scene.load().await, Err(Kind::NotAuthentic));
    scene.save("KEY", "x").await.unwrap();
    assert_eq!(scene.load().await, Ok(Some(1)));
}

#[tokio::test]
async fn what_cannot_be_written_is_said_and_leaves_nothing_behind() {
    let scene = Scene::new();
    let key = SnapshotKey::from_file(scene.key_path()).unwrap();
    let nowhere = FileSnapshot::new(scene.folder.path().join("no/such/folder"), key);
    let error = nowhere.save(&snapshot([])).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unwritable);
    assert!(scene.files().is_empty());
}

#[tokio::test]
async fn what_a_killed_process_left_long_ago_is_removed() {
    let scene = Scene::new();
    let put = |name: &str, hours: u64| {
        let file = fs::File::create(scene.folder.path().join(name)).unwrap();
        let age = std::time::Duration::from_secs(hours * 3600 + 60);
        let time = std::time::SystemTime::now() - age;
        file.set_modified(time).unwrap();
    };
    put(".snapshot.left.tmp", 1);
    put(".snapshot.under-way.tmp", 0);
    put(".other.left.tmp", 1);
    put(".snapshot.left", 1);
    scene.save("KEY", "hunter2").await.unwrap();
    let mut files = scene.files();
    files.sort();
    let expected = [
        ".other.left.tmp",
        ".snapshot.left",
        ".snapshot.under-way.tmp",
        "snapshot",
    ];
    assert_eq!(files, expected);
}

#[test]
fn a_key_is_generated_once_and_never_over_another_file() {
    let scene = Scene::new();
    let before = fs::read(scene.key_path()).unwrap();
    assert_eq!(before.len(), 32);
    let error = SnapshotKey::generate_file(scene.key_path()).unwrap_err();
    assert_eq!(error.kind(), Kind::Key);
    assert_eq!(fs::read(scene.key_path()).unwrap(), before);
}

#[tokio::test]
async fn each_write_is_encrypted_anew() {
    let scene = Scene::new();
    scene.save("KEY", "hunter2").await.unwrap();
    let first = fs::read(scene.path()).unwrap();
    scene.save("KEY", "hunter2").await.unwrap();
    let second = fs::read(scene.path()).unwrap();
    let same = first.iter().zip(&second).filter(|(a, b)| a == b).count();
    assert!(first != second && same < first.len() / 2);
}

#[test]
fn without_a_runtime_the_file_is_read_and_written_where_the_caller_is() {
    let scene = Scene::new();
    let store = scene.snapshot();
    let whole = snapshot([(address("KEY"), "hunter2".to_owned())]);
    let mut save = std::pin::pin!(store.save(&whole));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(save.as_mut().poll(&mut context).is_ready());
    assert_eq!(scene.files(), ["snapshot"]);
}
