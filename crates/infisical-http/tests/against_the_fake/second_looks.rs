//! Values that a list could not show, looked up by name.

use std::time::Duration;

use infisical_fake::{Era, Fake, Fault, Route, Seed};
use infisical_http::Infisical;
use secret_source::{ErrorKind, SecretAddress, SecretSource};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::support::{address, client, fake, folder, serve, text};

/// A list in which the value of `KEY_1` was not expanded to the end, as servers of 2024 do at random.
const STOPPED_EARLY: &str = r#"{"secrets":[
    {"secretKey":"KEY_1","secretValue":"${DEEP}","secretPath":"/shared/db","type":"shared"},
    {"secretKey":"KEY_2","secretValue":"as listed","secretPath":"/shared/db","type":"shared"}],"imports":[]}"#;

/// Starts a server of 2024 with fifty secrets and a client that knows what it speaks, so that a fault meets
/// the list itself.
async fn old_and_known(seed: Option<Seed>) -> (Fake, Infisical) {
    let fake = match seed {
        Some(seed) => serve(Era::V2024, seed.secret("dev", "/", "KEY_1", "v")).await,
        None => fake(Era::V2024).await,
    };
    let infisical = client(&fake);
    infisical.get(&address("/", "KEY_1")).await.unwrap();
    fake.reset_counts();
    (fake, infisical)
}

#[tokio::test]
async fn a_value_that_a_list_of_an_old_server_expanded_too_little_is_read_again_once() {
    let (fake, infisical) = old_and_known(None).await;
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).times(1));
    let asked = [
        address("/shared/db", "KEY_1"),
        address("/shared/db", "KEY_2"),
    ];
    let [first, second] = infisical.get_many(&asked).await.try_into().unwrap();
    let first = first.unwrap();
    assert!(!first.is_unexpanded());
    assert_eq!(text(Ok(first)), crate::support::value("/shared/db", 1));
    assert_eq!(text(second), "as listed");
    assert_eq!((fake.counts().lists, fake.counts().gets), (1, 1));
}

#[tokio::test]
async fn a_list_of_a_current_server_is_believed() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).times(1));
    let asked = [
        address("/shared/db", "KEY_1"),
        address("/shared/db", "KEY_2"),
    ];
    let answers = client(&fake).get_many(&asked).await;
    assert!(answers[0].as_ref().unwrap().is_unexpanded());
    assert_eq!((fake.counts().lists, fake.counts().gets), (1, 0));
}

/// Twenty secrets with a reference each.
fn twenty(reference: &str) -> Seed {
    (0..20).fold(Seed::new(), |seed, number| {
        seed.secret("dev", "/app", &format!("K{number}"), reference)
    })
}

fn asked_twenty() -> Vec<SecretAddress> {
    let keys = (0..20).map(|number| format!("K{number}"));
    keys.map(|key| address("/app", &key)).collect()
}

#[tokio::test]
async fn a_value_that_stays_unexpanded_is_what_the_list_said() {
    let (fake, infisical) = old_and_known(Some(twenty("a ${NOWHERE}"))).await;
    for (count, gets, lists) in [(8, 8, 1), (20, 0, 2)] {
        fake.reset_counts();
        for answer in infisical.get_many(&asked_twenty()[..count]).await {
            let secret = answer.unwrap();
            assert!(secret.is_unexpanded());
            assert_eq!(text(Ok(secret)), "a ${NOWHERE}");
        }
        let counts = fake.counts();
        assert_eq!((counts.lists, counts.gets), (lists, gets), "{count}");
    }
}

