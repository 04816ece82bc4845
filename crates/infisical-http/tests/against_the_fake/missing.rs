//! What is not found, and how much of it the server tells.

use infisical_fake::{Era, Fault, Route};
use secret_source::{ErrorKind, Missing, SecretAddress, SecretSource};

use crate::reads::seed;
use crate::support::{address, builder, client, fake, fifty, folder, serve};

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
