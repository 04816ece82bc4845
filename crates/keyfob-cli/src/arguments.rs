//! What can be said on the command line. A secret value cannot.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use infisical_fake::Era;

/// Configuration whose secrets live in Infisical.
///
/// Settings come from the environment: INFISICAL_API_URL, INFISICAL_CLIENT_ID,
/// INFISICAL_CLIENT_SECRET, INFISICAL_PROJECT_ID, INFISICAL_ENVIRONMENT and others that
/// docs/settings.md lists. RUST_LOG selects logging, to standard error.
///
/// Exit codes: 0 done, 1 something could not be resolved, 2 usage or settings.
#[derive(Debug, Parser)]
#[command(name = "keyfob", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Resolve every reference of configuration files and say what is wrong; print no value
    Check(CheckArguments),
    /// Show the whole stack at work, against an invented server on this machine
    Demo,
    /// Run an invented Infisical server for development and tests
    DevServer(DevServerArguments),
    /// Say where the value of each reference comes from; print no value
    Explain(ExplainArguments),
    /// Print the values of references, and nothing else
    Get(GetArguments),
    /// Write the resolved configuration, values included, to a private file
    Render(RenderArguments),
}

#[derive(Args, Debug)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) files: Files,
    /// How to print the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) files: Files,
    /// How to print the rows
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Args, Debug)]
pub(crate) struct GetArguments {
    /// References, such as infisical://prod/shared/db/POSTGRES_DSN
    #[arg(required = true, value_name = "REFERENCE")]
    pub(crate) references: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct RenderArguments {
    #[command(flatten)]
    pub(crate) files: Files,
    /// The TOML file to write, readable by its owner only
    #[arg(long, value_name = "PATH", required_unless_present = "reveal")]
    pub(crate) output: Option<PathBuf>,
    /// Print the values to standard output instead
    #[arg(long, conflicts_with = "output")]
    pub(crate) reveal: bool,
}

#[derive(Args, Debug)]
pub(crate) struct DevServerArguments {
    /// The loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// The generation of servers to answer like: v2024, v4a or v4b
    #[arg(long, value_name = "ERA", default_value_t = Era::default())]
    pub(crate) era: Era,
    /// A JSON or TOML tree of project, environment, folder, key and value
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Files {
    /// Configuration files, TOML, YAML or JSON by their ending; later ones win
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Read the files' top-level tables as figment profiles, and select this one
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}
