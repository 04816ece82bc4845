//! The table of what `cargo xtask ci` runs.

use std::process::Command;
use std::time::Duration;

use crate::workspace::{Workspace, words};

/// One row: a command with a name and a limit.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// In seconds, and generous: a first run on two cores builds everything, tools included.
    limit: u64,
    runs: Runs,
    arguments: &'static [&'static str],
    environment: &'static [(&'static str, &'static str)],
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Runs {
    Cargo,
    Xtask,
}

/// The step after which nothing of the workspace needs the network.
pub(crate) const FETCH: &str = "fetch";

/// All steps, the cheap ones first where the order is free.
pub(crate) const STEPS: &[Step] = &[
    xtask(FETCH, 900, &["fetch"]),
    cargo("fmt", 60, &["fmt", "--all", "--check"]),
    xtask("tidy", 60, &["tidy"]),
    xtask("book", 60, &["book"]),
    cargo(
        "clippy",
        1500,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    ),
    // A limit for each test too: `.config/nextest.toml`.
    xtask("test", 2100, &["test"]),
    xtask("schedules", 900, &["schedules"]),
    // A limit for each example too: `examples.rs`.
    xtask("examples", 900, &["examples", "--install"]),
    // Compiles the snippets of the README and the book as well: `tests/src/lib.rs` includes them.
    cargo(
        "doctest",
        1200,
        &[
            "test",
            "--workspace",
            "--doc",
            "--all-features",
            "--locked",
            // Its sources are those of figment-secrets, whose examples are about figment.
            "--exclude",
            "figment2-secrets",
        ],
    ),
    Step {
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
        ..cargo(
            "rustdoc",
            900,
            &[
                "doc",
                "--workspace",
                "--no-deps",
                "--all-features",
                "--locked",
            ],
        )
    },
    xtask("deny", 1500, &["deny"]),
];

const fn cargo(name: &'static str, limit: u64, arguments: &'static [&'static str]) -> Step {
    Step {
        name,
        limit,
        runs: Runs::Cargo,
        arguments,
        environment: &[],
    }
}

const fn xtask(name: &'static str, limit: u64, arguments: &'static [&'static str]) -> Step {
    Step {
        name,
        limit,
        runs: Runs::Xtask,
        arguments,
        environment: &[],
    }
}

impl Step {
    pub(crate) fn limit(&self) -> Duration {
        Duration::from_secs(self.limit)
    }

    /// Returns the command; `offline` makes Cargo refuse the network, so that a step that needs it is
    /// noticed on a machine that has one. Steps of ours decide for themselves: they may install a tool.
    pub(crate) fn command(&self, workspace: &Workspace, offline: bool) -> Command {
        let mut command = match self.runs {
            Runs::Cargo => workspace.cargo(),
            Runs::Xtask => workspace.xtask(),
        };
        command
            .args(self.arguments)
            .envs(self.environment.iter().copied());
        if offline && self.runs == Runs::Cargo {
            command.env("CARGO_NET_OFFLINE", "true");
        }
        command
    }

    /// Writes the step as a line for a shell.
    pub(crate) fn line(&self) -> String {
        let mut command = Command::new("cargo");
        if self.runs == Runs::Xtask {
            command.arg("xtask");
        }
        command.args(self.arguments);
        let environment = self
            .environment
            .iter()
            .map(|(name, value)| format!("{name}='{value}' "))
            .collect::<String>();
        environment + &words(&command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names = STEPS.iter().map(|step| step.name).collect::<Vec<_>>();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn a_step_is_shown_as_it_is_typed() {
        let line = |name| {
            STEPS
                .iter()
                .find(|step| step.name == name)
                .map(Step::line)
                .unwrap()
        };
        assert_eq!(line("fmt"), "cargo fmt --all --check");
        assert_eq!(line("tidy"), "cargo xtask tidy");
        assert!(line("rustdoc").starts_with("RUSTDOCFLAGS='-D warnings' cargo doc "));
    }

    #[test]
    fn every_cargo_step_that_resolves_dependencies_is_locked() {
        for step in STEPS
            .iter()
            .filter(|step| step.runs == Runs::Cargo && step.name != "fmt")
        {
            assert!(step.arguments.contains(&"--locked"), "{step:?}");
        }
    }
}
