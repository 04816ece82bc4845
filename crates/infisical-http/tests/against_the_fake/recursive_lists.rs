//! What a folder and the folders beneath it hold.

use infisical_fake::{Era, Fault, Route, Seed};
use secret_source::{ErrorKind, ExposeSecret, Missing, Secret, SecretAddress, SecretSource};

use crate::support::{builder, client, folder, serve};

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

fn seed() -> Seed {
    Seed::new()
        .secret("dev", "/app", "OWN", "own")
        .secret("dev", "/app/db", "OWN", "db's own")
        .secret("dev", "/app/db/replica", "DEEP", "deep")
        .secret("dev", "/apple", "OWN", "another folder's")
        .folder("dev", "/app/empty/also")
        .secret("dev", "/one", "OWN", "imported")
        .secret("dev", "/one", "BOTH", "one")
        .secret("prod", "/two", "BOTH", "two")
        .import("dev", "/app/db", "dev", "/one")
        .import("dev", "/app/db", "prod", "/two")
}

fn shown(listed: &[(SecretAddress, Secret)]) -> Vec<String> {
    let line = |(address, secret): &(SecretAddress, Secret)| {
        let value = secret.value().expose_secret();
        format!("{}/{}={value}", address.folder(), address.key())
    };
    listed.iter().map(line).collect()
}

#[tokio::test]
async fn a_tree_holds_each_folder_with_its_own_imports_and_nothing_that_begins_alike() {
    for era in ERAS {
        let fake = serve(era, seed()).await;
        let listed = client(&fake).list_recursive(&folder("dev", "/app")).await;
        assert_eq!(
            shown(&listed.unwrap()),
            [
                "/app/OWN=own",
                "/app/db/BOTH=two",
                "/app/db/OWN=db's own",
                "/app/db/replica/DEEP=deep",
            ],
            "{era}"
        );
    }
}

#[tokio::test]
async fn a_tree_costs_two_requests_for_each_folder() {
    for era in ERAS {
        let fake = serve(era, seed()).await;
        let infisical = client(&fake);
        // A server of 2024 is asked once whether it has the current API.
        infisical.list(&folder("dev", "/one")).await.unwrap();
        fake.reset_counts();
        let listed = infisical.list_recursive(&folder("dev", "/app")).await;
        listed.unwrap();
        // `/app`, `/app/db`, `/app/db/replica`, `/app/empty`, `/app/empty/also`.
        let counts = fake.counts();
        assert_eq!((counts.lists, counts.other), (5, 5), "{era}");
    }
}

#[tokio::test]
async fn the_root_is_a_tree_and_an_environment_without_it_is_a_mistake() {
    for era in ERAS {
        let fake = serve(era, seed()).await;
        let infisical = client(&fake);
        let root = infisical.list_recursive(&folder("dev", "/")).await.unwrap();
        assert_eq!(root.len(), 7, "{era}: {:?}", shown(&root));
        let nowhere = infisical.list_recursive(&folder("nowhere", "/")).await;
        assert_eq!(nowhere.unwrap_err().kind(), ErrorKind::Invalid, "{era}");
        let missing = infisical.list_recursive(&folder("dev", "/nope")).await;
        assert_eq!(
            missing.unwrap_err().kind(),
            ErrorKind::NotFound(Missing::Folder),
            "{era}"
        );
        let empty = infisical.list_recursive(&folder("dev", "/app/empty")).await;
        assert!(empty.unwrap().is_empty(), "{era}");
    }
}

#[tokio::test]
async fn what_may_not_be_read_beneath_denies_the_whole_and_is_named() {
    for era in ERAS {
        let fake = serve(era, seed()).await;
        fake.deny("dev", "/app/db/replica");
        let error = client(&fake)
            .list_recursive(&folder("dev", "/app"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{era}");
        let told = format!("{error} {:?}", error.hint());
        assert!(told.contains("/app/db/replica"), "{era}: {told}");
    }
}

#[tokio::test]
async fn a_hidden_value_beneath_denies_the_whole() {
    for era in [Era::V4a, Era::V4b] {
        let fake = serve(era, seed()).await;
        fake.hide("dev", "/app/db/replica", "DEEP");
        let error = client(&fake)
            .list_recursive(&folder("dev", "/app"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{era}");
        assert!(error.to_string().contains("DEEP"), "{era}: {error}");
    }
}

#[tokio::test]
async fn folders_that_cannot_be_seen_are_an_error_and_not_an_empty_tree() {
    let fake = serve(Era::V4b, seed()).await;
    fake.script(Fault::status(403).on(Route::Other).always());
    let error = client(&fake)
        .list_recursive(&folder("dev", "/app"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(fake.counts().lists, 0);
}

#[tokio::test]
async fn a_failure_on_the_way_is_repeated_like_that_of_any_other_read() {
    let fake = serve(Era::V4b, seed()).await;
    fake.script(Fault::status(503).on(Route::Other));
    fake.script(Fault::status(503).on(Route::List));
    let listed = client(&fake).list_recursive(&folder("dev", "/app")).await;
    assert_eq!(listed.unwrap().len(), 4);

    fake.script(Fault::status(503).on(Route::Other).always());
    let infisical = builder(&fake).retries(1).build().unwrap();
    let error = infisical
        .list_recursive(&folder("dev", "/app"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_folder_whose_name_no_path_can_hold_is_named() {
    let answer = r#"{"folders":[{"id":"1","name":"a/b"}]}"#;
    let fake = serve(Era::V2024, seed()).await;
    fake.script(Fault::body_of(answer).on(Route::Other));
    let error = client(&fake)
        .list_recursive(&folder("dev", "/app"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("`a/b`"), "{error}");
}
