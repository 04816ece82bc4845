//! `cargo xtask matrix`: what comes of every way of reading, on every era of server, as a table.

use crate::failure::Failure;
use crate::workspace::{Workspace, finish};

/// The test that plays the scenarios, compares each outcome with the expected one, and prints the table.
const TEST: &str = "matrix::every_scenario_has_the_expected_outcome_on_every_era";

/// Runs that test and lets its output through, so that the table shows what was just played and not what
/// someone once wrote down. It fails where an outcome is not the expected one.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut test = workspace.cargo();
    test.args(["test", "--quiet", "--package", "keyfob-tests"]);
    test.args(["--test", "suite", "--locked"]);
    test.args(["--", "--exact", "--nocapture", TEST]);
    // A changed table is a failure to look at, not a file to leave behind.
    test.env("INSTA_UPDATE", "no");
    finish(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A filter that matches nothing would run nothing, and succeed.
    #[test]
    fn the_test_that_is_run_exists() {
        let suite = include_str!("../../tests/tests/suite/matrix/mod.rs");
        let (_, name) = TEST.split_once("::").unwrap();
        assert!(suite.contains(&format!("fn {name}()")));
    }
}
