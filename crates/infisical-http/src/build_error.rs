//! [`BuildError`]: everything that is wrong with the settings of a client, at once.

use std::fmt;

use secret_source::SecretError;

/// Lists everything that keeps a client from being built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    faults: Vec<BuildFault>,
}

/// Says what is wrong with one setting and what to do about it. It holds no value of a secret setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildFault {
    setting: &'static str,
    message: String,
    hint: String,
}

impl BuildError {
    pub(crate) fn new(faults: Vec<BuildFault>) -> Self {
        Self { faults }
    }

    /// Returns the faults in the order of the settings; there is at least one.
    pub fn faults(&self) -> &[BuildFault] {
        &self.faults
    }
}

impl BuildFault {
    pub(crate) fn new(
        setting: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            setting,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Returns the name of the builder's setter that the fault belongs to.
    pub fn setting(&self) -> &'static str {
        self.setting
    }

    /// Returns what is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> &str {
        &self.hint
    }
}

impl fmt::Display for BuildFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.hint)
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the Infisical client cannot be built")?;
        for (index, fault) in self.faults.iter().enumerate() {
            write!(f, "{} {fault}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}

impl From<BuildError> for SecretError {
    fn from(error: BuildError) -> Self {
        let hints: Vec<_> = error.faults.iter().map(BuildFault::hint).collect();
        SecretError::invalid(error.to_string()).with_hint(hints.join("; "))
    }
}
