//! Typed configuration whose secrets live in Infisical.
//!
//! An application writes `dsn = "infisical://prod/shared/db/POSTGRES_DSN"` where a password was, and
//! adds one call between building its [`Figment`](figment::Figment) and extracting from it:
//!
//! ```no_run
//! use figment::Figment;
//! use figment::providers::{Env, Format, Toml};
//! use keyfob::{ResolveSecrets, Stack};
//!
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     dsn: String,
//! }
//!
//! # async fn start() -> Result<Config, Box<dyn std::error::Error>> {
//! let stack = Stack::from_env()?;
//! let config: Config = Figment::new()
//!     .merge(Toml::file("app.toml"))
//!     .merge(Env::prefixed("APP_"))
//!     .resolve_secrets(&stack)
//!     .await?
//!     .extract()?;
//! # Ok(config)
//! # }
//! ```
//!
//! A [`Stack`] is read from the environment, from a section of the figment, or from a builder; the
//! book's chapter on settings lists what there is to set. Without any it answers from the environment
//! alone. A [`BlockingStack`] does the same without a runtime, and [`testing`] makes stacks in memory.
//!
//! # Order
//!
//! Outermost first, one look-up passes through the environment's overrides, the cache, the bulkhead, the
//! circuit breaker and the client; each has a crate of its own, and this one only composes them. A [`Tenant`] has
//! all of these but the environment for itself.

mod stack;

mod blocking;
mod builder;
mod from_env;
mod from_figment;

mod bounded;
mod cache;
mod client;
mod compose;
mod describe;
mod gate;
mod parse;
mod snapshot;
mod store;
mod tenant;
mod variables;

pub mod auth;
#[cfg(feature = "figment2")]
pub mod figment2;
pub mod settings;
pub mod testing;

pub use blocking::BlockingStack;
pub use builder::StackBuilder;
pub use cache::StackCache;
pub use describe::{Description, SourceDescription, TenantDescription};
pub use settings::{AuthMethod, Fault, SettingsError};
pub use stack::Stack;
pub use store::StackStore;
pub use tenant::Tenant;

pub use figment;

pub use env_fallback::{Environment, FallbackPolicy, Override};
pub use figment_secrets::{
    Changes, ConfigChange, ConfigReference, Diagnostics, FolderError, FolderErrorKind,
    FolderOverlay, ListReferences, Live, LoadedFolder, Problem, ProblemKind, Redactor, Reloaded,
    Report, ResolveError, ResolveSecrets, Resolved, Row, SecretFolder, SecretProvider, Severity,
    Trigger, WatchBuilder, WatchError, WatchErrorKind, WatchStatus, Watched,
};
#[cfg(feature = "files")]
pub use figment_secrets::{ConfigFileError, ConfigFiles};
pub use infisical_http::Requests;
pub use secret_breaker::BreakerState;
pub use secret_cache::{
    Selector, SnapshotError, SnapshotErrorKind, SnapshotState, SnapshotStatus, StalePolicy, Stats,
};
pub use secret_ref::{FolderPath, FolderRef, ParseError, SecretRef, SecretType, Template};
pub use secret_requirements::{
    Applied, Contract, ContractError, ContractFault, Fetched, PrefetchError, Prefetched, Required,
    Requirement, Requirements, SkipReason, Skipped, Transports, Unmet, WantedBy,
};
pub use secret_snapshot::SnapshotKey;
pub use secret_source::{
    BlockingResolver, Change, CorrelationId, Entry, ErrorKind, ExposeSecret, FolderAddress,
    Freshness, LogNames, MemorySource, Missing, Origin, ProfilePolicy, Profiles, PutMode,
    PutOptions, Resolver, Secret, SecretAddress, SecretError, SecretSource, SecretStore,
    SecretString, SourceExt, ValuePolicy, Written, async_trait, get_concurrently,
};

/// The scheme of references to Infisical.
const INFISICAL: &str = "infisical";
