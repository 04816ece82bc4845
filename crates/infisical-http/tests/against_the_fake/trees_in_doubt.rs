//! Recursive lists that a server of 2024 answers with a failure.

use infisical_fake::{Era, Fake, Fault, Route};
use infisical_http::{Infisical, InfisicalBuilder};
use secret_source::{ErrorKind, Missing, SecretAddress, SecretSource};

use crate::support::{builder, folder, serve};
use crate::trees::{apps, asked, path};
use crate::writes_script::{Scripted, secrets};

/// A fake of 2024 with ten folders and a client that knows its dialect and has a token.
async fn old_and_known(configure: fn(InfisicalBuilder) -> InfisicalBuilder) -> (Fake, Infisical) {
    let fake = serve(Era::V2024, apps(10)).await;
    let infisical = configure(builder(&fake)).build().unwrap();
    infisical.get(&asked(1)[0]).await.unwrap();
    fake.reset_counts();
    (fake, infisical)
}

fn in_an_unknown_environment() -> Vec<SecretAddress> {
    let keys = (0..10).map(|number| folder("nosuch", &path(number)).secret("PASSWORD"));
    keys.collect()
}

#[tokio::test]
async fn an_unknown_environment_of_an_old_server_costs_a_tree_and_a_question() {
    let (fake, infisical) = old_and_known(|builder| builder).await;
    for answer in infisical.get_many(&in_an_unknown_environment()).await {
        let error = answer.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains("`nosuch`"), "{error}");
    }
    assert_eq!((fake.counts().lists, fake.counts().total), (1, 2));
}

#[tokio::test]
async fn folders_that_were_not_modified_are_asked_for_once_more() {
    let (fake, infisical) = old_and_known(|builder| builder).await;
    fake.script(Fault::status(304).on(Route::Other));
    let answer = infisical.get_many(&in_an_unknown_environment()).await.pop();
    assert_eq!(answer.unwrap().unwrap_err().kind(), ErrorKind::Invalid);
    assert_eq!((fake.counts().lists, fake.counts().total), (1, 3));
}

#[tokio::test]
async fn an_environment_that_nobody_tells_about_is_looked_for_as_before() {
    let (fake, infisical) = old_and_known(|builder| builder).await;
    fake.script(Fault::status(403).on(Route::Other).always());
    for answer in infisical.get_many(&in_an_unknown_environment()).await {
        let kind = answer.unwrap_err().kind();
        assert_eq!(kind, ErrorKind::NotFound(Missing::Unknown));
    }
    assert_eq!(fake.counts().lists, 1 + 4 + 10);
}

#[tokio::test]
async fn a_failure_of_an_old_server_is_no_wrong_environment_and_is_repeated() {
    let (fake, infisical) = old_and_known(|builder| builder).await;
    fake.script(Fault::status(500).on(Route::List).times(3));
    let answers = infisical.get_many(&asked(10)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(fake.counts().lists, 3 + 1);
}

#[tokio::test]
async fn a_failure_of_an_old_server_is_not_repeated_where_nothing_is() {
    let (fake, infisical) = old_and_known(|builder| builder.retries(0)).await;
    fake.script(Fault::status(500).on(Route::List).times(1));
    let answers = infisical.get_many(&asked(10)).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(fake.counts().lists, 1 + 10);
}

#[tokio::test]
async fn a_tree_that_is_read_as_it_is_stored_is_repeated_as_it_is_stored() {
    let fails = |status: u16, message: &str| {
        let body = format!(r#"{{"statusCode":{status},"message":"{message}","error":"Some"}}"#);
        (status, body)
    };
    let server = Scripted::start(move |asked, number| match number {
        0 => fails(403, "Failed to expand one or more secret references"),
        1 => fails(500, "Something went wrong"),
        _ if asked.path.starts_with("/api/v1/folders") => (200, r#"{"folders":[]}"#.to_owned()),
        _ => secrets(Vec::new()),
    })
    .await;
    server.client().get_many(&asked(10)).await;
    let asked = server.asked();
    assert!(asked[2].path.starts_with("/api/v1/folders"), "{asked:?}");
    for stored in [&asked[1], &asked[3]] {
        for switch in ["expandSecretReferences=false", "recursive=true"] {
            assert!(stored.path.contains(switch), "{stored:?}");
        }
    }
}
