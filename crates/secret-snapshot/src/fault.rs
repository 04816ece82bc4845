//! The refusals, each in one sentence and with a hint.

use std::io;
use std::path::Path;

use secret_cache::{SnapshotError, SnapshotErrorKind as Kind};

pub(crate) fn truncated() -> SnapshotError {
    SnapshotError::new(Kind::Truncated, "the snapshot ends too early")
        .with_hint("it is replaced as soon as the server answers")
}

pub(crate) fn not_authentic() -> SnapshotError {
    let message = "the snapshot was sealed with another key, or something changed it";
    SnapshotError::new(Kind::NotAuthentic, message).with_hint(
        "if the key was not replaced, find out who may write the file; it is replaced as soon as the server answers",
    )
}

pub(crate) fn foreign() -> SnapshotError {
    let message = "the snapshot is of another server or project";
    SnapshotError::new(Kind::Foreign, message)
        .with_hint("give each application a snapshot of its own, or remove the file")
}

pub(crate) fn not_a_snapshot() -> SnapshotError {
    SnapshotError::new(Kind::NotASnapshot, "the file is no snapshot")
        .with_hint("check the path: a file that is something else is never replaced")
}

pub(crate) fn newer_version() -> SnapshotError {
    let message = "the snapshot was written by a newer version";
    SnapshotError::new(Kind::NewerVersion, message)
        .with_hint("go back to that version, or remove the file")
}

pub(crate) fn too_old() -> SnapshotError {
    SnapshotError::new(Kind::TooOld, "the snapshot is older than it may be").with_hint(
        "allow a greater age (KEYFOB_SNAPSHOT_MAX_AGE) if old values are better than none",
    )
}

pub(crate) fn from_the_future() -> SnapshotError {
    let message = "the snapshot says that it was written in the future";
    SnapshotError::new(Kind::FromTheFuture, message)
        .with_hint("check the clock of this machine, and of the one that wrote the file")
}

pub(crate) fn too_large() -> SnapshotError {
    SnapshotError::new(Kind::TooLarge, "the snapshot is over 64 MiB")
        .with_hint("keep fewer secrets, or check the path")
}

pub(crate) fn not_a_file(what: &str) -> SnapshotError {
    let message = format!("the {what} is not a plain file");
    SnapshotError::new(Kind::NotAFile, message)
        .with_hint("name the file itself: a symbolic link to a snapshot is not followed")
}

pub(crate) fn loose_permissions(what: &str, path: &Path) -> SnapshotError {
    let message = format!("others than its owner may use the {what}");
    SnapshotError::new(Kind::LoosePermissions, message)
        .with_hint(format!("run `chmod 600 {}`", path.display()))
}

pub(crate) fn unreadable(what: &str, error: &io::Error) -> SnapshotError {
    let message = format!("the {what} cannot be read");
    SnapshotError::new(Kind::Unreadable, message)
        .with_hint(format!("check the path and its permissions: {error}"))
}

pub(crate) fn unwritable(error: &io::Error) -> SnapshotError {
    SnapshotError::new(Kind::Unwritable, "the snapshot cannot be written").with_hint(format!(
        "check that its folder exists and may be written to: {error}"
    ))
}

pub(crate) fn key(message: impl Into<String>) -> SnapshotError {
    SnapshotError::new(Kind::Key, message).with_hint(
        "give 32 random bytes, as `openssl rand -out snapshot.key 32` makes them, or the same in hexadecimal or base64",
    )
}

/// Says that a part of the cryptography failed which depends on nothing that a file holds.
pub(crate) fn unsealable(what: &'static str) -> SnapshotError {
    SnapshotError::new(Kind::Key, format!("{what} failed"))
        .with_hint("this is a fault of the machine or of this program")
}
