//! Values that a list could not show, looked up by name.

use infisical_fake::{Era, Fault, Route, Seed};
use secret_source::{ErrorKind, SecretSource};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::support::{address, client, fake, folder, serve, text};

/// A list in which the value of `KEY_1` was not expanded to the end, as servers of 2024 do at random.
const STOPPED_EARLY: &str = r#"{"secrets":[
    {"secretKey":"KEY_1","secretValue":"${DEEP}","secretPath":"/shared/db","type":"shared"},
    {"secretKey":"KEY_2","secretValue":"as listed","secretPath":"/shared/db","type":"shared"}],"imports":[]}"#;

#[tokio::test]
async fn a_value_that_a_list_expanded_too_little_is_read_again_once() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let infisical = client(&fake);
        // The dialect is learned before, so that the fault meets the list itself.
        infisical.get(&address("/", "KEY_1")).await.unwrap();
        fake.reset_counts();
        fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).times(1));
        let asked = [
            address("/shared/db", "KEY_1"),
            address("/shared/db", "KEY_2"),
        ];
        let [first, second] = infisical.get_many(&asked).await.try_into().unwrap();
        let first = first.unwrap();
        assert!(!first.is_unexpanded(), "{era}");
        assert_eq!(
            text(Ok(first)),
            crate::support::value("/shared/db", 1),
            "{era}"
        );
        assert_eq!(text(second), "as listed", "{era}");
        assert_eq!((fake.counts().lists, fake.counts().gets), (1, 1), "{era}");
    }
}

#[tokio::test]
async fn a_value_that_stays_unexpanded_is_what_the_list_said() {
    let seed = (0..20).fold(Seed::new(), |seed, number| {
        seed.secret("dev", "/app", &format!("K{number}"), "a ${NOWHERE}")
    });
    for era in [Era::V2024, Era::V4b] {
        let fake = serve(era, seed.clone()).await;
        let asked: Vec<_> = (0..20)
            .map(|number| address("/app", &format!("K{number}")))
            .collect();
        for answer in client(&fake).get_many(&asked).await {
            let secret = answer.unwrap();
            assert!(secret.is_unexpanded(), "{era}");
            assert_eq!(text(Ok(secret)), "a ${NOWHERE}", "{era}");
        }
        assert_eq!(fake.counts().gets, 8, "{era}: not all twenty");
    }
}

#[tokio::test]
async fn a_second_look_that_fails_is_not_repeated() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).always());
    fake.script(Fault::status(500).on(Route::Get).always());
    let asked = [
        address("/shared/db", "KEY_1"),
        address("/shared/db", "KEY_2"),
    ];
    let answers = client(&fake).get_many(&asked).await;
    assert!(answers[0].as_ref().unwrap().is_unexpanded());
    assert_eq!(fake.counts().gets, 1);
}

#[tokio::test]
async fn a_folder_is_listed_with_what_a_second_look_showed() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::body_of(STOPPED_EARLY).on(Route::List).times(1));
    let found = client(&fake)
        .list(&folder("dev", "/shared/db"))
        .await
        .unwrap();
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
        assert_eq!((fake.counts().lists, fake.counts().gets), (1, 3), "{era}");
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
async fn more_secrets_than_may_be_looked_up_one_by_one_share_the_refusal() {
    let seed = (0..40).fold(with_an_unreadable_reference(), |seed, number| {
        seed.secret("dev", "/app", &format!("K{number}"), "v")
    });
    let fake = serve(Era::V4b, seed).await;
    fake.deny("dev", "/vault");
    let asked: Vec<_> = (0..40)
        .map(|number| address("/app", &format!("K{number}")))
        .collect();
    for answer in client(&fake).get_many(&asked).await {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied);
    }
    assert_eq!(fake.counts().gets, 0);
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
    for _ in 0..2 {
        let answers = infisical.get_many(&asked).await;
        assert_no_leak(&format!("{answers:?} {infisical:?}"), [&canary]);
    }
    assert_eq!(
        fake.counts().gets,
        2 * 3,
        "two by refusal and one unexpanded"
    );
    logs.assert_no_leak([&canary]);
}
