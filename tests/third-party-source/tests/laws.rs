//! A source is finished when it keeps the laws.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use secret_source::{ErrorKind, Missing, SecretAddress, SecretSource};
use secret_testkit::{Fixture, laws};
use tempfile::TempDir;
use third_party_source::{MountError, MountedSecrets};

/// Fills a folder with what the fixture says.
fn mounted(fixture: &Fixture) -> (TempDir, MountedSecrets) {
    let root = tempfile::tempdir().unwrap();
    for (address, value) in fixture.values() {
        let folder = root
            .path()
            .join(address.environment())
            .join(&address.folder()[1..]);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(address.key()), format!("{value}\n")).unwrap();
    }
    let source = MountedSecrets::new(root.path());
    (root, source)
}

#[tokio::test]
async fn mounted_secrets_keep_every_law() {
    let fixture = Fixture::example("mount", "prod");
    let (_root, source) = mounted(&fixture);
    laws::all(&source, &fixture).await;
}

#[tokio::test]
async fn failures_have_the_kind_that_decorators_act_on_and_keep_their_cause() {
    let (root, source) = mounted(&Fixture::example("mount", "prod"));
    fs::write(root.path().join("prod/BINARY"), [0xff]).unwrap();
    fs::create_dir(root.path().join("prod/FOLDER")).unwrap();
    let outside = tempfile::NamedTempFile::new_in(root.path()).unwrap();
    let above = format!(
        "../{}",
        outside.path().file_name().unwrap().to_str().unwrap()
    );
    for (folder, key, kind) in [
        ("/shared/db", "NOPE", ErrorKind::NotFound(Missing::Secret)),
        (
            "/no/such/folder",
            "NOPE",
            ErrorKind::NotFound(Missing::Folder),
        ),
        ("/", "FOLDER", ErrorKind::Unavailable),
        ("/", "BINARY", ErrorKind::Protocol),
        ("/", above.as_str(), ErrorKind::Invalid),
        ("/", "..", ErrorKind::Invalid),
    ] {
        let address = SecretAddress::new("mount", "prod", &folder.parse().unwrap(), key);
        let error = source.get(&address).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{address}");
        let cause = std::error::Error::source(&error).unwrap();
        assert!(cause.downcast_ref::<MountError>().is_some(), "{address}");
    }
}
