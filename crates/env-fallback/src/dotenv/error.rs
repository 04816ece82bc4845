//! [`DotenvError`]: what is wrong with a `.env` file, by line and without quoting it.

use std::error::Error;
use std::{fmt, io};

/// Says what is wrong with a `.env` file.
#[derive(Debug)]
pub struct DotenvError {
    kind: DotenvErrorKind,
    file: String,
    line: usize,
    source: Option<io::Error>,
}

/// Says what exactly is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DotenvErrorKind {
    /// The file cannot be read, or is larger than 1 MiB.
    Unreadable,
    /// The file is not UTF-8.
    NotText,
    /// The line is neither empty nor a comment, and has no `=`.
    NoAssignment,
    /// What stands before the `=` is not the name of a variable.
    BadName,
    /// A single quote is not closed before the end of the file.
    OpenSingleQuote,
    /// A double quote is not closed before the end of the file.
    OpenDoubleQuote,
    /// Something other than a comment follows the closing quote.
    TextAfterQuote,
}

impl DotenvError {
    pub(super) fn new(kind: DotenvErrorKind, line: usize) -> Self {
        Self {
            kind,
            file: String::new(),
            line,
            source: None,
        }
    }

    pub(super) fn unreadable(file: &str, source: io::Error) -> Self {
        Self {
            kind: DotenvErrorKind::Unreadable,
            file: file.to_owned(),
            line: 0,
            source: Some(source),
        }
    }

    pub(super) fn in_file(mut self, file: &str) -> Self {
        self.file = file.to_owned();
        self
    }

    /// Returns what is wrong, for code to branch on.
    pub fn kind(&self) -> DotenvErrorKind {
        self.kind
    }

    /// Returns the line, counted from 1; for a quote, the line that opens it. `None` where the file
    /// could not be read.
    pub fn line(&self) -> Option<usize> {
        (self.line > 0).then_some(self.line)
    }

    /// Returns what the reader can do about it.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            DotenvErrorKind::Unreadable => "check the path and the permissions of the file",
            DotenvErrorKind::NotText => "save the file as UTF-8",
            DotenvErrorKind::NoAssignment => "write `NAME=value`, or begin a comment with `#`",
            DotenvErrorKind::BadName => {
                "begin a name with a letter or `_` and go on with letters, digits, `_`, `.`, `-`"
            }
            DotenvErrorKind::OpenSingleQuote | DotenvErrorKind::OpenDoubleQuote => {
                "close the quote, or put the value into quotes of the other kind if it begins with one"
            }
            DotenvErrorKind::TextAfterQuote => "put the whole value into one pair of quotes",
        }
    }
}

impl fmt::Display for DotenvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line() {
            write!(f, "line {line} of ")?;
        }
        let problem = match self.kind {
            DotenvErrorKind::Unreadable => "the file cannot be read",
            DotenvErrorKind::NotText => "the file is not UTF-8",
            DotenvErrorKind::NoAssignment => "there is no `=`",
            DotenvErrorKind::BadName => "this is not the name of a variable",
            DotenvErrorKind::OpenSingleQuote => "a single quote is opened and never closed",
            DotenvErrorKind::OpenDoubleQuote => "a double quote is opened and never closed",
            DotenvErrorKind::TextAfterQuote => "there is more after the closing quote",
        };
        write!(f, "{}: {problem}", self.file)
    }
}

impl Error for DotenvError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_ref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
