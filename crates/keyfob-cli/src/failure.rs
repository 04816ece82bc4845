//! [`Failure`]: what ends a command, and with which exit code.

use std::error::Error;
use std::process::ExitCode;

use keyfob::{Problem, ResolveError, Resolved, SecretError};

use crate::output;

/// Ends a command. Here, and only here, the chain of an error is printed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Something could not be resolved, or the outcome could not be written.
    pub(crate) fn unresolved(message: impl Into<String>) -> Self {
        Self {
            code: 1,
            message: message.into(),
        }
    }

    /// Already said all there is to say.
    pub(crate) fn silent() -> Self {
        Self::unresolved("")
    }

    /// Something about the machine, such as a full disk.
    pub(crate) fn broken(what: &str, error: &dyn Error) -> Self {
        Self::unresolved(format!("{what}{}", chain(Some(error))))
    }

    /// The command line, a file or the settings are wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            message: message.into(),
        }
    }

    /// Prints the message and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        if !self.message.is_empty() {
            output::note(&self.message);
        }
        ExitCode::from(self.code)
    }
}

impl From<SecretError> for Failure {
    fn from(error: SecretError) -> Self {
        let hint = error
            .hint()
            .map(|hint| format!("\n  hint: {hint}"))
            .unwrap_or_default();
        Self::unresolved(format!("{error}{}{hint}", chain(error.source())))
    }
}

impl From<keyfob::SettingsError> for Failure {
    fn from(error: keyfob::SettingsError) -> Self {
        Self::usage(format!("{error}{}", chain(error.source())))
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        let problems = [error.problems(), error.warnings()].concat();
        let paragraphs: Vec<_> = problems.iter().map(paragraph).collect();
        Self::unresolved(paragraphs.join("\n\n"))
    }
}

/// Prints a problem, and below it what it came from.
pub(crate) fn paragraph(problem: &Problem) -> String {
    let cause = problem.error.as_ref().and_then(|error| error.source());
    match cause {
        Some(_) => format!("{problem}\n  cause{}", chain(cause)),
        None => problem.to_string(),
    }
}

/// Prints what is suspicious about a configuration that could be resolved.
pub(crate) fn warn(resolved: &Resolved) {
    for problem in resolved.warnings() {
        output::note(&format!("warning: {problem}"));
    }
}

/// Prints an error and all it came from, each after a colon.
fn chain(mut error: Option<&dyn Error>) -> String {
    let mut text = String::new();
    while let Some(cause) = error {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        error = cause.source();
    }
    text
}
