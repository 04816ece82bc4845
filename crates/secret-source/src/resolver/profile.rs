//! [`ProfilePolicy`]: what references may ask for in a profile of the configuration.

use secret_ref::FolderPath;

use super::allow_list::AllowList;

/// Says what references in one profile of the configuration mean and may ask for.
///
/// It narrows what the resolver allows in every profile, and never widens it. By default it allows all.
///
/// # Examples
///
/// ```
/// use secret_source::{MemorySource, ProfilePolicy, Profiles, Resolver};
///
/// let profiles = Profiles::new()
///     .with("debug", ProfilePolicy::new().environment("dev").allow_environments(["dev"]))
///     .with("release", ProfilePolicy::new().environment("prod"));
/// let resolver = Resolver::builder(MemorySource::new()).profiles(profiles).build()?;
///
/// assert_eq!(resolver.in_profile("release").address(&"infisical:///KEY".parse()?)?.environment(), "prod");
/// let error = resolver.in_profile("debug").address(&"infisical://prod/KEY".parse()?).unwrap_err();
/// assert_eq!(error.code(), "environment-not-allowed");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ProfilePolicy {
    pub(super) environment: Option<String>,
    pub(super) allowed: AllowList,
    pub(super) environment_values: bool,
}

impl ProfilePolicy {
    /// Begins a policy that allows everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the environment of references that name none, instead of the resolver's.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// Allows only these environments.
    pub fn allow_environments<E: Into<String>>(
        mut self,
        environments: impl IntoIterator<Item = E>,
    ) -> Self {
        self.allowed.environments = Some(environments.into_iter().map(Into::into).collect());
        self
    }

    /// Allows only these folders and what is beneath them.
    pub fn allow_folders(mut self, folders: impl IntoIterator<Item = FolderPath>) -> Self {
        self.allowed.folders = Some(folders.into_iter().collect());
        self
    }

    /// Allows only references with these schemes; case does not matter.
    pub fn allow_schemes<S: Into<String>>(mut self, schemes: impl IntoIterator<Item = S>) -> Self {
        let schemes = schemes.into_iter().map(Into::into);
        self.allowed.schemes = Some(schemes.map(|scheme| scheme.to_ascii_lowercase()).collect());
        self
    }

    /// Refuses values of the process environment and of `.env` files, as overrides and as fallback.
    ///
    /// Where such a value would have answered, there is an error instead, and the source is not asked.
    pub fn deny_environment_values(mut self) -> Self {
        self.environment_values = false;
        self
    }
}

impl Default for ProfilePolicy {
    fn default() -> Self {
        Self {
            environment: None,
            allowed: AllowList::default(),
            environment_values: true,
        }
    }
}
