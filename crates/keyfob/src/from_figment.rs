//! Stacks that take their settings from a section of the application's own configuration.

use figment::Figment;

use crate::from_env::with_process_environment;
use crate::{BlockingStack, SettingsError, Stack};

impl Stack {
    /// Builds a stack from a figment whose keys are the names of settings, beneath the environment.
    ///
    /// Pass the section alone, as `figment.focus("keyfob")`. A variable of the process comes before
    /// the same setting in the section.
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong or missing, keys that are no setting included.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use figment::Figment;
    /// use figment::providers::{Format, Toml};
    /// use keyfob::Stack;
    ///
    /// let figment = Figment::new().merge(Toml::file("app.toml"));
    /// let stack = Stack::from_figment(&figment.focus("keyfob"))?;
    /// # let _ = stack;
    /// # Ok::<(), keyfob::SettingsError>(())
    /// ```
    pub fn from_figment(section: &Figment) -> Result<Self, SettingsError> {
        with_process_environment().section(section).build()
    }
}

impl BlockingStack {
    /// Builds a stack from a figment's section; see [`Stack::from_figment`].
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong or missing.
    pub fn from_figment(section: &Figment) -> Result<Self, SettingsError> {
        with_process_environment().section(section).build_blocking()
    }
}
