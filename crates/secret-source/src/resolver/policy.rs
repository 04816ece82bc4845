//! [`ValuePolicy`]: what to do about a value that is suspicious but not impossible.

use crate::{LogNames, SecretAddress, SecretError};

/// Says what to do about a value that is probably not meant to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValuePolicy {
    /// Use it and say nothing.
    Allow,
    /// Use it and log a warning.
    Warn,
    /// Fail.
    Error,
}

impl ValuePolicy {
    pub(super) fn enforce(
        self,
        problem: impl FnOnce() -> SecretError,
        names: LogNames,
    ) -> Result<(), SecretError> {
        match self {
            Self::Allow => Ok(()),
            Self::Error => Err(problem()),
            Self::Warn => {
                let problem = problem();
                let secret = problem
                    .address()
                    .map(|address| names.address(address).to_string());
                tracing::warn!(secret, "{}", problem.message());
                Ok(())
            }
        }
    }
}

pub(super) fn empty(address: &SecretAddress) -> SecretError {
    SecretError::invalid("the value is empty")
        .with_code("empty-value")
        .with_address(address)
        .with_hint("store a value, or allow empty values (KEYFOB_EMPTY=allow)")
}

pub(super) fn unexpanded(address: &SecretAddress) -> SecretError {
    SecretError::protocol("the value still holds a reference `${…}` that its server did not expand")
        .with_code("unexpanded-value")
        .with_address(address)
        .with_hint(
            "correct the reference inside the stored value; \
             where it is meant literally, write `unresolved=allow`",
        )
}
