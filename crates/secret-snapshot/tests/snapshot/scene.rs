//! [`Scene`]: a folder with a key and a snapshot.

use std::path::PathBuf;
use std::time::SystemTime;

use secret_cache::{Snapshot, SnapshotEntry, SnapshotErrorKind, SnapshotStore};
use secret_snapshot::{FileSnapshot, SnapshotKey};
use secret_source::{Origin, Secret, SecretAddress};
use tempfile::TempDir;

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        SnapshotKey::generate_file(scene.key_path()).unwrap();
        scene
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("snapshot")
    }

    pub(crate) fn key_path(&self) -> PathBuf {
        self.folder.path().join("key")
    }

    pub(crate) fn snapshot(&self) -> FileSnapshot {
        let key = SnapshotKey::from_file(self.key_path()).unwrap();
        FileSnapshot::new(self.path(), key)
            .server("infisical.example")
            .project("shop")
    }

    /// Saves one secret.
    pub(crate) async fn save(&self, key: &str, value: &str) -> Result<(), SnapshotErrorKind> {
        let snapshot = snapshot([(address(key), value.to_owned())]);
        self.snapshot()
            .save(&snapshot)
            .await
            .map_err(|error| error.kind())
    }

    /// Loads, and returns how many secrets there are.
    pub(crate) async fn load(&self) -> Result<Option<usize>, SnapshotErrorKind> {
        let loaded = self.snapshot().load().await;
        let count = |snapshot: Option<Snapshot>| snapshot.map(|found| found.entries().len());
        loaded.map(count).map_err(|error| error.kind())
    }

    /// Names all files of the folder but the key.
    pub(crate) fn files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let name = |file: std::io::Result<std::fs::DirEntry>| {
            file.unwrap().file_name().into_string().unwrap()
        };
        files.map(name).filter(|name| name != "key").collect()
    }
}

pub(crate) fn snapshot(secrets: impl IntoIterator<Item = (SecretAddress, String)>) -> Snapshot {
    let now = SystemTime::now();
    let entry = |(address, value): (SecretAddress, String)| {
        SnapshotEntry::new(address, now, Secret::new(value, Origin::new("infisical")))
    };
    Snapshot::new(now, secrets.into_iter().map(entry).collect())
}

pub(crate) fn address(key: &str) -> SecretAddress {
    SecretAddress::new("infisical", "prod", &"/db".parse().unwrap(), key)
}
