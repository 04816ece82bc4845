//! What can be typed after `cargo xtask`.

use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "The checks that a contributor and CI run"
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) task: Task,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Run every check, in the order of `--list`
    Ci(Selection),
    /// Download the dependencies that Cargo.lock names; needs no network when they are all there
    Fetch,
    /// Run all tests, each with a time limit of its own
    Test {
        /// Passed on to `cargo nextest run`, for example part of a test's name
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compare a real Infisical with the fake, call by call; needs INFISICAL_LIVE_URL and an identity
    Live,
    /// Print what comes of every way of reading, on every era of server
    Matrix,
    /// Build and run every example; one needs PostgreSQL
    Examples {
        /// Install PostgreSQL where it is missing, as root on Debian; done without being told where `CI` is set
        #[arg(long)]
        install: bool,
    },
    /// Try flights, invalidations and probes in thousands of orders
    Schedules,
    /// Measure what stays up in outages, floods and faults, and write docs/reliability.md
    Reliability(Measurement),
    /// Run the fuzz targets on inputs that a fuzzer invents; needs a C++ compiler
    Fuzz(Fuzzing),
    /// Check the arrows between our crates and the invariants that text can show
    Tidy,
    /// Check the chapters, links and snippets of the README and the book
    Book,
    /// Check licences, banned crates and the registries of all dependencies
    Deny,
    /// Check the dependencies against the RustSec advisories; needs the network
    Audit,
    /// Write docs/settings.md and .env.example again from the table in the code
    Settings {
        /// Only tell whether they are current
        #[arg(long)]
        check: bool,
    },
}

/// Chooses the steps of one `cargo xtask ci`.
#[derive(Debug, Default, Args)]
pub(crate) struct Selection {
    /// Run this step only; may be repeated
    #[arg(long, value_name = "STEP")]
    pub(crate) only: Vec<String>,
    /// Go on with the next step after a failure
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Print the steps and their limits, and run nothing
    #[arg(long)]
    pub(crate) list: bool,
}

/// Chooses what one `cargo xtask reliability` measures.
#[derive(Debug, Default, Args)]
pub(crate) struct Measurement {
    /// Run this experiment only, and print its rows instead of writing the file
    #[arg(long, value_name = "EXPERIMENT", value_parser = crate::reliability::EXPERIMENTS)]
    pub(crate) only: Option<String>,
    /// Begin the randomness with this number, to repeat a run
    #[arg(long)]
    pub(crate) seed: Option<u64>,
}

/// Says how long to fuzz, and what.
#[derive(Debug, Args)]
pub(crate) struct Fuzzing {
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seconds: u64,
    /// Run this target only; may be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) target: Vec<String>,
    /// Repeat the choices of an earlier run; without it the clock chooses
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) seed: Option<u32>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn only_may_be_repeated() {
        let line = CommandLine::try_parse_from(["xtask", "ci", "--only", "fmt", "--only", "tidy"])
            .unwrap();
        let Task::Ci(selection) = line.task else {
            panic!("not ci: {line:?}")
        };
        assert_eq!(selection.only, ["fmt", "tidy"]);
    }
}
