//! Stacks in memory, for the unit tests of applications.
//!
//! They read no environment and open no connection, so a developer's own variables decide nothing,
//! and they work inside figment's `Jail`. References, defaults, templates and policies behave as
//! in production; only the values come from the test.
//!
//! # Examples
//!
//! ```
//! use figment::providers::{Format, Toml};
//! use figment::{Figment, Jail};
//! use keyfob::{ResolveSecrets, testing};
//!
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     dsn: String,
//! }
//!
//! Jail::expect_with(|jail| {
//!     jail.create_file("app.toml", r#"dsn = "infisical://prod/db/DSN""#)?;
//!     let stack = testing::blocking_stack([("infisical://prod/db/DSN", "postgres://localhost/app")])
//!         .map_err(|error| error.to_string())?;
//!
//!     let figment = Figment::new().merge(Toml::file("app.toml"));
//!     let config: Config = figment.resolve_blocking(&stack).map_err(|error| error.to_string())?.extract()?;
//!     assert_eq!(config.dsn, "postgres://localhost/app");
//!     Ok(())
//! });
//! ```

use std::collections::BTreeMap;

use secret_source::MemorySource;

use crate::parse;
use crate::settings::{Fault, SettingsError};
use crate::{BlockingStack, Stack, StackBuilder};

/// Makes a stack that answers from the given references and values.
///
/// # Errors
///
/// Fails where a reference is malformed.
pub fn stack<'a>(
    secrets: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Stack, SettingsError> {
    builder(secrets)?.build()
}

/// Makes a stack for synchronous use that answers from the given references and values.
///
/// # Errors
///
/// Fails where a reference is malformed, and where the operating system gives no thread.
pub fn blocking_stack<'a>(
    secrets: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<BlockingStack, SettingsError> {
    builder(secrets)?.build_blocking()
}

/// Begins a stack that answers from the given references and values, to add settings to it.
///
/// References name their environment and take no options. Their schemes are registered, and
/// `infisical` is, whether it is named or not.
///
/// # Errors
///
/// Fails where a reference is malformed.
///
/// # Examples
///
/// ```
/// use keyfob::testing;
///
/// let stack = testing::builder([("infisical://prod/db/DSN", "…")])?.environment("prod").build()?;
/// # let _ = stack;
/// # Ok::<(), keyfob::SettingsError>(())
/// ```
pub fn builder<'a>(
    secrets: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<StackBuilder, SettingsError> {
    let mut sources = BTreeMap::from([(crate::INFISICAL.to_owned(), MemorySource::new())]);
    for (text, value) in secrets {
        let reference = parse::reference(text).map_err(|error| fault(text, &error))?;
        if reference.environment().is_none() {
            return Err(fault(
                text,
                &"name the environment, as in `infisical://dev/KEY`",
            ));
        }
        let source = sources.remove(reference.scheme()).unwrap_or_default();
        let source = source
            .with(text, value)
            .map_err(|error| fault(text, &error))?;
        sources.insert(reference.scheme().to_owned(), source);
    }
    let builder = StackBuilder::default();
    Ok(sources
        .into_iter()
        .fold(builder, |builder, (scheme, source)| {
            builder.source(&scheme, source)
        }))
}

fn fault(reference: &str, error: &impl std::fmt::Display) -> SettingsError {
    Fault::new("secrets", format!("{reference}: {error}")).into()
}
