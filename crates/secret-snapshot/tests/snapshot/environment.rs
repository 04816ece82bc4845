//! The key from a variable, which a child of the test has in its environment.

use std::env;
use std::process::{Command, Stdio};

use secret_snapshot::{SnapshotErrorKind, SnapshotKey};

const KEY: &str = "KEYFOB_TEST_SNAPSHOT_KEY";

/// Is the child: it fails where the variable is set and holds no key.
#[test]
fn the_child_reads_the_key() {
    if env::var_os(KEY).is_some() {
        SnapshotKey::from_env(KEY).unwrap();
    }
}

fn reads(value: &str) -> bool {
    let mut child = Command::new(env::current_exe().unwrap());
    child
        .args(["--exact", "environment::the_child_reads_the_key"])
        .env(KEY, value)
        .stdout(Stdio::null());
    child.status().unwrap().success()
}

#[test]
fn a_variable_holds_the_key_in_hexadecimal_or_base64() {
    assert!(reads(&"0f".repeat(32)));
    assert!(reads("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    assert!(!reads("hunter2"));
    assert!(!reads(""));
    let error = SnapshotKey::from_env("KEYFOB_TEST_NO_SUCH_VARIABLE").unwrap_err();
    assert_eq!(error.kind(), SnapshotErrorKind::Key);
    assert!(error.to_string().contains("KEYFOB_TEST_NO_SUCH_VARIABLE"));
}
