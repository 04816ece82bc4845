//! What is found, what is not, and what the difference is.

use infisical_fake::{Era, Fault, Route, SecretSeed, Seed};
use secret_ref::SecretType;
use secret_source::{ErrorKind, Missing, SecretAddress, SecretError, SecretSource};

use crate::support::{address, builder, client, fake, fifty, folder, serve, text};

fn seed() -> Seed {
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
async fn a_missing_secret_comes_with_a_near_name_where_the_folder_was_listed() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let asked = [
        address("/shared/db", "KYE_1"),
        address("/shared/db", "KEY_2"),
    ];
    let answers = infisical.get_many(&asked).await;
    let error = answers[0].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Secret));
    assert!(
        error.hint().unwrap().contains("did you mean `KEY_1`"),
        "{error:?}"
    );
    assert!(answers[1].is_ok());

    let error = infisical.get(&asked[0]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Secret));
    assert!(
        error
            .hint()
            .unwrap()
            .contains("folder `/shared/db` of environment `dev`"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_missing_folder_and_a_missing_environment_are_told_apart_by_one_request() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let asked = [
        folder("dev", "/nope").secret("A"),
        folder("dev", "/nope/deeper").secret("A"),
        folder("dve", "/nope").secret("A"),
        folder("dve", "/shared/db").secret("A"),
    ];
    let answers = infisical.get_many(&asked).await;
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().unwrap_err().kind())
        .collect();
    let folder_missing = ErrorKind::NotFound(Missing::Folder);
    assert_eq!(
        kinds,
        [
            folder_missing,
            folder_missing,
            ErrorKind::Invalid,
            ErrorKind::Invalid
        ]
    );
    assert_eq!(fake.counts().lists, 4 + 2, "one probe for each environment");
    let error = answers[2].as_ref().unwrap_err();
    assert!(
        error.message().contains("no environment `dve`"),
        "{error:?}"
    );

    for (environment, kind) in [("dev", folder_missing), ("dve", ErrorKind::Invalid)] {
        let error = infisical
            .get(&folder(environment, "/nope").secret("A"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
    }
}

#[tokio::test]
async fn an_environment_that_answered_needs_no_probe() {
    let fake = fake(Era::V4b).await;
    let asked = [address("/shared/db", "KEY_1"), address("/nope", "A")];
    let answers = client(&fake).get_many(&asked).await;
    let error = answers[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Folder));
    assert_eq!(fake.counts().lists, 2);
}

#[tokio::test]
async fn an_old_servers_folders_tell_what_its_lists_do_not() {
    let fake = serve(Era::V2024, seed().folder("dev", "/deep/empty")).await;
    let infisical = client(&fake);
    assert!(infisical.get(&address("/app", "OWN")).await.is_ok());
    let folder_missing = ErrorKind::NotFound(Missing::Folder);
    for (environment, path, kind) in [
        ("dev", "/nope", folder_missing),
        ("dev", "/app/nope", folder_missing),
        ("dev", "/nope/deeper", folder_missing),
        ("dve", "/", ErrorKind::Invalid),
        ("dve", "/app", ErrorKind::Invalid),
        ("dev", "/", ErrorKind::NotFound(Missing::Secret)),
        ("dev", "/deep/empty", ErrorKind::NotFound(Missing::Secret)),
    ] {
        let folder = folder(environment, path);
        fake.reset_counts();
        for answer in infisical
            .get_many(&["A", "B"].map(|key| folder.secret(key)))
            .await
        {
            assert_eq!(answer.unwrap_err().kind(), kind, "{folder:?}");
        }
        let error = infisical.get(&folder.secret("A")).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{folder:?} by name");
        assert_eq!(
            infisical.list(&folder).await.is_ok(),
            kind == ErrorKind::NotFound(Missing::Secret),
            "{folder:?}"
        );
        assert!(
            fake.counts().total <= 6,
            "{folder:?}: one question each time"
        );
    }
}

#[tokio::test]
async fn an_old_server_that_does_not_show_folders_leaves_it_untold() {
    let fake = fake(Era::V2024).await;
    let infisical = client(&fake);
    assert!(infisical.get(&address("/shared/db", "KEY_1")).await.is_ok());
    fake.script(Fault::status(403).on(Route::Other).always());
    let asked = [address("/nope", "A"), address("/nope", "B")];
    for answer in infisical.get_many(&asked).await {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Unknown));
        assert!(
            error.hint().unwrap().contains("answers both alike"),
            "{error:?}"
        );
    }
    assert!(infisical.list(&folder("dev", "/nope")).await.is_err());
}

fn missing(beginning: &str) -> Vec<SecretAddress> {
    let paths = (0..30).map(|number| format!("{beginning}{number}"));
    paths.map(|path| address(&path, "A")).collect()
}

#[tokio::test]
async fn an_old_server_is_asked_about_a_few_missing_folders_and_not_about_all() {
    let fake = fake(Era::V2024).await;
    let infisical = client(&fake);
    for answer in infisical.get_many(&missing("/nope-")).await {
        let kind = answer.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::NotFound(Missing::Folder));
    }
    assert_eq!(infisical.requests().folders, 1, "they have one parent");
    let answers = infisical.get_many(&missing("/nope/a/")).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(infisical.requests().folders, 2);
    let apart: Vec<_> = (0..30)
        .map(|number| address(&format!("/nope-{number}/deep"), "A"))
        .collect();
    assert!(infisical.get_many(&apart).await.iter().all(Result::is_err));
    assert_eq!(infisical.requests().folders, 2 + 8);
}

#[tokio::test]
async fn an_unknown_project_is_invalid_whether_named_by_id_or_slug() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let id = builder(&fake)
            .project("00000000-0000-0000-0000-000000000000")
            .build()
            .unwrap();
        let answers = id.get_many(&fifty()[..2]).await;
        assert_eq!(
            answers[0].as_ref().unwrap_err().kind(),
            ErrorKind::Invalid,
            "{era}: {answers:?}"
        );
        let error = id.get(&fifty()[0]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{era}: {error:?}");
    }
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let slug = builder(&fake).project("no-such-project").build().unwrap();
        let error = slug.get(&fifty()[0]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{era}: {error:?}");
        assert!(
            error.to_string().contains("no-such-project"),
            "{era}: {error}"
        );
    }
}

#[tokio::test]
async fn a_reference_without_a_project_needs_a_default_one() {
    let fake = fake(Era::V4b).await;
    let infisical = builder(&fake).project("").build().unwrap();
    let error = infisical
        .get(&address("/shared/db", "KEY_1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(
        error.hint().unwrap().contains("INFISICAL_PROJECT_ID"),
        "{error:?}"
    );
    let named = folder("dev", "/shared/db")
        .with_project(&fake.project_id())
        .secret("KEY_1");
    assert!(infisical.get(&named).await.is_ok());
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
