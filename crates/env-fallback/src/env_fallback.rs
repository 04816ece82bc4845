//! [`EnvFallback`]: lets variables override a source and stand in for it.

use std::sync::Arc;

use async_trait::async_trait;
use secret_source::{
    ErrorKind, FolderAddress, LogNames, Origin, Secret, SecretAddress, SecretError, SecretSource,
};

use crate::lookup::{Lookup, Ready};
use crate::policy::is_refusal;
use crate::variable_names::Scope;
use crate::{EnvConfig, FallbackPolicy, Override, VariableNames, tried};

/// Lets environment variables override a source, and variables or a `.env` file stand in where it fails.
///
/// For one address the order is: an override from the environment, the source, and where that failed of
/// something the [`FallbackPolicy`] allows, the environment and then the `.env` file. An answer always
/// says in its origin that it came from there, `env` or `dotenv`. Where all fail, the source's error
/// stays, and its hint names the variables that were tried.
///
/// An override that cannot be used, because its file cannot be read or its name is ambiguous, is an
/// error and not passed over in silence.
///
/// `peek` allocates nothing. Where no variable's name ends like the key, it goes on to the inner source
/// after a look at two characters. An override is given to `peek` once a look-up has
/// answered with it: only a look-up sees the batch in which a name could be ambiguous.
///
/// # Order
///
/// Outermost, above the cache: an override must beat a cached value, and what stands in for the server
/// must not be cached in its place.
///
/// # Examples
///
/// ```
/// use env_fallback::{EnvConfig, EnvExt, Environment};
/// use secret_source::{ExposeSecret, MemorySource, SecretAddress, SecretSource};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let environment = Environment::from_pairs([("API_TOKEN", "from the environment")]);
/// let source = MemorySource::new().with_env(EnvConfig::new(environment));
///
/// let address = SecretAddress::new("infisical", "dev", &"/payment".parse()?, "API_TOKEN");
/// let secret = source.get(&address).await?;
/// assert_eq!(secret.value().expose_secret(), "from the environment");
/// assert_eq!(secret.answered_by(), "env");
///
/// let error = source.get(&address.folder_address().secret("OTHER")).await.unwrap_err();
/// assert!(error.hint().unwrap().contains("`PAYMENT_OTHER`"));
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct EnvFallback<S> {
    inner: S,
    environment: Lookup,
    dotenv: Option<Lookup>,
    dotenv_file: Option<String>,
    names: Arc<VariableNames>,
    overrides: Override,
    fallback: FallbackPolicy,
    dotenv_after_refusal: bool,
    log_names: LogNames,
}

/// Adds [`with_env`](Self::with_env) to every source.
pub trait EnvExt: SecretSource + Sized {
    /// Lets variables override this source and stand in for it; see [`EnvFallback`].
    fn with_env(self, config: EnvConfig) -> EnvFallback<Self> {
        EnvFallback::new(self, config)
    }
}

impl<S: SecretSource> EnvExt for S {}

impl<S: SecretSource> EnvFallback<S> {
    /// Puts variables around `inner`.
    pub fn new(inner: S, config: EnvConfig) -> Self {
        let names = Arc::new(config.names);
        Self {
            inner,
            environment: Lookup::new(config.environment.variables(), &names),
            dotenv: config
                .dotenv
                .as_ref()
                .map(|dotenv| Lookup::new(dotenv.variables(), &names)),
            dotenv_file: config.dotenv.map(|dotenv| dotenv.file().to_owned()),
            names,
            overrides: config.overrides,
            fallback: config.fallback,
            dotenv_after_refusal: config.dotenv_after_refusal,
            log_names: config.log_names,
        }
    }

    /// Returns what overrides an address, whatever the source would say; `None` where nothing does.
    ///
    /// # Errors
    ///
    /// Fails where an override is set and cannot be used.
    pub fn override_of(&self, address: &SecretAddress) -> Option<Result<Secret, SecretError>> {
        self.overridden(address, std::slice::from_ref(address))
    }

    /// Returns the names that override an address, if any do.
    fn override_scope(&self, address: &SecretAddress) -> Option<Scope> {
        let scope = match self.overrides {
            Override::Qualified => Scope::Qualified,
            Override::Bare => Scope::QualifiedAndBare,
            Override::Off => return None,
        };
        self.names.covers(address).then_some(scope)
    }

    /// Returns the override of an address that was asked for together with `batch`.
    fn overridden(
        &self,
        address: &SecretAddress,
        batch: &[SecretAddress],
    ) -> Option<Result<Secret, SecretError>> {
        let scope = self.override_scope(address)?;
        self.environment.find(address, batch, scope).transpose()
    }

