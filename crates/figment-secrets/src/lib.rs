#![allow(
    clippy::result_large_err,
    reason = "figment's users pass its error on as it is"
)]
#![cfg_attr(
    test,
    allow(
        deprecated,
        reason = "the fork of `figment2-secrets` deprecates what figment has no other name for"
    )
)]
//! Resolves secret references inside a [`Figment`](figment::Figment).
//!
//! An application assembles its configuration from layers as usual and writes references where a
//! password would otherwise stand. One call fetches all of them in one batch and puts the values in
//! their places; profiles, later merges and the provenance that figment's errors tell stay right.
//!
//! | for | use |
//! |---|---|
//! | an application that extracts its own types | [`ResolveSecrets`], which gives a [`Resolved`] |
//! | a framework that takes a figment | [`Resolved::into_figment_exposed`] or [`SecretProvider`], with a [`Redactor`] |
//! | an overview of which key came from where | [`Resolved::report`] |
//! | a whole folder of secrets as a layer | [`SecretFolder`], and [`FolderOverlay`] for a service's over the shared one |
//! | a configuration that follows its secrets while the application runs | [`Watched`], and [`Live`] for a part of it |
//! | what a configuration refers to, without fetching | [`ListReferences`] |
//! | everything that is wrong, at once | [`ResolveError`], a list of [`Problem`]s |
//!
//! # Examples
//!
//! ```
//! use figment::{Figment, providers::{Format, Serialized, Toml}};
//! use figment_secrets::ResolveSecrets;
//! use secret_source::{MemorySource, Resolver};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct AppConfig {
//!     dsn: String,
//!     pool: u16,
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let source = MemorySource::new()
//!     .with("infisical://prod/shared/db/POSTGRES_DSN", "postgres://app:hunter2@db/app")?
//!     .with("infisical://prod/shared/db/POOL", "16")?;
//! let resolver = Resolver::builder(source).environment("prod").build()?;
//!
//! let app = r#"
//!     dsn = "infisical:///shared/db/POSTGRES_DSN"
//!     pool = "infisical:///shared/db/POOL"
//! "#;
//! let resolved = Figment::new().merge(Toml::string(app)).resolve_secrets(&resolver).await?;
//! for row in resolved.report().rows() {
//!     println!("{} is version {:?} of {}", row.key(), row.version(), row.reference());
//! }
//! let config: AppConfig = resolved.extract()?;
//! assert_eq!(config.dsn, "postgres://app:hunter2@db/app");
//! assert_eq!(config.pool, 16);
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod key_path;
mod place;

mod problem;
mod problem_kind;
mod provider_error;
mod render;
mod resolve_error;
mod severity;

mod document;
mod finding;
mod quoted;
mod site;

mod filling;
mod leaf;
mod occurrence;
mod plan;
mod provenance;
mod report;
mod resolve;
mod write_back;

mod effective;
mod explain;
mod extract;
mod reading;
mod redactor;
mod resolved;
mod twin;

mod provider;

#[cfg(feature = "files")]
mod config_files;
mod folder;
mod references;

#[cfg(feature = "files")]
pub use config_files::{ConfigFileError, ConfigFiles};

pub use folder::{FolderError, FolderErrorKind, FolderOverlay, LoadedFolder, SecretFolder};
mod watch;

pub use problem::Problem;
pub use problem_kind::ProblemKind;
pub use provider::SecretProvider;
pub use redactor::Redactor;
pub use references::{ConfigReference, ListReferences};
pub use render::Diagnostics;
pub use report::{Report, Row};
pub use resolve::ResolveSecrets;
pub use resolve_error::ResolveError;
pub use resolved::Resolved;
pub use severity::Severity;
pub use watch::{
    Changes, ConfigChange, Live, Reloaded, Trigger, WatchBuilder, WatchError, WatchErrorKind,
    WatchStatus, Watched,
};
