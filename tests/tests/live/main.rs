//! The same calls to a real Infisical and to the fake, and what differs in the answers.
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
mod compare;
mod server;

use infisical_fake::{Era, Fake, Identity, Seed};

use crate::calls::CALLS;
use crate::compare::{Difference, differences};
use crate::server::Server;

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];
const ENVIRONMENT: &str = "dev";

async fn fake(era: Era, environment: &str) -> (Fake, Server) {
    let seed = Seed::new().folder(environment, "/");
    let identity = Identity::new("live");
    let builder = Fake::builder().era(era).seed(seed).identity(identity);
    let fake = builder.start().await.unwrap();
    let (id, secret) = (fake.client_id(), fake.client_secret());
    let server = Server::log_in(&fake.url(), &id, &secret, &fake.project_id()).await;
    let server = server.unwrap().with_environment(environment);
    (fake, server)
}

/// Makes all calls to a server and to the fake of each era, and gives what differs from each.
async fn report(server: &Server) -> Vec<(Era, Vec<Difference>)> {
    let mut folder = server.folder();
    let answers = server.play(CALLS, &folder).await;
    server.clean_up(&folder).await;
    let mut report = Vec::new();
    for era in ERAS {
        let (_fake, imitation) = fake(era, server.environment()).await;
        folder = imitation.folder();
        let imitated = imitation.play(CALLS, &folder).await;
        report.push((era, differences(CALLS, &answers, &imitated)));
    }
    report
}

#[tokio::test]
async fn the_fake_differs_from_itself_in_nothing_and_from_other_eras_in_something() {
    for era in ERAS {
        let (_fake, server) = fake(era, ENVIRONMENT).await;
        for (other, found) in report(&server).await {
            assert_eq!(
                found.is_empty(),
                other == era,
                "{era} as {other}: {found:#?}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_written_is_cleaned_up() {
    let (fake, server) = fake(Era::V4b, ENVIRONMENT).await;
    let folder = server.folder();
    server.play(CALLS, &folder).await;
    server.clean_up(&folder).await;
    assert_eq!(fake.value(ENVIRONMENT, &folder, "PLAIN"), None);
}

#[tokio::test]
async fn a_live_server_answers_as_the_fake_of_its_era_does() {
    let variable = |name: &str| std::env::var(format!("INFISICAL_LIVE_{name}")).unwrap_or_default();
    let url = variable("URL");
    if url.is_empty() {
        println!("skipped: INFISICAL_LIVE_URL is not set; `cargo xtask live` says what is needed");
        return;
    }
    let (id, secret) = (variable("CLIENT_ID"), variable("CLIENT_SECRET"));
    let server = Server::log_in(&url, &id, &secret, &variable("PROJECT_ID")).await;
    let environment = match variable("ENVIRONMENT") {
        text if text.is_empty() => ENVIRONMENT.to_owned(),
        text => text,
    };
    let server = server
        .expect("the login succeeds")
        .with_environment(&environment);
    let report = report(&server).await;
    let nearest = report.iter().map(|(_, found)| found.len()).min().unwrap();
    for (era, found) in &report {
        println!(
            "compared with {era}: {} of {} calls differ",
            found.len(),
            CALLS.len()
        );
        for difference in found.iter().filter(|_| found.len() == nearest) {
            println!("  {difference}");
        }
    }
    assert_eq!(nearest, 0, "the server differs from the fake of every era");
}
