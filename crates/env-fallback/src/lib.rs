//! Secrets from environment variables and `.env` files, alone or around another source.
//!
//! | type | what it is |
//! |---|---|
//! | [`Environment`] | a snapshot of the variables, read once |
//! | [`Dotenv`] | a parsed `.env` file, values as they are written |
//! | [`VariableNames`] | which variable stands for which secret |
//! | [`EnvSource`], [`DotenvSource`] | sources of their own, for a stack without a server |
//! | [`EnvFallback`], [`EnvConfig`] | the decorator: variables override a source, or stand in for it |
//!
//! # Names
//!
//! A secret's variable is, in this order:
//!
//! 1. the variable that is [mapped](VariableNames::variable) to it; then no other counts,
//! 2. the *qualified* name, prefix + folder + key: `infisical://prod/shared/db/POSTGRES_DSN` is
//!    `SHARED_DB_POSTGRES_DSN`,
//! 3. the *bare* name, the key alone: `POSTGRES_DSN`. As an override it counts only with
//!    [`Override::Bare`].
//!
//! Names are upper-cased, and every character but ASCII letters and digits becomes `_`. In the root
//! folder and without a prefix, the qualified name is the bare one. Where `NAME` is not set and
//! `NAME_FILE` is, the value is read from that file at each look-up.
//!
//! A variable says nothing about versions, personal values and projects, so addresses that name one
//! are never answered, unless the project is the [variables' own](VariableNames::project) or the
//! address is mapped.
//!
//! # One variable, one secret
//!
//! Two addresses can have the same name: `/a/b` + `C` and `/a` + `B_C`, one key in two folders, or one
//! secret in two environments. Where a batch holds both, the variable answers neither. Otherwise it
//! belongs to the address that it answered first, and to that address only. Names that mean something
//! to every program ([`RESERVED_NAMES`], [`RESERVED_PREFIXES`]) are never used. Mapping a variable
//! lifts both limits for it.
//!
//! # Examples
//!
//! ```
//! use env_fallback::{EnvConfig, EnvExt, Environment};
//! use secret_source::{ExposeSecret, MemorySource, Resolver};
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! let server = MemorySource::new().with("infisical://dev/db/PASSWORD", "from the server")?;
//! let environment = Environment::from_pairs([("DB_PASSWORD", "from the shell")]);
//! let source = server.with_env(EnvConfig::new(environment));
//!
//! let resolver = Resolver::builder(source).build()?;
//! let secret = resolver.answer(&"infisical://dev/db/PASSWORD".parse()?).await?.unwrap();
//! assert_eq!(secret.value().expose_secret(), "from the shell");
//! assert_eq!(secret.origin().to_string(), "env (variable DB_PASSWORD)");
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod dotenv;
mod environment;
mod reserved;
mod variable_names;

mod bounded_file;
mod claims;
mod endings;
mod lookup;
mod name_bytes;
mod value_file;
mod variables;

mod dotenv_source;
mod env_source;

mod config;
mod env_fallback;
mod policy;
mod tried;

pub use config::EnvConfig;
pub use dotenv::{Dotenv, DotenvError, DotenvErrorKind};
pub use dotenv_source::DotenvSource;
pub use env_fallback::{EnvExt, EnvFallback};
pub use env_source::EnvSource;
pub use environment::Environment;
pub use policy::{FallbackPolicy, Override};
pub use reserved::{RESERVED_NAMES, RESERVED_PREFIXES};
pub use variable_names::VariableNames;
