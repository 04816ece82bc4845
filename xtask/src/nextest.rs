//! `cargo xtask test`: all tests but doctests, each in a process of its own and with a limit.
//!
//! The test harness of the standard library can neither limit a test nor say which one hangs. nextest
//! can; `.config/nextest.toml` holds the limits. Doctests are the step after this one.

use crate::failure::Failure;
use crate::tool::CARGO_NEXTEST;
use crate::workspace::{Workspace, finish};

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), Failure> {
    let mut command = workspace.command(CARGO_NEXTEST.provide(workspace)?);
    command.args([
        "nextest",
        "run",
        "--workspace",
        "--all-targets",
        "--all-features",
        "--locked",
    ]);
    command.args(arguments);
    // A changed snapshot is a failure to look at, not a file to leave behind.
    command.env("INSTA_UPDATE", "no");
    finish(command)
}