    /// Answers of a batch what variables override.
    fn overridden_of(&self, addresses: &[SecretAddress]) -> Overridden {
        let answers: Vec<_> = addresses
            .iter()
            .map(|address| self.overridden(address, addresses))
            .collect();
        let left = addresses
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| answer.is_none());
        let left = left.map(|(address, _)| address.clone()).collect();
        Overridden { answers, left }
    }

    /// Applies overrides to what was listed.
    fn over(
        &self,
        listed: Vec<(SecretAddress, Secret)>,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let addresses: Vec<_> = listed.iter().map(|(address, _)| address.clone()).collect();
        let overridden = listed.into_iter().map(|(address, secret)| {
            match self.overridden(&address, &addresses) {
                Some(answer) => Ok((address, answer?)),
                None => Ok((address, secret)),
            }
        });
        overridden.collect()
    }

    /// Answers in the source's place where policy and variables allow it, else with its error.
    fn stand_in(
        &self,
        address: &SecretAddress,
        batch: &[SecretAddress],
        failure: SecretError,
    ) -> Result<Secret, SecretError> {
        let kind = failure.kind();
        if !self.fallback.allows(kind) || !self.names.covers(address) {
            return Err(failure);
        }
        let dotenv = self
            .dotenv
            .as_ref()
            .filter(|_| self.dotenv_after_refusal || !is_refusal(kind));
        let mut refusal = None;
        for lookup in [Some(&self.environment), dotenv].into_iter().flatten() {
            match lookup.find(address, batch, Scope::QualifiedAndBare) {
                Ok(Some(secret)) => {
                    self.report(address, &failure, &secret);
                    return Ok(secret);
                }
                Ok(None) => {}
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        let file = self.dotenv_file.as_deref().filter(|_| dotenv.is_some());
        Err(tried::explain(
            failure,
            &self.names,
            address,
            file,
            refusal.as_ref(),
        ))
    }

    /// Logs that a variable stands in: as an error where someone has to act, else as a warning.
    fn report(&self, address: &SecretAddress, failure: &SecretError, secret: &Secret) {
        // The variable's name is the secret's name in other letters.
        let variable = secret
            .origin()
            .detail("variable")
            .filter(|_| self.log_names == LogNames::Full);
        let (kind, source) = (failure.kind().as_str(), secret.answered_by());
        let secret = self.log_names.address(address);
        const STANDS_IN: &str = "a variable answers in the source's place";
        match failure.kind() {
            ErrorKind::Denied | ErrorKind::Unauthenticated => {
                tracing::error!(%secret, kind, source, variable, "{STANDS_IN}");
            }
            _ => tracing::warn!(%secret, kind, source, variable, "{STANDS_IN}"),
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource> SecretSource for EnvFallback<S> {
    fn origin(&self) -> Origin {
        let origin = Origin::over("env-fallback", &self.inner.origin())
            .with("override", self.overrides.to_string())
            .with("fallback", self.fallback.to_string());
        match &self.dotenv_file {
            Some(file) => origin.with("dotenv", file),
            None => origin,
        }
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        let ready = self
            .override_scope(address)
            .map(|scope| self.environment.ready(address, scope));
        match ready {
            None | Some(Ready::Absent) => self.inner.peek(address),
            Some(Ready::Value(secret)) => Some(secret),
            Some(Ready::Unknown) => None,
        }
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let batch = std::slice::from_ref(address);
        match self.override_of(address) {
            Some(answer) => answer,
            None => match self.inner.get(address).await {
                Ok(secret) => Ok(secret),
                Err(failure) => self.stand_in(address, batch, failure),
            },
        }
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let Overridden { answers, left } = self.overridden_of(addresses);
        let fetched = match left.as_slice() {
            [] => Vec::new(),
            left => self.inner.get_many(left).await,
        };
        let fall_back = |address: &_, failure| self.stand_in(address, addresses, failure);
        completed(addresses, answers, fetched, fall_back)
    }

    /// Lets variables stand in for what the source does not hold, and not where it failed: what they say may
    /// be older than what the source answered before.
    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let Overridden { answers, left } = self.overridden_of(addresses);
        let fetched = match left.as_slice() {
            [] => Vec::new(),
            left => self.inner.refresh_many(left).await,
        };
        let fall_back = |address: &_, failure: SecretError| match failure.kind() {
            ErrorKind::NotFound(_) => self.stand_in(address, addresses, failure),
            _ => Err(failure),
        };
        completed(addresses, answers, fetched, fall_back)
    }

    /// Lists what the inner source lists, with overrides applied. Variables add nothing: a name does
    /// not tell its folder.
    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.over(self.inner.list(folder).await?)
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.over(self.inner.list_recursive(folder).await?)
    }
}

/// Is a batch after the overrides were looked for.
struct Overridden {
    /// The override of each address; `None` where nothing overrides it.
    answers: Vec<Option<Result<Secret, SecretError>>>,
    /// What the source is to be asked for.
    left: Vec<SecretAddress>,
}

/// Puts what the source answered beside the overrides.
fn completed(
    addresses: &[SecretAddress],
    overridden: Vec<Option<Result<Secret, SecretError>>>,
    fetched: Vec<Result<Secret, SecretError>>,
    fall_back: impl Fn(&SecretAddress, SecretError) -> Result<Secret, SecretError>,
) -> Vec<Result<Secret, SecretError>> {
    let mut fetched = fetched.into_iter();
    let answers = addresses.iter().zip(overridden);
    let complete =
        |(address, overridden): (&SecretAddress, Option<Result<Secret, SecretError>>)| {
            overridden.unwrap_or_else(|| {
                let answer = fetched.next().unwrap_or_else(|| Err(unanswered(address)));
                answer.or_else(|failure| fall_back(address, failure))
            })
        };
    answers.map(complete).collect()
}

fn unanswered(address: &SecretAddress) -> SecretError {
    SecretError::protocol("the source answered fewer addresses than it was asked for")
        .with_address(address)
}
