//! [`ResolveError`]: everything that is wrong with a configuration, at once.

use std::error::Error;
use std::fmt;

use crate::Problem;

/// Lists everything that kept a configuration from being resolved.
///
/// `Display` prints every [`Problem`], with key, file, reference, message and hint. No value is in it.
#[derive(Clone)]
pub struct ResolveError {
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
    references: usize,
}

impl ResolveError {
    pub(crate) fn new(problems: Vec<Problem>, warnings: Vec<Problem>, references: usize) -> Self {
        Self {
            problems,
            warnings,
            references,
        }
    }

    /// Returns the problems in the order of their keys; at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns what is suspicious but would have been let through.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Returns how many references the configuration holds, those that do not parse included.
    pub fn references(&self) -> usize {
        self.references
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// Prints what `Display` prints, since this is what `fn main() -> Result<(), _>` shows.
impl fmt::Debug for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ResolveError {}

/// Makes a problem of each provider that failed, without the text that its error quotes.
impl From<figment::Error> for ResolveError {
    fn from(error: figment::Error) -> Self {
        let problems = error
            .into_iter()
            .map(|error| Problem::configuration(&error))
            .collect();
        Self::new(problems, Vec::new(), 0)
    }
}

/// Makes one error of all problems, for functions that return figment's.
impl From<ResolveError> for figment::Error {
    fn from(error: ResolveError) -> Self {
        Self::from(error.to_string())
    }
}
