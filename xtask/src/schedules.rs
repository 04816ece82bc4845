//! `cargo xtask schedules`: races, under thread schedules that the tests choose.

use crate::failure::Failure;
use crate::workspace::{Workspace, finish};

/// The module of each crate that holds such tests.
const TESTS: &str = "schedules";

/// Runs the tests of the crates with locks of their own. The flag changes those locks, and so what is built:
/// it has a folder of its own.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let mut test = workspace.cargo();
    test.args(["test", "--quiet", "--lib", "--locked"]);
    test.args(["--package", "secret-cache", "--package", "secret-breaker"]);
    test.args(["--target-dir", "target/shuttle", TESTS]);
    test.env("RUSTFLAGS", "--cfg shuttle");
    finish(test)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A filter that matches nothing would run nothing, and succeed.
    #[test]
    fn the_tests_that_are_run_exist() {
        for (holder, text) in [
            (
                "cache",
                include_str!("../../crates/secret-cache/src/cache.rs"),
            ),
            (
                "breaker",
                include_str!("../../crates/secret-breaker/src/circuit.rs"),
            ),
        ] {
            assert!(text.contains(&format!("mod {TESTS};")), "{holder}");
        }
    }
}
