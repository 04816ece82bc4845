//! What is found, and that it is what was stored.

use infisical_fake::{Era, SecretSeed, Seed};
use secret_ref::SecretType;
use secret_source::{ErrorKind, Missing, SecretError, SecretSource};

use crate::support::{address, client, fake, folder, serve, text};

pub(crate) fn seed() -> Seed {
    Seed::new()
        .secret("dev", "/app", "OWN", "own")
        .secret("dev", "/app", "EMPTY", "")
        .secret("dev", "/app", "UNICODE", "pä\"ss\\wörd\n😀")
        .secret("dev", "/app", "LONG_REFERENCE", "a ${NOWHERE} b")
        .secret("dev", "/app", "TWO WORDS ü", "odd name")
        .secret("dev", "/app", &"N".repeat(120), "long name")
        .entry(
            "dev",
            "/app",
            SecretSeed::new("HIDDEN", "never shown").hidden(),
        )
        .secret("dev", "/one", "OWN", "imported")
        .secret("dev", "/one", "BOTH", "one")
        .secret("prod", "/two", "BOTH", "two")
        .import("dev", "/app", "dev", "/one")
        .import("dev", "/app", "prod", "/two")
        .folder("dev", "/empty")
}

/// Asks alone (by name) and together with another address (by list): both must say the same.
async fn both_ways(
    era: Era,
    path: &str,
    key: &str,
) -> [Result<secret_source::Secret, SecretError>; 2] {
    let fake = serve(era, seed()).await;
    let infisical = client(&fake);
    let alone = infisical.get(&address(path, key)).await;
    let mut together = infisical
        .get_many(&[address(path, key), address(path, "OTHER")])
        .await;
    [alone, together.swap_remove(0)]
}

#[tokio::test]
async fn values_come_out_exactly_as_they_are_stored() {
    for era in [Era::V2024, Era::V4a, Era::V4b] {
        for (key, expected) in [
            ("OWN", "own"),
            ("EMPTY", ""),
            ("UNICODE", "pä\"ss\\wörd\n😀"),
            ("TWO WORDS ü", "odd name"),
            (&*"N".repeat(120), "long name"),
        ] {
            for answer in both_ways(era, "/app", key).await {
                assert_eq!(text(answer), expected, "{era} {key}");
            }
        }
    }
}

#[tokio::test]
async fn own_secrets_beat_imports_and_the_last_import_wins() {
    for era in [Era::V2024, Era::V4a, Era::V4b] {
        for answer in both_ways(era, "/app", "BOTH").await {
            let secret = answer.unwrap();
            assert_eq!(secret.origin().detail("environment"), Some("prod"), "{era}");
            assert_eq!(text(Ok(secret)), "two", "{era}");
        }
        for answer in both_ways(era, "/app", "OWN").await {
            assert_eq!(text(answer), "own", "{era}");
        }
    }
}

#[tokio::test]
async fn a_hidden_value_is_denied_and_its_placeholder_never_a_value() {
    for era in [Era::V4a, Era::V4b] {
        for answer in both_ways(era, "/app", "HIDDEN").await {
            assert_eq!(answer.unwrap_err().kind(), ErrorKind::Denied, "{era}");
        }
    }
}

#[tokio::test]
async fn an_unexpanded_reference_is_marked() {
    for era in [Era::V2024, Era::V4b] {
        for answer in both_ways(era, "/app", "LONG_REFERENCE").await {
            assert!(answer.unwrap().is_unexpanded(), "{era}");
        }
        for answer in both_ways(era, "/app", "OWN").await {
            assert!(!answer.unwrap().is_unexpanded(), "{era}");
        }
    }
}

#[tokio::test]
async fn an_origin_names_host_project_environment_and_folder() {
    let fake = fake(Era::V4b).await;
    let secret = client(&fake)
        .get(&address("/shared/db", "KEY_1"))
        .await
        .unwrap();
    let host = fake.url().replace("http://", "");
    let project = fake.project_id();
    assert_eq!(
        secret.origin().to_string(),
        format!("infisical (host {host}, project {project}, environment dev, folder /shared/db)")
    );
    assert_eq!(secret.version(), Some(1));
}

#[tokio::test]
async fn a_version_that_the_server_does_not_give_is_refused() {
    let fake = fake(Era::V2024).await;
    fake.set("dev", "/shared/db", "KEY_1", "second");
    let infisical = client(&fake);
    let version =
        |number: u64| address("/shared/db", "KEY_1").with_version(number.try_into().unwrap());
    assert_eq!(text(infisical.get(&version(2)).await), "second");
    let error = infisical.get(&version(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error:?}");
}

#[tokio::test]
async fn a_personal_value_is_never_answered_by_the_shared_one() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let personal = address("/shared/db", "KEY_1").with_type(SecretType::Personal);
        let error = client(&fake).get(&personal).await.unwrap_err();
        assert!(error.kind().is_not_found(), "{era}: {error:?}");
    }
}

#[tokio::test]
async fn a_folder_lists_its_own_secrets_and_its_imports() {
    let fake = serve(Era::V4b, seed()).await;
    let infisical = client(&fake);
    let error = infisical.list(&folder("dev", "/app")).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Denied,
        "one value is hidden: {error:?}"
    );
    fake.reveal("dev", "/app", "HIDDEN");
    let found = infisical.list(&folder("dev", "/app")).await.unwrap();
    let keys: Vec<_> = found.iter().map(|(address, _)| address.key()).collect();
    let long = "N".repeat(120);
    let expected = [
        "BOTH",
        "EMPTY",
        "HIDDEN",
        "LONG_REFERENCE",
        &long,
        "OWN",
        "TWO WORDS ü",
        "UNICODE",
    ];
    assert_eq!(keys, expected);
    assert!(
        infisical
            .list(&folder("dev", "/empty"))
            .await
            .unwrap()
            .is_empty()
    );
    let error = infisical.list(&folder("dev", "/nope")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Folder));
}

#[tokio::test]
async fn an_imported_value_names_no_folder_that_it_is_not_in() {
    let seed = seed().secret("dev", "/one", "NEAR", "one");
    for era in [Era::V2024, Era::V4a, Era::V4b] {
        let fake = serve(era, seed.clone()).await;
        let infisical = client(&fake);
        for (key, environment, folder) in [
            ("OWN", "dev", "/app"),
            ("NEAR", "dev", "/one"),
            ("BOTH", "prod", "/two"),
        ] {
            let is_named = era != Era::V2024 || key == "OWN";
            let folder = if is_named { folder } else { "(imported)" };
            let secret = infisical.get(&address("/app", key)).await.unwrap();
            let origin = secret.origin();
            assert_eq!(
                origin.detail("environment"),
                Some(environment),
                "{era} {key}"
            );
            assert_eq!(origin.detail("folder"), Some(folder), "{era} {key}");
        }
    }
}
