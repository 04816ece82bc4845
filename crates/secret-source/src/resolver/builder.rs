//! [`ResolverBuilder`]: collects defaults, limits and policies.

use std::sync::Arc;
use std::time::Duration;

use secret_ref::{FolderPath, ParseError, Schemes};

use super::{AllowList, DEFAULT_SCHEME, Inside, Profiles, Resolver, ValuePolicy};
use crate::{LogNames, SecretSource};

/// Collects the defaults, limits and policies of a [`Resolver`].
#[derive(Debug)]
#[must_use]
pub struct ResolverBuilder {
    source: Arc<dyn SecretSource>,
    schemes: Vec<String>,
    project: Option<String>,
    environment: Option<String>,
    folder: FolderPath,
    allowed: AllowList,
    profiles: Profiles,
    empty: ValuePolicy,
    unexpanded: ValuePolicy,
    names: LogNames,
    batch_deadline: Option<Duration>,
}

impl ResolverBuilder {
    pub(super) fn new(source: Arc<dyn SecretSource>) -> Self {
        Self {
            source,
            schemes: vec![DEFAULT_SCHEME.to_owned()],
            project: None,
            environment: None,
            folder: FolderPath::root(),
            allowed: AllowList::default(),
            profiles: Profiles::default(),
            empty: ValuePolicy::Warn,
            unexpanded: ValuePolicy::Error,
            names: LogNames::Full,
            batch_deadline: None,
        }
    }

    /// Registers a scheme beside `infisical`.
    pub fn scheme(mut self, scheme: impl Into<String>) -> Self {
        self.schemes.push(scheme.into());
        self
    }

    /// Says which project of `infisical` is the default one, so that a reference which names it has the
    /// same address as one which names none.
    pub fn project(mut self, project: impl Into<String>) -> Self {
        self.project = Some(project.into());
        self
    }

    /// Sets the environment of references that name none; without it, naming none is an error.
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// Sets the folder of bare keys; the default is the root.
    pub fn folder(mut self, folder: FolderPath) -> Self {
        self.folder = folder;
        self
    }

    /// Allows only these environments; the default is any.
    pub fn allow_environments<E: Into<String>>(
        mut self,
        environments: impl IntoIterator<Item = E>,
    ) -> Self {
        self.allowed.environments = Some(environments.into_iter().map(Into::into).collect());
        self
    }

    /// Allows only these folders and what is beneath them; the default is any.
    pub fn allow_folders(mut self, folders: impl IntoIterator<Item = FolderPath>) -> Self {
        self.allowed.folders = Some(folders.into_iter().collect());
        self
    }

    /// Sets what references may ask for in each profile of the configuration; see [`Resolver::in_profile`].
    pub fn profiles(mut self, profiles: Profiles) -> Self {
        self.profiles = profiles;
        self
    }

    /// Sets what to do about an empty value; the default is to warn.
    pub fn empty_values(mut self, policy: ValuePolicy) -> Self {
        self.empty = policy;
        self
    }

    /// Sets what to do about a value that its server did not expand; the default is to fail.
    ///
    /// A reference with `unresolved=allow` is exempt.
    pub fn unexpanded_values(mut self, policy: ValuePolicy) -> Self {
        self.unexpanded = policy;
        self
    }

    /// Sets how much of the secrets' names the log shows; the default is all of it.
    pub fn log_names(mut self, names: LogNames) -> Self {
        self.names = names;
        self
    }

    /// Bounds a whole batch, on top of what the source bounds; the default is no bound.
    ///
    /// With a bound, [`Resolver::answer_many`] needs a tokio runtime with time.
    pub fn batch_deadline(mut self, deadline: Duration) -> Self {
        self.batch_deadline = Some(deadline);
        self
    }

    /// Finishes the resolver.
    ///
    /// # Errors
    ///
    /// Fails where a scheme is not one by RFC 3986.
    pub fn build(self) -> Result<Resolver, ParseError> {
        let inside = Inside {
            source: self.source,
            schemes: Schemes::new(self.schemes.iter().map(String::as_str))?,
            project: self.project,
            environment: self.environment,
            folder: self.folder,
            allowed: self.allowed,
            profiles: self.profiles,
            empty: self.empty,
            unexpanded: self.unexpanded,
            names: self.names,
            batch_deadline: self.batch_deadline,
        };
        Ok(Resolver {
            inside: Arc::new(inside),
            correlation: None,
            following: None,
        })
    }
}
