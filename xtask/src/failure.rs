//! Why a task failed, in words for the person at the terminal.

use std::fmt;

/// Ends a task. Nothing branches on it, so it holds only the sentence to print.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    /// Says that a task was not given what it needs, which is exit code 2.
    pub(crate) fn of_usage(message: impl Into<String>) -> Self {
        Self {
            code: 2,
            ..Self::new(message)
        }
    }

    /// Returns the exit code that the process ends with.
    pub(crate) fn code(&self) -> u8 {
        self.code
    }

    /// Returns a conversion for `map_err` that says what was being done when `error` came up.
    pub(crate) fn during<E: fmt::Display>(action: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(format!("{action}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
