//! [`Failure`]: what ends a command, and with which exit code.

use std::error::Error;
use std::process::ExitCode;

use keyfob::{Problem, ResolveError, SecretError};

use crate::output;

/// Ends a command. Here, and only here, the chain of an error is printed.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    message: String,
    problems: Vec<Problem>,
}

impl Failure {
    /// Something could not be resolved, or the outcome could not be written.
    pub(crate) fn unresolved(message: impl Into<String>) -> Self {
        Self {
            code: 1,
            message: message.into(),
            problems: Vec::new(),
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
            problems: Vec::new(),
        }
    }

    /// Prints message and problems, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        output::diagnose(&self.problems);
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
        Self {
            problems: error.all(),
            ..Self::silent()
        }
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
