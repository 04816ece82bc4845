//! [`FolderError`]: why folders do not make a layer of the configuration.

use std::error::Error;
use std::fmt;

use secret_ref::{ParseError, ParseErrorKind};
use secret_source::{ErrorKind, SecretAddress, SecretError};

use super::SecretFolder;
use crate::{Problem, ProblemKind, ResolveError};

/// Says why a folder could not be loaded. No value is in it.
#[derive(Clone, Debug)]
pub struct FolderError {
    kind: FolderErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Cause>,
}

/// Names the sorts of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FolderErrorKind {
    /// The text is no reference to a folder.
    InvalidReference(ParseErrorKind),
    /// The folder could not be listed.
    Listing(ErrorKind),
    /// Two secrets claim one key, or the name of one makes no key or no reference.
    Keys,
}

#[derive(Clone, Debug)]
enum Cause {
    Parse(ParseError),
    Secret(SecretError),
}

/// Two secrets that cannot both be in the configuration, or one that cannot.
#[derive(Clone, Debug)]
pub(super) enum Clash {
    Same(Vec<String>, SecretAddress, SecretAddress),
    /// The first is the value of the key, and the second is beneath it.
    Table(Vec<String>, SecretAddress, SecretAddress),
    Nameless(SecretAddress),
    /// Its name holds what no reference may.
    Unspeakable(SecretAddress),
}

impl FolderError {
    pub(super) fn reference(error: &ParseError) -> Self {
        Self {
            kind: FolderErrorKind::InvalidReference(error.kind()),
            message: format!("`{}` is no folder", error.input().escape_debug()),
            hint: Some(error.hint().to_owned()),
            source: Some(Cause::Parse(error.clone())),
        }
    }

    pub(super) fn listing(folder: &SecretFolder, error: SecretError) -> Self {
        Self {
            kind: FolderErrorKind::Listing(error.kind()),
            message: format!("the secrets of {folder} cannot be listed"),
            hint: error.hint().map(str::to_owned),
            source: Some(Cause::Secret(error)),
        }
    }

    /// Describes at least one clash.
    pub(super) fn clashes(clashes: Vec<Clash>) -> Self {
        let lines: Vec<_> = clashes.iter().map(ToString::to_string).collect();
        Self {
            kind: FolderErrorKind::Keys,
            message: lines.join("\n"),
            hint: Some(
                "rename a secret, or leave one out with `filter` or `ignore` before `split`"
                    .to_owned(),
            ),
            source: None,
        }
    }

    /// Says that not only one folder of an overlay is missing, but each of them.
    pub(super) fn of_all(self, folders: &[SecretFolder]) -> Self {
        let folders: Vec<_> = folders.iter().map(ToString::to_string).collect();
        Self {
            message: format!("none of the folders exists: {}", folders.join(", ")),
            hint: Some("create one of them, or let them be missing with `optional`".to_owned()),
            ..self
        }
    }

    pub(super) fn is_missing(&self) -> bool {
        matches!(self.kind, FolderErrorKind::Listing(kind) if kind.is_not_found())
    }

    /// Returns what sort of failure it is.
    pub fn kind(&self) -> FolderErrorKind {
        self.kind
    }

    /// Returns the stable name of the cause, under which the book explains it.
    pub fn code(&self) -> &'static str {
        match (&self.kind, &self.source) {
            (FolderErrorKind::InvalidReference(kind), _) => kind.code(),
            (_, Some(Cause::Secret(error))) => error.code(),
            (FolderErrorKind::Listing(kind), _) => kind.code(),
            (FolderErrorKind::Keys, _) => "clashing-keys",
        }
    }

    /// Says what to do, in one sentence, where that is known.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// Says what failed, with one line for each clash of keys. The cause is the `source()`.
impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for FolderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self.source.as_ref()? {
            Cause::Parse(error) => Some(error),
            Cause::Secret(error) => Some(error),
        }
    }
}

/// Makes one error of all, for functions that return figment's, which has no place for a cause.
impl From<FolderError> for figment::Error {
    fn from(error: FolderError) -> Self {
        let mut text = error.to_string();
        if let Some(cause) = error.source() {
            text = format!("{text}: {cause}");
        }
        if let Some(hint) = error.hint() {
            text = format!("{text}\n  hint: {hint}");
        }
        Self::from(text)
    }
}

/// Makes a problem of each clash or failure, so that folders and references are reported alike.
impl From<FolderError> for ResolveError {
    fn from(error: FolderError) -> Self {
        let kind = match error.kind {
            FolderErrorKind::InvalidReference(kind) => ProblemKind::InvalidReference(kind),
            FolderErrorKind::Listing(kind) => ProblemKind::Lookup(kind),
            FolderErrorKind::Keys => ProblemKind::Configuration,
        };
        let problem = |message: &str| Problem {
            code: error.code(),
            message: message.to_owned(),
            hint: error.hint.clone(),
            ..Problem::without_place(kind)
        };
        let problems = match &error.source {
            None => error.message.lines().map(problem).collect(),
            Some(Cause::Parse(_)) => vec![problem(&error.message)],
            Some(Cause::Secret(cause)) => vec![Problem {
                error: Some(cause.clone()),
                ..problem(&format!("{}: {}", error.message, cause.message()))
            }],
        };
        Self::new(problems, Vec::new(), 0)
    }
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same(key, first, second) => {
                let key = key.join(".");
                write!(f, "both {first} and {second} would be the key `{key}`")
            }
            Self::Table(key, value, inner) => {
                let key = key.join(".");
                write!(
                    f,
                    "the key `{key}` would be the value of {value}, and hold that of {inner}"
                )
            }
            Self::Nameless(address) => {
                write!(f, "{address} would be a key with an empty part")
            }
            Self::Unspeakable(address) => {
                let name = address.key().escape_debug();
                let folder = address.folder_address();
                write!(f, "no reference can name the secret `{name}` in {folder}")
            }
        }
    }
}
