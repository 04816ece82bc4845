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

/// The test that talks to the server.
const TEST: &str = "a_live_server_answers_as_the_fake_of_its_era_does";

/// Runs the live suite, or says what is missing for it.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let is_set = |name: &str| env::var(name).is_ok_and(|text| !text.trim().is_empty());
    if let Some(lack) = lack(is_set) {
        return Err(Failure::of_usage(lack));
    }
    let mut test = workspace.cargo();
    test.args(["test", "--quiet", "--package", "keyfob-tests"]);
    test.args(["--test", "live", "--locked", "--", "--nocapture"]);
    test.args(["--exact", TEST]);
    // Tasks run without the settings of whoever types them; these are meant.
    for name in NEEDED.into_iter().chain(["INFISICAL_LIVE_ENVIRONMENT"]) {
        if let Ok(text) = env::var(name) {
            test.env(name, text);
        }
    }
    finish(test)
}

/// Says what is missing; `None` where nothing is.
fn lack(is_set: impl Fn(&str) -> bool) -> Option<String> {
    let missing: Vec<_> = NEEDED.into_iter().filter(|name| !is_set(name)).collect();
    let are_not = match &missing[..] {
        [] => return None,
        [one] => format!("{one} is"),
        several => format!("{} are", several.join(", ")),
    };
    Some(format!(
        "the live suite needs a server, and {are_not} not set: see the chapter on live servers"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_at_once() {
        assert_eq!(lack(|_| true), None);
        let one = lack(|name| !name.ends_with("_URL")).unwrap();
        assert!(one.contains("and INFISICAL_LIVE_URL is not set"), "{one}");
        let all = lack(|_| false).unwrap();
        assert!(NEEDED.iter().all(|name| all.contains(name)), "{all}");
    }

    /// A filter that matches nothing would run nothing, and succeed.
    #[test]
    fn the_test_that_is_run_exists() {
        let suite = include_str!("../../tests/tests/live/main.rs");
        assert!(suite.contains(&format!("async fn {TEST}()")));
    }
}
