//! The same calls to a real Infisical and to the fake, and what differs in the answers; and the client, checked
//! against the real one.
//!
//! `cargo xtask live` runs this against the server that `INFISICAL_LIVE_URL` names. Without it the suite is
//! held against the fake itself, so that it is known to run, to compare and to clean up.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and the report is for a person at a terminal"
)]

mod calls;
mod checks;
mod compare;
mod relay;
mod report;
mod run;
mod scene;
mod server;
mod settings;

use infisical_fake::{Era, Fake, Fault, Route};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::calls::calls;
use crate::checks::CHECKS;
use crate::run::{ERAS, compare, fake, run};
use crate::server::Server;
use crate::settings::Settings;

const ENVIRONMENT: &str = "dev";

/// Tells whether the folder of a run is gone: there is nothing to clean up a second time.
async fn is_clean(settings: &Settings) -> bool {
    let server = Server::log_in(settings.clone()).await.unwrap();
    server.clean_up().await.is_err()
}

#[tokio::test]
async fn the_fake_differs_from_itself_in_nothing_and_from_other_eras_in_something() {
    for era in ERAS {
        let fake = fake(era, ENVIRONMENT).await;
        let server = Server::log_in(Settings::of(&fake)).await.unwrap();
        let root = &server.settings.folder;
        server.make_folder("/", root).await.unwrap();
        for (other, found) in compare(&server, &calls()).await.unwrap() {
            assert_eq!(found.is_empty(), other == era, "{era}: {found:#?}");
        }
    }
}

#[tokio::test]
async fn every_check_of_the_client_holds_on_each_era_and_all_is_cleaned_up() {
    for era in ERAS {
        let fake = fake(era, ENVIRONMENT).await;
        let settings = Settings::of(&fake);
        let report = run(settings.clone()).await.unwrap();
        assert!(report.is_content(), "{era}:\n{report}");
        assert_eq!(report.checks.len(), CHECKS.len());
        assert!(is_clean(&settings).await, "{era}");
    }
}

#[tokio::test]
async fn what_was_made_is_cleaned_up_where_every_write_fails() {
    let fake = fake(Era::V4b, ENVIRONMENT).await;
    fake.script(Fault::status(403).on(Route::Write).always());
    let settings = Settings::of(&fake);
    let report = run(settings.clone()).await.unwrap();
    assert!(!report.is_content(), "{report}");
    assert!(report.to_string().contains("FAIL"), "{report}");
    assert!(report.clean_up.is_ok(), "{report}");
    assert!(is_clean(&settings).await);
}

#[tokio::test(start_paused = true)]
async fn a_run_waits_where_a_limit_of_requests_is_in_its_way() {
    for era in [Era::V2024, Era::V4b] {
        let fake = Fake::builder().era(era).rate_limit(50);
        let fake = fake.start().await.unwrap();
        let report = run(Settings::of(&fake)).await.unwrap();
        assert!(report.is_content(), "{era}:\n{report}");
        assert_eq!(report.differences(era), Some(0), "{era}:\n{report}");
    }
}

#[tokio::test]
async fn no_line_of_a_report_shows_a_value_a_token_or_the_client_secret() {
    let fake = fake(Era::V4b, ENVIRONMENT).await;
    let settings = Settings::of(&fake);
    let canaries = [
        Canary::of_value("client secret", settings.client_secret.clone()),
        Canary::of_value("value", settings.mark.clone()),
        // How each token of the fake begins.
        Canary::of_value("token", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"),
    ];
    let logs = LogCollector::new();
    let installed = logs.install();
    // Some answers are wrong, so that there is something to tell.
    fake.script(Fault::truncated_json().on(Route::Get).times(20));
    fake.script(Fault::status(500).on(Route::List).times(40));
    fake.script(Fault::status(403).on(Route::Write).times(10));
    let report = run(settings.clone()).await.unwrap();
    drop(installed);
    assert!(
        !report.is_content() && report.nearest() > Some(0),
        "{report}"
    );
    assert_no_leak(&format!("{report} {report:?}"), &canaries);
    assert_no_leak(&logs.text(), &canaries);

    // Nor does what ends a run before it begins.
    fake.rotate_client_secret("another");
    let error = run(settings).await.unwrap_err();
    assert_no_leak(&error, &canaries);
}

#[tokio::test]
async fn a_live_server_answers_as_the_fake_of_its_era_does() {
    let Some(settings) = Settings::from_env() else {
        println!("skipped: INFISICAL_LIVE_URL is not set; `cargo xtask live` says what is needed");
        return;
    };
    let report = run(settings).await.unwrap();
    println!("{report}");
    assert!(report.is_content(), "the report says what is wrong");
    let nearest = report.nearest();
    assert_eq!(
        nearest,
        Some(0),
        "the server differs from the fake of every era"
    );
}
