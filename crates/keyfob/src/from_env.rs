//! Stacks that take their settings from the environment of the process.

use env_fallback::Environment;

use crate::{BlockingStack, SettingsError, Stack, StackBuilder};

impl Stack {
    /// Builds a stack from the variables of `docs/settings.md`, reading the environment once.
    ///
    /// Where nothing of Infisical is set, the environment alone answers.
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong or missing.
    pub fn from_env() -> Result<Self, SettingsError> {
        with_process_environment().build()
    }
}

impl BlockingStack {
    /// Builds a stack from the variables of `docs/settings.md`; see [`Stack::from_env`].
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong or missing.
    pub fn from_env() -> Result<Self, SettingsError> {
        with_process_environment().build_blocking()
    }
}

pub(crate) fn with_process_environment() -> StackBuilder {
    StackBuilder::default().variables(Environment::from_process())
}
