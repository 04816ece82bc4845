//! [`StackBuilder`]: collects settings, sources and limits.

mod setters;
mod written;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use env_fallback::Environment;
use figment::Figment;
use secret_cache::StalePolicy;
use secret_snapshot::SnapshotKey;
use secret_source::{Driver, Profiles, SecretSource, SourceExt};

use crate::settings::{Candidate, Fault, SettingsError};
use crate::{BlockingStack, Stack, Tenant, compose};

/// Collects settings, sources and limits of a [`Stack`].
///
/// Each setting of `docs/settings.md` has a method. What is set here comes before the
/// [environment](Self::variables), which comes before the [section](Self::section) of a figment,
/// which comes before the default.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use keyfob::{SecretString, Stack};
///
/// let stack = Stack::builder()
///     .address("https://app.infisical.com")
///     .client_id("5f1c7a52-example")
///     .client_secret(SecretString::from("from a file, say"))
///     .project("shop")
///     .environment("prod")
///     .cache_ttl(Duration::from_secs(60))
///     .build()?;
/// # let _ = stack;
/// # Ok::<(), keyfob::SettingsError>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct StackBuilder {
    pub(crate) settings: BTreeMap<&'static str, Candidate>,
    pub(crate) environment: Environment,
    pub(crate) section: Option<Figment>,
    pub(crate) sources: BTreeMap<String, Arc<dyn SecretSource>>,
    pub(crate) tenants: Vec<(String, Tenant)>,
    pub(crate) folders: Option<Vec<String>>,
    pub(crate) profiles: Profiles,
    pub(crate) stale_policy: StalePolicy,
    pub(crate) snapshot_key: Option<SnapshotKey>,
    pub(crate) dotenv_after_refusal: bool,
}

impl StackBuilder {
    /// Uses this environment, for settings and for the secrets that variables hold; none unless set.
    ///
    /// [`Environment::from_process`] is the one of the process. Tests make their own.
    pub fn variables(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Reads settings from a figment, whose keys are their names, beneath the environment.
    ///
    /// Pass the section alone: `figment.focus("keyfob")`.
    pub fn section(mut self, figment: &Figment) -> Self {
        self.section = Some(figment.clone());
        self
    }

    /// Answers the references of `scheme` from `source`.
    ///
    /// The source gets the layers that Infisical has, each its own: a circuit breaker, a cache, and
    /// the environment's overrides. A look-up that outlasts the [deadline](Self::lookup_deadline) counts
    /// as an outage. A variable for one of its secrets begins with the prefix and the scheme, as
    /// `VAULT_SHARED_DB_PASSWORD`, so that no variable answers for two sources; bare names and the
    /// `.env` file stay with Infisical, and are no fallback here. The default environment and the
    /// allow-lists apply; the default project does not.
    ///
    /// For the scheme `infisical` the source takes the place of the HTTP client, as in
    /// [`testing`](crate::testing).
    pub fn source(mut self, scheme: &str, source: impl SecretSource) -> Self {
        self.sources
            .insert(scheme.to_ascii_lowercase(), source.shared());
        self
    }

    /// Answers references that name the project `name`, as `infisical://name@prod/KEY`, as this tenant.
    ///
    /// The tenant gets layers of its own: client, token, circuit breaker and cache, so that nothing that is
    /// known of one tenant can answer for another. The stack's limits, its default environment and its
    /// allow-lists apply. No variable answers for a tenant's secret unless [`env_map`](Self::env_map) names
    /// both, since any name that is made of folder and key would be another secret's as well; and the
    /// `.env` file never does. Where Infisical is turned off (`INFISICAL_ENABLED`), tenants are too.
    ///
    /// A name that is given twice, or that is the stack's own project, is a fault when the stack is built.
    pub fn tenant(mut self, name: &str, tenant: Tenant) -> Self {
        self.tenants.push((name.to_owned(), tenant));
        self
    }

    /// Allows only these folders, as absolute paths, and what is beneath them; any unless set.
    pub fn allowed_folders<'a>(mut self, folders: impl IntoIterator<Item = &'a str>) -> Self {
        self.folders = Some(folders.into_iter().map(str::to_owned).collect());
        self
    }

    /// Sets what a configuration may ask for in each of figment's profiles: the environment of references that name
    /// none (`debug` → `dev`), and limits. All may ask for all unless set.
    ///
    /// The stack's own limits hold in every profile. Look-ups without a figment follow no profile.
    pub fn profiles(mut self, profiles: Profiles) -> Self {
        self.profiles = profiles;
        self
    }

    /// Says how look-ups use a stale value: only if asking again fails, unless set.
    pub fn stale_policy(mut self, policy: StalePolicy) -> Self {
        self.stale_policy = policy;
        self
    }

    /// Gives the key of the [snapshot](Self::snapshot) where it is in no file: in a variable, in the system's
    /// keyring, or in someone's memory as a passphrase.
    pub fn snapshot_key(mut self, key: SnapshotKey) -> Self {
        self.snapshot_key = Some(key);
        self
    }

    /// Lets the `.env` file stand in where Infisical refused the credentials or the permission, too;
    /// not unless set, since a file may be forgotten and a refusal meant.
    pub fn dotenv_after_refusal(mut self, is_allowed: bool) -> Self {
        self.dotenv_after_refusal = is_allowed;
        self
    }

    /// Checks everything and composes the stack. Nothing is sent before the first look-up.
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong or missing.
    pub fn build(self) -> Result<Stack, SettingsError> {
        compose::compose(self).map(Stack::new)
    }

    /// Checks everything and composes a stack for synchronous use, with a thread of its own.
    ///
    /// # Errors
    ///
    /// Fails as [`build`](Self::build) does, and where the operating system gives no thread.
    pub fn build_blocking(self) -> Result<BlockingStack, SettingsError> {
        let stack = self.build()?;
        let driver = Driver::start().map_err(|error| {
            Fault::new(
                "thread",
                format!("the thread of the stack could not be started: {error}"),
            )
        })?;
        Ok(BlockingStack::new(driver, stack))
    }

    fn setting(mut self, name: &'static str, candidate: Option<Candidate>) -> Self {
        match candidate {
            Some(candidate) => self.settings.insert(name, candidate),
            None => self.settings.remove(name),
        };
        self
    }
}

/// Shows which settings are set, and no value.
impl fmt::Debug for StackBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackBuilder")
            .field("settings", &self.settings.keys().collect::<Vec<_>>())
            .field("has_section", &self.section.is_some())
            .field("sources", &self.sources.keys().collect::<Vec<_>>())
            .field("tenants", &self.tenants)
            .field("allowed_folders", &self.folders)
            .field("profiles", &self.profiles)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_of_the_table_has_a_method() {
        let own = ["environments", "env_map"];
        let methods: BTreeSet<_> = setters::NAMES.iter().copied().chain(own).collect();
        let table: BTreeSet<_> = crate::settings::names().collect();
        assert_eq!(methods, table);
    }
}