#[tokio::test]
async fn a_list_with_more_unexpanded_values_than_are_looked_up_is_read_again_once() {
    let seed = twenty("${dev.far.KEY}").secret("dev", "/far", "KEY", "there");
    let (fake, infisical) = old_and_known(Some(seed)).await;
    let row = |number| format!(r#"{{"secretKey":"K{number}","secretValue":"${{dev.far.KEY}}"}}"#);
    let rows: Vec<_> = (0..20).map(row).collect();
    let stopped = format!(r#"{{"secrets":[{}],"imports":[]}}"#, rows.join(","));
    fake.script(Fault::body_of(stopped).on(Route::List).times(1));
    for answer in infisical.get_many(&asked_twenty()).await {
        assert_eq!(text(answer), "there");
    }
    assert_eq!((fake.counts().lists, fake.counts().gets), (2, 0));
}

#[tokio::test]
async fn a_second_look_that_fails_is_not_repeated() {
    let (fake, infisical) = old_and_known(None).await;
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).always());
    fake.script(Fault::status(500).on(Route::Get).always());
    let asked = [
        address("/shared/db", "KEY_1"),
        address("/shared/db", "KEY_2"),
    ];
    let answers = infisical.get_many(&asked).await;
    assert!(answers[0].as_ref().unwrap().is_unexpanded());
    assert_eq!(fake.counts().gets, 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_look_is_not_worth_waiting_for() {
    let (fake, infisical) = old_and_known(None).await;
    fake.script(Fault::rate_limit(40).on(Route::Get).times(1));
    let error = infisical.get(&address("/", "KEY_1")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    // The rest of the pause would fit into the deadline.
    tokio::time::advance(Duration::from_secs(25)).await;
    fake.reset_counts();
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).times(1));
    let asked = ["KEY_1", "KEY_2"].map(|key| address("/shared/db", key));
    let start = tokio::time::Instant::now();
    let answers = infisical.get_many(&asked).await;
    assert!(answers[0].as_ref().unwrap().is_unexpanded());
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(fake.counts().gets, 0);
}

#[tokio::test]
async fn a_second_look_that_is_denied_is_the_answer() {
    let (fake, infisical) = old_and_known(Some(with_an_unreadable_reference())).await;
    fake.deny("dev", "/vault");
    let asked = ["GOOD", "BAD"].map(|key| address("/app", key));
    for _ in 0..2 {
        let [good, bad] = infisical.get_many(&asked).await.try_into().unwrap();
        assert_eq!(text(good), "good");
        let error = bad.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
        assert_eq!(error.address(), Some(&asked[1]));
    }
    let error = infisical.list(&folder("dev", "/app")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
}

#[tokio::test]
async fn an_old_server_that_fails_for_a_reference_into_a_missing_folder_is_asked_for_the_list() {
    let seed = Seed::new().secret("dev", "/app", "KEY", "a ${dev.gone.KEY}");
    let (fake, infisical) = old_and_known(Some(seed)).await;
    let secret = infisical.get(&address("/app", "KEY")).await.unwrap();
    assert!(secret.is_unexpanded());
    assert_eq!(text(Ok(secret)), "a ${dev.gone.KEY}");
    assert_eq!((fake.counts().lists, fake.counts().gets), (1, 4));
    // What the list does not explain stays a failure.
    fake.script(Fault::status(500).on(Route::Get).always());
    for fault in [Fault::status(500), Fault::body_of(STOPPED_EARLY)] {
        fake.script(fault.on(Route::List).times(1));
        let error = infisical.get(&address("/app", "KEY")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    }
}

#[tokio::test]
async fn a_folder_is_listed_with_what_a_second_look_showed() {
    let (fake, infisical) = old_and_known(None).await;
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).times(1));
    let found = infisical.list(&folder("dev", "/shared/db")).await.unwrap();
    assert!(found.iter().all(|(_, secret)| !secret.is_unexpanded()));
}

fn with_an_unreadable_reference() -> Seed {
    Seed::new()
        .secret("dev", "/vault", "KEY", "kept from the identity")
        .secret("dev", "/app", "GOOD", "good")
        .secret("dev", "/app", "ALSO_GOOD", "also good")
        .secret("dev", "/app", "BAD", "x ${dev.vault.KEY}")
}

#[tokio::test]
async fn one_unreadable_reference_denies_its_own_secret_only() {
    for era in [Era::V4a, Era::V4b] {
        let fake = serve(era, with_an_unreadable_reference()).await;
        fake.deny("dev", "/vault");
        let asked = ["GOOD", "BAD", "ALSO_GOOD", "GOOD"].map(|key| address("/app", key));
        let [good, bad, also, again] = client(&fake).get_many(&asked).await.try_into().unwrap();
        assert_eq!(text(good), "good", "{era}");
        assert_eq!(text(also), "also good", "{era}");
        assert_eq!(text(again), "good", "{era}");
        assert_eq!(bad.unwrap_err().kind(), ErrorKind::Denied, "{era}");
        assert_eq!((fake.counts().lists, fake.counts().gets), (2, 1), "{era}");
    }
}

#[tokio::test]
async fn one_unreadable_reference_denies_the_list_of_its_folder_and_says_why() {
    for era in [Era::V4a, Era::V4b] {
        let fake = serve(era, with_an_unreadable_reference()).await;
        fake.deny("dev", "/vault");
        let infisical = client(&fake);
        let error = infisical.list(&folder("dev", "/app")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{era}");
        assert!(error.hint().unwrap().contains("references"), "{error:?}");
        assert_eq!((fake.counts().lists, fake.counts().gets), (1, 0), "{era}");
    }
}

#[tokio::test]
async fn a_folder_that_is_denied_as_a_whole_costs_no_single_look_ups() {
    let fake = serve(Era::V4b, with_an_unreadable_reference()).await;
    fake.deny("dev", "/app");
    let asked = ["GOOD", "ALSO_GOOD"].map(|key| address("/app", key));
    for answer in client(&fake).get_many(&asked).await {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied);
    }
    assert_eq!(fake.counts().gets, 0);
}

#[tokio::test]
async fn however_many_secrets_are_asked_for_only_those_with_references_are_looked_up() {
    let seed = (0..40).fold(with_an_unreadable_reference(), |seed, number| {
        seed.secret("dev", "/app", &format!("K{number}"), "v")
            .secret("dev", "/app", &format!("R{number}"), "${GOOD}")
    });
    let fake = serve(Era::V4b, seed).await;
    fake.deny("dev", "/vault");
    let infisical = client(&fake);
    let keys = |letter| (0..40).map(move |number| address("/app", &format!("{letter}{number}")));
    let plain: Vec<_> = keys("K").chain([address("/app", "BAD")]).collect();
    let mut answers = infisical.get_many(&plain).await;
    let bad = answers.pop().unwrap().unwrap_err();
    assert_eq!(bad.kind(), ErrorKind::Denied);
    for answer in answers {
        assert_eq!(text(answer), "v");
    }
    assert_eq!((fake.counts().lists, fake.counts().gets), (2, 1));

    fake.reset_counts();
    let with_references: Vec<_> = keys("R").collect();
    let answers = infisical.get_many(&with_references).await;
    let (answered, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((answered.len(), refused.len()), (32, 8));
    for answer in refused {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert!(error.hint().unwrap().contains("references"), "{error:?}");
    }
    assert_eq!((fake.counts().lists, fake.counts().gets), (2, 32));
}

#[tokio::test]
async fn a_folder_that_cannot_be_listed_as_it_is_stored_stays_refused() {
    let fake = serve(Era::V4b, with_an_unreadable_reference()).await;
    fake.deny("dev", "/vault");
    let refusal = Fault::status(403).message("Failed to expand one or more secret references");
    fake.script(refusal.on(Route::List).times(1));
    fake.script(Fault::status(422).on(Route::List).always());
    let asked = ["GOOD", "ALSO_GOOD"].map(|key| address("/app", key));
    for answer in client(&fake).get_many(&asked).await {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied);
    }
    assert_eq!((fake.counts().lists, fake.counts().gets), (2, 0));
}

#[tokio::test]
async fn second_looks_and_renewals_show_no_value() {
    let canary = Canary::named("value looked at twice");
    let logs = LogCollector::new();
    let _installed = logs.install();
    let seed = Seed::new()
        .secret("dev", "/vault", "KEY", "kept from the identity")
        .secret("dev", "/app", "GOOD", canary.value())
        .secret(
            "dev",
            "/app",
            "BAD",
            &format!("{} ${{dev.vault.KEY}}", canary.value()),
        )
        .secret("dev", "/renewed", "A", canary.value())
        .secret("dev", "/renewed", "B", canary.value())
        .secret("dev", "/other", "A", canary.value())
        .secret(
            "dev",
            "/other",
            "B",
            &format!("{} ${{NOWHERE}}", canary.value()),
        );
    let fake = serve(Era::V4b, seed).await;
    fake.deny("dev", "/vault");
    let infisical = client(&fake);
    let asked = [
        ("/app", "GOOD"),
        ("/app", "BAD"),
        ("/other", "A"),
        ("/other", "B"),
    ]
    .map(|(path, key)| address(path, key));
    let alone = [address("/renewed", "A"), address("/renewed", "B")];
    for _ in 0..2 {
        let answers = infisical.get_many(&asked).await;
        let renewed = infisical.get_many(&alone).await;
        assert!(renewed.iter().all(Result::is_ok));
        assert_no_leak(&format!("{answers:?} {renewed:?} {infisical:?}"), [&canary]);
    }
    assert_eq!(fake.counts().gets, 2, "one by refusal");
    assert_eq!(infisical.requests().not_modified, 1);
    logs.assert_no_leak([&canary]);
}
