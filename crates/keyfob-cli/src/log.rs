//! Logging to standard error, as RUST_LOG selects.

use std::io::stderr;

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::output;

/// What is logged unless RUST_LOG says otherwise: warnings and errors, but for those that the commands
/// print themselves.
const DEFAULT: &str = "warn,secret_source::resolver::events=off,figment_secrets=off";

pub(crate) fn install() -> Result<(), Failure> {
    let chosen = std::env::var("RUST_LOG")
        .ok()
        .filter(|text| !text.trim().is_empty());
    let filter = EnvFilter::try_new(chosen.as_deref().unwrap_or(DEFAULT))
        .map_err(|error| Failure::usage(format!("RUST_LOG is not a filter: {error}")))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(output::is_coloured(&stderr()))
        .try_init()
        .map_err(|error| Failure::unresolved(format!("cannot log: {error}")))
}
