//! [`Problem`]: one thing that is wrong with a configuration, and what to do about it.

use std::fmt;

use secret_source::SecretError;
use serde::Serialize;

use crate::{Diagnostics, ProblemKind, Severity};

/// Describes one thing that is wrong with a configuration. It holds no value.
///
/// `Display` prints it as [`Diagnostics`] do, in plain text. It serialises to `code`, `severity`, `kind`, `key`,
/// `file`, `line`, `column`, `place`, `reference`, `mark`, `message` and `hint`.
///
/// Line and column are known for files of a format whose feature (`json`, `toml`, `yaml`) is on.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The stable name of the cause, such as `unknown-option`; the book has a page for each.
    pub code: &'static str,
    /// Whether the configuration can be used all the same.
    pub severity: Severity,
    /// What sort of problem it is, for code that branches.
    pub kind: ProblemKind,
    /// The configuration key; `None` where a whole file cannot be read.
    pub key: Option<String>,
    /// The file that holds the key, where figment knows one.
    pub file: Option<String>,
    /// The line in the file, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The column in that line at which the reference begins, counted from 1 in characters, where it is known. Of a text
    /// that is written with escapes it is where the text begins.
    pub column: Option<usize>,
    /// What figment calls the place: the file, or the provider where there is none.
    pub place: Option<String>,
    /// The reference as it was written; as far as it may be shown where it does not parse.
    pub reference: Option<String>,
    /// The offending bytes of the reference: the first, and the one behind the last.
    pub mark: Option<(usize, usize)>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do, in one sentence.
    pub hint: Option<String>,
    /// The failed look-up, with its cause and the time to wait, where there was one.
    #[serde(skip)]
    pub error: Option<SecretError>,
    /// What is shown before the reference in its line.
    #[serde(skip)]
    pub(crate) lead: Option<String>,
}

impl Problem {
    /// Begins a problem that stands in no known place.
    pub(crate) fn without_place(kind: ProblemKind) -> Self {
        Self {
            code: kind.code(),
            severity: Severity::Error,
            kind,
            key: None,
            file: None,
            line: None,
            column: None,
            place: None,
            reference: None,
            mark: None,
            message: String::new(),
            hint: None,
            error: None,
            lead: None,
        }
    }

    /// Tells whether two problems are one to whoever repairs them: their source failed as a whole, in one operation.
    pub(crate) fn has_the_cause_of(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (&self.error, &other.error) else {
            return false;
        };
        let source_failed = matches!(
            self.code,
            "circuit-open" | "rate-limited" | "unauthenticated" | "unavailable"
        );
        source_failed
            && one.correlation_id() == two.correlation_id()
            && (self.code, &self.message) == (other.code, &other.message)
    }
}

/// Prints the problem as compilers do, over several lines.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Diagnostics::of([self]).fmt(f)
    }
}
