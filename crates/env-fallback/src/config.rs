//! [`EnvConfig`]: what an [`EnvFallback`](crate::EnvFallback) goes by.

use secret_source::LogNames;

use crate::{Dotenv, Environment, FallbackPolicy, Override, VariableNames};

/// Says which variables an [`EnvFallback`](crate::EnvFallback) knows, and when they answer.
///
/// # Examples
///
/// ```
/// use env_fallback::{Dotenv, EnvConfig, Environment, FallbackPolicy, Override, VariableNames};
///
/// let dotenv = Dotenv::parse(".env", "SHOP_DB_PASSWORD='pa$$word'")?;
/// let config = EnvConfig::new(Environment::from_process())
///     .names(VariableNames::new().prefix("SHOP_"))
///     .dotenv(dotenv)
///     .overrides(Override::Off)
///     .fallback(FallbackPolicy::Transient);
/// # let _ = config;
/// # Ok::<(), env_fallback::DotenvError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct EnvConfig {
    pub(crate) environment: Environment,
    pub(crate) dotenv: Option<Dotenv>,
    pub(crate) names: VariableNames,
    pub(crate) overrides: Override,
    pub(crate) fallback: FallbackPolicy,
    pub(crate) dotenv_after_refusal: bool,
    pub(crate) log_names: LogNames,
}

impl EnvConfig {
    /// Begins with the variables of an environment and the defaults.
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            dotenv: None,
            names: VariableNames::new(),
            overrides: Override::default(),
            fallback: FallbackPolicy::default(),
            dotenv_after_refusal: false,
            log_names: LogNames::default(),
        }
    }

    /// Adds a `.env` file, which answers after the environment and never overrides.
    pub fn dotenv(mut self, dotenv: Dotenv) -> Self {
        self.dotenv = Some(dotenv);
        self
    }

    /// Sets which variable stands for which secret; the default is plain qualified and bare names.
    pub fn names(mut self, names: VariableNames) -> Self {
        self.names = names;
        self
    }

    /// Sets which variables answer before the source; the default is [`Override::Qualified`].
    pub fn overrides(mut self, overrides: Override) -> Self {
        self.overrides = overrides;
        self
    }

    /// Sets after which failures variables answer; the default is [`FallbackPolicy::Table`].
    pub fn fallback(mut self, policy: FallbackPolicy) -> Self {
        self.fallback = policy;
        self
    }

    /// Lets the `.env` file answer also where the server refused the credentials or the permission,
    /// as far as the fallback policy lets the environment do so; the default is no.
    ///
    /// A variable was put there for this process. A file may have been lying about for long, and the
    /// refusal may be meant.
    pub fn dotenv_after_refusal(mut self, is_allowed: bool) -> Self {
        self.dotenv_after_refusal = is_allowed;
        self
    }

    /// Sets how much of the secrets' names the log shows; the default is all of it.
    pub fn log_names(mut self, names: LogNames) -> Self {
        self.log_names = names;
        self
    }
}
