//! The [`SecretSource`] trait and the words that every crate of keyfob shares.
//!
//! A *reference* is what a person writes in a configuration file; the [`Resolver`] turns it into an
//! *address*, which names one secret completely; a *source* answers addresses with [`Secret`]s or
//! [`SecretError`]s. Sources wrap sources: each decorator adds one thing, and what an application
//! holds in the end is one `Arc<dyn SecretSource>`.
//!
//! # Examples
//!
//! ```
//! use secret_source::{ExposeSecret, MemorySource, Resolver};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let source = MemorySource::new().with("infisical://prod/shared/db/PASSWORD", "correct horse")?;
//! let resolver = Resolver::builder(source).environment("prod").build()?;
//!
//! let secret = resolver.answer(&"infisical:///shared/db/PASSWORD".parse()?).await?;
//! assert_eq!(secret.unwrap().value().expose_secret(), "correct horse");
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```
//!
//! # Writing a source
//!
//! Implement [`SecretSource::get`] and [`SecretSource::origin`]; the rest has defaults. Build errors
//! with [`SecretError::new`] and its siblings, keep your own error as the `source()`, and refuse
//! coordinates that your store has no notion of with [`SecretError::unsupported`]. The crate
//! `secret-testkit` holds the laws that every source obeys, as functions to call from your tests.

mod address;
mod correlation;
mod error;
mod error_kind;
mod folder_address;
mod freshness;
mod origin;
mod secret;

mod lookup;
mod memory;
mod names;
mod router;
mod source;
mod summary;

mod entry;
mod put_options;
mod store;
mod written;

mod resolver;
mod usage;

mod blocking;
mod driver;

pub use address::{AddressHasher, AddressMap, SecretAddress};
pub use blocking::BlockingResolver;
pub use correlation::CorrelationId;
pub use driver::{Driver, DriverError};
pub use entry::Entry;
pub use error::SecretError;
pub use error_kind::{ErrorKind, Missing};
pub use folder_address::FolderAddress;
pub use freshness::Freshness;
pub use lookup::SourceExt;
pub use memory::MemorySource;
pub use names::LogNames;
pub use origin::Origin;
pub use put_options::{PutMode, PutOptions};
pub use resolver::{ProfilePolicy, Profiles, Resolver, ResolverBuilder, ValuePolicy};
pub use router::{Router, RouterBuilder};
pub use secret::Secret;
pub use source::{SecretSource, get_concurrently};
pub use store::{SecretStore, repeated};
pub use summary::Summary;
pub use written::{Change, Written};

pub use async_trait::async_trait;
pub use secrecy::{ExposeSecret, SecretString};
pub use secret_ref::{FolderPath, SecretType, near as suggest};
