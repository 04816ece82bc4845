//! [`ResolveError`]: everything that is wrong with a configuration, at once.

use std::error::Error;
use std::fmt;

use crate::finding::sort_by_place;
use crate::{Diagnostics, Problem, provider_error};

/// Lists everything that kept a configuration from being resolved, or from being extracted.
///
/// `Display` prints its [`Diagnostics`] in plain text. No value is in it.
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

    /// Returns the problems, file by file in the order of their lines; at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns what is suspicious but would have been let through.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Returns problems and warnings together, file by file in the order of their lines.
    pub fn all(&self) -> Vec<Problem> {
        let mut all = [self.problems.as_slice(), &self.warnings].concat();
        sort_by_place(&mut all);
        all
    }

    /// Returns how many references the configuration holds, those that do not parse included.
    pub fn references(&self) -> usize {
        self.references
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Diagnostics::of(&self.problems).fmt(f)
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
            .map(|error| provider_error::problem(&error))
            .collect();
        Self::new(problems, Vec::new(), 0)
    }
}

/// Makes one error of all problems, for functions that return figment's.
impl From<ResolveError> for figment::Error {
    fn from(error: ResolveError) -> Self {
        // Figment adds the name of the provider behind it.
        Self::from(format!("references cannot be resolved\n\n{error}\n"))
    }
}
