//! [`SettingsError`]: everything that is wrong with the settings, at once.

use std::fmt;

use serde::Serialize;

/// Says what is wrong with one setting and what to do about it. It never holds a secret's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    setting: String,
    variable: Option<String>,
    message: String,
    hint: Option<String>,
}

impl Fault {
    pub(crate) fn new(setting: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            setting: setting.into(),
            variable: None,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn at(mut self, variable: impl Into<String>) -> Self {
        self.variable = Some(variable.into());
        self
    }

    pub(crate) fn hint_at(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the name of the setting, as `docs/settings.md` and a figment section write it.
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// Returns where the wrong value stands, or the variable that would set a missing one.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// Returns what is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what the reader can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variable {
            Some(variable) => write!(f, "{} ({variable}): {}", self.setting, self.message)?,
            None => write!(f, "{}: {}", self.setting, self.message)?,
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Lists every fault of the settings, so that one run shows all there is to correct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingsError {
    faults: Vec<Fault>,
}

impl SettingsError {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self { faults }
    }

    /// Returns the faults; there is at least one.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.len() {
            1 => f.write_str("one setting is wrong")?,
            count => write!(f, "{count} settings are wrong")?,
        }
        self.faults
            .iter()
            .try_for_each(|fault| write!(f, "\n{fault}"))
    }
}

impl std::error::Error for SettingsError {}

impl From<Fault> for SettingsError {
    fn from(fault: Fault) -> Self {
        Self::new(vec![fault])
    }
}
