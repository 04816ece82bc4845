//! [`SnapshotError`]: why a snapshot is not used, or was not written.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// Explains why a snapshot is not used, or was not written; it never holds a value or a secret's name.
#[derive(Clone, Debug)]
pub struct SnapshotError {
    kind: SnapshotErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

/// Says why a snapshot is not used, or was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SnapshotErrorKind {
    /// The snapshot is older than it may be.
    TooOld,
    /// The snapshot says that it was written in the future, so its age means nothing.
    FromTheFuture,
    /// The snapshot was sealed with another key, or something changed it.
    NotAuthentic,
    /// The snapshot ends too early.
    Truncated,
    /// The snapshot is of another server or project.
    Foreign,
    /// The snapshot was written by a newer version.
    NewerVersion,
    /// Others than the owner may read or write the snapshot, or the file of its key.
    LoosePermissions,
    /// What is there is no snapshot.
    NotASnapshot,
    /// What is there is no plain file: a symbolic link, a folder, a pipe.
    NotAFile,
    /// The snapshot is larger than any could be.
    TooLarge,
    /// There is no key, or it cannot be used.
    Key,
    /// The snapshot cannot be read.
    Unreadable,
    /// The snapshot cannot be written.
    Unwritable,
}

impl SnapshotError {
    /// Describes a failure in one sentence, in lower case and without a full stop.
    pub fn new(kind: SnapshotErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// Says what the reader can do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Keeps the underlying error, which must not print a value either.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(source.into()));
        self
    }

    /// Returns what failed, for code to branch on.
    pub fn kind(&self) -> SnapshotErrorKind {
        self.kind
    }

    /// Returns what the reader can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for SnapshotError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

impl SnapshotErrorKind {
    /// Returns the name that logs and reports use, such as `too_old`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooOld => "too_old",
            Self::FromTheFuture => "from_the_future",
            Self::NotAuthentic => "not_authentic",
            Self::Truncated => "truncated",
            Self::Foreign => "foreign",
            Self::NewerVersion => "newer_version",
            Self::LoosePermissions => "loose_permissions",
            Self::NotASnapshot => "not_a_snapshot",
            Self::NotAFile => "not_a_file",
            Self::TooLarge => "too_large",
            Self::Key => "key",
            Self::Unreadable => "unreadable",
            Self::Unwritable => "unwritable",
        }
    }
}

/// Serialises to its name, such as `too_old`.
impl Serialize for SnapshotErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
