//! Every fault, at the first load and at a refresh: what comes of it, how often the server is asked, and
//! how long that takes.
//!
//! Time is paused: it passes by itself where everybody waits. Client and server share one thread, and
//! what one end of a loopback connection writes the other can read at once, so nothing waits for the network.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

mod table;

use std::time::Duration;

use infisical_fake::{Fake, Fault, Seed};
use infisical_http::Infisical;
use secret_source::{ErrorKind, ExposeSecret, FolderAddress, SecretAddress, SecretSource};
use tokio::time::Instant;

use crate::table::{MATRIX, OF_THE_BODY, Outcome, Trouble, UNCHANGED};

/// Whether one secret is looked up, which is a get, or two, which is a list.
#[derive(Clone, Copy, Debug)]
enum Shape {
    Get,
    List,
}

/// When the trouble begins: before anything was asked, or after a look-up that went well.
#[derive(Clone, Copy, Debug)]
enum Moment {
    FirstLoad,
    Refresh,
}

fn addresses(shape: Shape) -> Vec<SecretAddress> {
    let folder = FolderAddress::new("infisical", "dev", &"/db".parse().unwrap());
    let keys: &[&str] = match shape {
        Shape::Get => &["A"],
        Shape::List => &["A", "B"],
    };
    keys.iter().map(|key| folder.secret(key)).collect()
}

async fn look_up(infisical: &Infisical, shape: Shape) -> Result<(), ErrorKind> {
    for answer in infisical.get_many(&addresses(shape)).await {
        let answer = answer.map_err(|error| {
            assert!(error.hint().is_some(), "{error:?}");
            error.kind()
        })?;
        assert!(answer.value().expose_secret().starts_with("value"));
    }
    Ok(())
}

fn begin(fake: &Fake, trouble: Trouble) {
    match trouble {
        Trouble::Down => fake.go_down(),
        Trouble::Faults(faults) => fake.faults(faults),
        Trouble::Expired => fake.expire_tokens(),
        Trouble::Revoked => fake.revoke_tokens(),
    }
}

/// How long lists may be renewed by asking whether they changed. A body that is left out has nothing that
/// could go wrong, so most cells do without.
const NEVER: Duration = Duration::ZERO;

async fn run(trouble: Trouble, shape: Shape, moment: Moment, conditional: Duration) -> Outcome {
    let seed =
        Seed::new()
            .secret("dev", "/db", "A", "value of a")
            .secret("dev", "/db", "B", "value of b");
    let fake = Fake::builder().seed(seed).start().await.unwrap();
    let infisical = Infisical::builder(&fake.url())
        .universal_auth(fake.client_id(), fake.client_secret())
        .project(fake.project_id())
        .retry_delay(Duration::ZERO)
        .conditional_for(conditional)
        .build()
        .unwrap();
    if let Moment::Refresh = moment {
        look_up(&infisical, shape).await.unwrap();
    }
    begin(&fake, trouble);
    let before = infisical.requests();
    let start = Instant::now();
    let result = look_up(&infisical, shape).await;
    let took = start.elapsed();
    let after = infisical.requests();
    Outcome {
        kind: result.err(),
        logins: after.logins - before.logins,
        reads: after.lists + after.gets - before.lists - before.gets,
        seconds: took.as_secs(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_fault_has_its_outcome_its_requests_and_its_time() {
    let mut wrong = Vec::new();
    for (name, trouble, first, refresh) in MATRIX {
        for shape in [Shape::Get, Shape::List] {
            for (moment, expected) in [(Moment::FirstLoad, first), (Moment::Refresh, refresh)] {
                let outcome = run(trouble(), shape, moment, NEVER).await;
                if outcome != *expected {
                    wrong.push(format!(
                        "{name}, {shape:?}, {moment:?}: {outcome:?}, not {expected:?}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_asks_for_changes_only_fares_alike_but_for_faults_of_the_body() {
    let mut wrong = Vec::new();
    for (name, trouble, _, refresh) in MATRIX {
        let conditional = Duration::from_secs(900);
        let outcome = run(trouble(), Shape::List, Moment::Refresh, conditional).await;
        let expected = match OF_THE_BODY.contains(name) {
            true => &UNCHANGED,
            false => refresh,
        };
        if outcome != *expected {
            wrong.push(format!("{name}: {outcome:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_recovers_is_used_again_after_every_fault() {
    for (name, trouble, ..) in MATRIX {
        let fake = Fake::builder()
            .seed(Seed::new().secret("dev", "/db", "A", "value of a"))
            .start()
            .await
            .unwrap();
        let infisical = Infisical::builder(&fake.url())
            .universal_auth(fake.client_id(), fake.client_secret())
            .project(fake.project_id())
            .build()
            .unwrap();
        begin(&fake, trouble());
        let _ = look_up(&infisical, Shape::Get).await;
        fake.clear_faults();
        if fake.is_down() {
            fake.come_back().unwrap();
        }
        infisical.forget_refusal();
        // A pause that it asked for is kept, also when it would answer before.
        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(look_up(&infisical, Shape::Get).await, Ok(()), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_body_that_ends_in_time_is_read() {
    let slow = || Trouble::Faults(vec![Fault::slow_body(Duration::from_millis(1))]);
    for moment in [Moment::FirstLoad, Moment::Refresh] {
        let outcome = run(slow(), Shape::List, moment, NEVER).await;
        assert_eq!((outcome.kind, outcome.reads), (None, 1), "{outcome:?}");
    }
}
