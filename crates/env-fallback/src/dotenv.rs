//! [`Dotenv`]: a `.env` file, values as they are written.

mod error;
mod parser;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use secret_source::{ExposeSecret, Origin, Secret, SecretString};

use crate::bounded_file;
use crate::variables::{Variable, Variables};

pub use error::{DotenvError, DotenvErrorKind};
use parser::Assignment;

/// Holds the variables of a `.env` file, parsed once.
///
/// | written | means |
/// |---|---|
/// | `NAME=value`, `export NAME=value` | `value`, without the spaces around it |
/// | `NAME=a#b` and `NAME=a # b` | `a#b`, and `a`: a comment begins after a space |
/// | `NAME='value'` | what stands between the quotes, over several lines too |
/// | `NAME="value"` | the same, with `\n`, `\r`, `\t`, `\"`, `\\`, `\$`, `` \` `` as in other tools, and a `\` at the end of a line joining it with the next |
/// | `# …` and empty lines | nothing |
///
/// `$` is never expanded, in no quotes at all either: a bcrypt hash stays what it is. A byte order mark
/// and Windows line ends are accepted; inside quotes these become `\n`. Of equal names the last one
/// counts, and a warning names both lines. Names are letters, digits, `_`, `.` and `-`.
///
/// # Examples
///
/// ```
/// use env_fallback::Dotenv;
/// use secret_source::ExposeSecret;
///
/// let dotenv = Dotenv::parse(".env", "export TOKEN=\"a b\" # for tests\nHASH='$2b$12$x'\n")?;
/// assert_eq!(dotenv.value("TOKEN").unwrap().expose_secret(), "a b");
/// assert_eq!(dotenv.value("HASH").unwrap().expose_secret(), "$2b$12$x");
///
/// let error = Dotenv::parse(".env", "A=1\nB='never closed\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 2 of .env: a single quote is opened and never closed");
/// # Ok::<(), env_fallback::DotenvError>(())
/// ```
#[derive(Clone)]
pub struct Dotenv {
    file: String,
    variables: Arc<Variables>,
}

impl Dotenv {
    /// Reads and parses a file of at most 1 MiB.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, is too large, is not UTF-8, or does not parse. The error
    /// names the line, and never what is written there.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, DotenvError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let bytes =
            bounded_file::read(path).map_err(|error| DotenvError::unreadable(&name, error))?;
        let bytes = bytes.expose_secret();
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(name, text),
            Err(error) => {
                let before = &bytes[..error.valid_up_to()];
                let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
                Err(DotenvError::new(DotenvErrorKind::NotText, line).in_file(&name))
            }
        }
    }

    /// Parses a text; `file` is what origins and errors call it.
    ///
    /// # Errors
    ///
    /// Fails where a line is neither an assignment nor a comment, or a quote is not closed.
    pub fn parse(file: impl Into<String>, text: &str) -> Result<Self, DotenvError> {
        let file = file.into();
        let assignments = parser::parse(text).map_err(|error| error.in_file(&file))?;
        warn_of_duplicates(&file, &assignments);
        let variables = assignments
            .into_iter()
            .map(|Assignment { line, name, value }| {
                let origin = Origin::new("dotenv")
                    .with("file", &file)
                    .with("line", line.to_string());
                let secret = Some(Secret::new(value, origin.with("variable", &name)));
                Variable { name, secret }
            });
        let variables = Arc::new(Variables::new(variables));
        Ok(Self { file, variables })
    }

    /// Returns what the file is called.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the value of a variable, by its exact name.
    pub fn value(&self, name: &str) -> Option<&SecretString> {
        let (_, variable) = self.variables.named(name)?;
        variable.secret.as_ref().map(Secret::value)
    }

    /// Returns the names of the variables in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    pub(crate) fn variables(&self) -> &Arc<Variables> {
        &self.variables
    }
}

impl fmt::Debug for Dotenv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dotenv")
            .field("file", &self.file)
            .field("variables", &self.variables.len())
            .finish()
    }
}

/// Warns by line and without the name, since how much of names the log shows is not known here.
fn warn_of_duplicates(file: &str, assignments: &[Assignment]) {
    let mut by_name: Vec<_> = assignments.iter().collect();
    // The sort is stable, so equal names keep the order of their lines.
    by_name.sort_by_key(|assignment| &assignment.name);
    for pair in by_name.windows(2) {
        if let [former, latter] = pair
            && former.name == latter.name
        {
            tracing::warn!(
                file,
                line = latter.line,
                former = former.line,
                "a variable is set twice; the last line counts"
            );
        }
    }
}
