//! Recursive lists that a server of 2024 answers with a failure.

use infisical_fake::{Era, Fake, Fault, Route};
use infisical_http::{Infisical, InfisicalBuilder};
use secret_source::{ErrorKind, Missing, SecretAddress, SecretSource};

use crate::support::{builder, folder, serve};
use crate::trees::{apps, asked, path};

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
