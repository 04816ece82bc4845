//! The key from a keyring, in the one process that has a keyring of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use keyring_core::{Entry, mock, set_default_store};
use secret_snapshot::{SnapshotErrorKind, SnapshotKey};

/// One test, since the choice of a keyring is the process's.
#[test]
fn the_key_is_read_from_the_keyring_that_was_chosen() {
    let read = || SnapshotKey::from_keyring("shop", "snapshot");
    let refusal = || {
        let error = read().unwrap_err();
        assert_eq!(error.kind(), SnapshotErrorKind::Key);
        assert!(error.hint().is_some());
        format!("{error} {error:?}")
    };
    assert!(refusal().contains("no keyring was chosen"));
    set_default_store(mock::Store::new().unwrap());
    assert!(refusal().contains("no such key"));
    let entry = Entry::new("shop", "snapshot").unwrap();
    entry.set_secret(&[0xa7; 32]).unwrap();
    assert!(read().is_ok());
    entry.set_password(&"ab".repeat(32)).unwrap();
    assert!(read().is_ok());
    entry.set_secret(b"hunter2\xff").unwrap();
    assert!(!refusal().contains("hunter2"));
}
