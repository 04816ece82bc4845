//! Logging to standard error, as RUST_LOG selects.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// Warnings and errors are logged unless RUST_LOG says otherwise.
pub(crate) fn install() -> Result<(), Failure> {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::WARN.into())
        .from_env()
        .map_err(|error| Failure::usage(format!("RUST_LOG is not a filter: {error}")))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .try_init()
        .map_err(|error| Failure::unresolved(format!("cannot log: {error}")))
}
