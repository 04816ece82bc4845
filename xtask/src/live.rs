//! `cargo xtask live`: a real Infisical and the fake, call by call.

use std::env;

use crate::failure::Failure;
use crate::workspace::{Workspace, finish};

/// What the suite needs to know; the identity must be allowed to write.
const NEEDED: [&str; 4] = [
    "INFISICAL_LIVE_URL",
    "INFISICAL_LIVE_CLIENT_ID",
    "INFISICAL_LIVE_CLIENT_SECRET",
    "INFISICAL_LIVE_PROJECT_ID",
];

/// Runs the live suite, or says what is missing for it.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let is_set = |name: &str| env::var(name).is_ok_and(|text| !text.trim().is_empty());
    let missing: Vec<_> = NEEDED.into_iter().filter(|name| !is_set(name)).collect();
    if !missing.is_empty() {
        return Err(Failure::of_usage(format!(
            "the live suite needs a server, and {} not set: see the chapter on live servers",
            match &missing[..] {
                [one] => format!("{one} is"),
                several => format!("{} are", several.join(", ")),
            }
        )));
    }
    let mut test = workspace.cargo();
    test.args(["test", "--quiet", "--package", "keyfob-tests"]);
    test.args(["--test", "live", "--locked", "--", "--nocapture"]);
    test.args(["a_live_server"]);
    // Tasks run without the settings of whoever types them; these are meant.
    for name in NEEDED.into_iter().chain(["INFISICAL_LIVE_ENVIRONMENT"]) {
        if let Ok(text) = env::var(name) {
            test.env(name, text);
        }
    }
    finish(test)
}
