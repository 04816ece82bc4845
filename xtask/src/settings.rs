//! `cargo xtask settings`: the two files that are generated from the table of settings.

use crate::failure::Failure;
use crate::workspace::{Workspace, finish};

/// Runs the test of the `keyfob` crate that compares the files with the table. With the variable set it
/// writes them; the crate owns both, so this needs to know no setting.
pub(crate) fn run(workspace: &Workspace, check: bool) -> Result<(), Failure> {
    let mut test = workspace.cargo();
    test.args([
        "test",
        "--package",
        "keyfob",
        "--test",
        "settings_docs",
        "--locked",
    ]);
    if !check {
        test.env("KEYFOB_REGENERATE", "1");
    }
    finish(test)
}
