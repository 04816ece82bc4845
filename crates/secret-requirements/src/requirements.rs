//! [`Requirements`]: the list of what a service needs.

use env_fallback::Environment;
use figment_secrets::{ConfigReference, ListReferences, ResolveError};
use secret_source::{BlockingResolver, Resolver, SecretError};
use serde::Serialize;

use crate::contract::Contract;
use crate::requirement::{Candidate, Requirement, VariableTurn, WantedBy};
use crate::{ContractError, Prefetched, Required, prefetch};

/// Lists what a service needs, each secret once, in the order in which it was first met.
///
/// Making the list asks for nothing. It serialises to the list of its [`Requirement`]s.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Requirements {
    list: Vec<Requirement>,
}

impl Requirements {
    /// Begins with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists what a configuration refers to, as its selected profile sees it.
    ///
    /// A secret that is `optional`, or has a default, wherever it is referred to is not required. The variable
    /// of a secret stands for the whole of it: a JSON pointer or an encoding is for the configuration only.
    ///
    /// # Errors
    ///
    /// Reports every reference that does not parse, has no address, or is not allowed.
    ///
    /// # Examples
    ///
    /// ```
    /// use figment::{Figment, providers::{Format, Toml}};
    /// use secret_requirements::Requirements;
    /// use secret_source::{MemorySource, Resolver};
    ///
    /// let resolver = Resolver::builder(MemorySource::new()).environment("prod").build()?;
    /// let figment = Figment::from(Toml::string("dsn = 'postgres://app:${infisical:///db/PASSWORD}@db'"));
    /// let requirements = Requirements::of_config(&figment, &resolver)?;
    ///
    /// let password = requirements.iter().next().unwrap();
    /// assert_eq!(password.variable(), "PASSWORD");
    /// assert!(password.required());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_config(
        config: &impl ListReferences,
        resolver: &impl AsRef<Resolver>,
    ) -> Result<Self, ResolveError> {
        let references = config.references(resolver)?;
        Ok(references.iter().map(of_reference).collect())
    }

    /// Lists what a contract of `service` declares.
    ///
    /// # Errors
    ///
    /// Reports each dependency whose secrets have no address: where no environment is set or named, where a
    /// name is no folder's, and where the resolver's limits forbid it.
    pub fn of_contract(
        service: &str,
        contract: &Contract,
        resolver: &impl AsRef<Resolver>,
    ) -> Result<Self, ContractError> {
        let list = contract.requirements(service, resolver.as_ref())?;
        Ok(list.into_iter().collect())
    }

    /// Adds what another list needs; what both need is there once, and required if either requires it.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.extend(other.list);
        self
    }

    /// Goes through the requirements in order.
    pub fn iter(&self) -> impl Iterator<Item = &Requirement> {
        self.list.iter()
    }

    /// Fetches everything, in one batch for each place that a secret may be in, and with it fills the cache of
    /// the stack beneath `resolver`.
    ///
    /// `environment` is what contracts look into first; the crate's documentation has the order. With
    /// [`Required::Yes`] what is missing and required is among the errors, otherwise it is only listed.
    pub async fn prefetch(
        &self,
        resolver: &impl AsRef<Resolver>,
        environment: &Environment,
        required: Required,
    ) -> Prefetched {
        let resolver = resolver.as_ref().clone();
        prefetch::run(self.list.clone(), resolver, environment.clone(), required).await
    }

    /// Fetches everything on the driver of `resolver`, and blocks the calling thread meanwhile; see
    /// [`prefetch`](Self::prefetch).
    ///
    /// # Errors
    ///
    /// Fails on the driver's own thread.
    pub fn prefetch_blocking(
        &self,
        resolver: &impl AsRef<BlockingResolver>,
        environment: &Environment,
        required: Required,
    ) -> Result<Prefetched, SecretError> {
        let blocking = resolver.as_ref();
        let resolver = blocking.resolver().clone();
        let running = prefetch::run(self.list.clone(), resolver, environment.clone(), required);
        blocking.block_on(running)
    }
}

impl Extend<Requirement> for Requirements {
    fn extend<T: IntoIterator<Item = Requirement>>(&mut self, requirements: T) {
        for requirement in requirements {
            match self
                .list
                .iter_mut()
                .find(|known| known.is_alike(&requirement))
            {
                Some(known) => known.merge(requirement),
                None => self.list.push(requirement),
            }
        }
    }
}

impl FromIterator<Requirement> for Requirements {
    fn from_iter<T: IntoIterator<Item = Requirement>>(requirements: T) -> Self {
        let mut all = Self::new();
        all.extend(requirements);
        all
    }
}

fn of_reference(found: &ConfigReference) -> Requirement {
    let (reference, address) = (found.reference(), found.address().clone());
    Requirement {
        variable: address.key().to_owned(),
        candidates: vec![Candidate {
            address,
            allows_unresolved: reference.allows_unresolved(),
        }],
        required: !reference.is_optional(),
        wanted_by: vec![WantedBy::Config {
            key: found.key().to_owned(),
            file: found.file().map(str::to_owned),
        }],
        variable_turn: VariableTurn::Never,
    }
}
