//! Tokens: obtained, replaced, and ended.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use infisical_fake::{Era, Fake, Fault, Identity, Route, Seed};
use infisical_http::{Infisical, TokenAuth};
use secret_source::{ErrorKind, Secret, SecretError, SecretSource};

use crate::support::{address, builder, client, fake, fifty, folder, pass, text, value};
use crate::writes_script::{Scripted, refusal};

async fn all_are_answered(infisical: &Infisical) {
    let asked = fifty();
    let answers = join_all(asked.iter().map(|address| infisical.get(address))).await;
    assert!(
        answers.iter().all(Result::is_ok),
        "{:?}",
        answers.iter().find(|answer| answer.is_err())
    );
}

/// Starts a server with one secret, whose tokens live for `ttl`.
async fn expiring(ttl: Duration) -> Fake {
    let seed = Seed::new().secret("dev", "/", "KEY", "v");
    let fake = Fake::builder().seed(seed).token_ttl(ttl);
    fake.start().await.unwrap()
}

#[tokio::test]
async fn revoked_and_expired_tokens_are_replaced_by_exactly_one_login() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let infisical = client(&fake);
        all_are_answered(&infisical).await;
        fake.revoke_tokens();
        all_are_answered(&infisical).await;
        assert_eq!(fake.counts().logins, 2, "{era}");
        fake.expire_tokens();
        all_are_answered(&infisical).await;
        assert_eq!(fake.counts().logins, 3, "{era}");
        assert!(infisical.get_many(&fifty()).await.iter().all(Result::is_ok));
        assert_eq!(fake.counts().logins, 3, "{era}");
    }
}

#[tokio::test]
async fn a_token_that_is_never_honoured_is_not_replaced_for_ever() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::status(401).on(Route::Get).always());
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    for _ in 0..10 {
        let error = infisical.get(&address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    }
    assert_eq!((fake.counts().logins, fake.counts().gets), (2, 2));
}

#[tokio::test]
async fn permission_denied_is_no_reason_to_log_in_again() {
    let fake = fake(Era::V4b).await;
    fake.deny("dev", "/shared/db");
    let infisical = client(&fake);
    let error = infisical
        .get(&address("/shared/db", "KEY_3"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
    assert_eq!((fake.counts().logins, fake.counts().gets), (1, 1));
}

#[tokio::test]
async fn a_given_token_is_used_as_it_is_and_one_that_is_refused_twice_is_not_tried_again() {
    let fake = fake(Era::V4b).await;
    let address = address("/shared/db", "KEY_3");
    let with_token = |token: String| {
        let builder = Infisical::builder(&fake.url()).project(fake.project_id());
        builder
            .token(token)
            .retry_delay(Duration::ZERO)
            .build()
            .unwrap()
    };
    let infisical = with_token(fake.issue_token());
    assert_eq!(text(infisical.get(&address).await), value("/shared/db", 3));
    infisical.revoke().await.unwrap();
    assert!(
        infisical.get(&address).await.is_ok(),
        "a token of others is not revoked"
    );
    assert_eq!(fake.counts().logins, 0);

    fake.revoke_tokens();
    fake.reset_counts();
    for _ in 0..10 {
        let error = infisical.get(&address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    }
    assert_eq!(fake.counts().total, 2);

    let infisical = with_token(fake.issue_token());
    fake.revoke_tokens();
    fake.reset_counts();
    for _ in 0..10 {
        assert!(infisical.get(&address).await.is_err());
    }
    assert_eq!(fake.counts().total, 1, "it never worked");
}

#[tokio::test]
async fn one_refusal_is_not_held_against_a_given_token_that_works() {
    let fake = fake(Era::V4b).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), fake.issue_token()).unwrap();
    for auth in [
        TokenAuth::new(fake.issue_token()),
        TokenAuth::token_file(file.path()),
    ] {
        let infisical = Infisical::builder(&fake.url())
            .auth(auth)
            .project(fake.project_id())
            .build()
            .unwrap();
        let address = address("/shared/db", "KEY_3");
        for _ in 0..3 {
            assert!(infisical.get(&address).await.is_ok());
            fake.script(Fault::status(401).on(Route::Get));
            let error = infisical.get(&address).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated);
        }
    }
}

#[tokio::test]
async fn a_gateways_page_is_no_proof_that_a_token_works() {
    let server = Scripted::start(|_, number| match number {
        0 => (401, "<html>".to_owned()),
        _ => refusal(401, "No identity access token found"),
    })
    .await;
    let infisical = server.client();
    let address = address("/", "KEY");
    for kind in [
        ErrorKind::Protocol,
        ErrorKind::Unauthenticated,
        ErrorKind::Unauthenticated,
    ] {
        assert_eq!(infisical.get(&address).await.unwrap_err().kind(), kind);
    }
    assert_eq!(server.asked().len(), 2, "the refusal is remembered");
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() {
    let ttl = Duration::from_secs(1000);
    let fake = expiring(ttl).await;
    let infisical = client(&fake);
    assert_eq!(infisical.token_age(), None);
    let address = address("/", "KEY");
    assert!(infisical.get(&address).await.is_ok());
    pass(ttl * 7 / 10).await;
    assert!(infisical.get(&address).await.is_ok());
    assert_eq!(fake.counts().logins, 1);
    assert!(infisical.token_age().unwrap() >= ttl * 7 / 10);
    pass(ttl * 25 / 100).await;
    assert!(infisical.get(&address).await.is_ok());
    assert_eq!(fake.counts().logins, 2);
    assert_eq!(
        fake.counts().gets,
        3,
        "no request was sent with a token that had expired"
    );
}

#[tokio::test]
async fn a_token_that_is_due_serves_on_while_logins_fail() {
    let ttl = Duration::from_secs(1000);
    let fake = expiring(ttl).await;
    let infisical = client(&fake);
    let address = address("/", "KEY");
    assert!(infisical.get(&address).await.is_ok());
    fake.script(Fault::status(503).on(Route::Login).always());
    pass(ttl * 95 / 100).await;
    assert!(infisical.get(&address).await.is_ok());
    // The replacement goes on in the background: four attempts after the first login.
    while fake.counts().logins < 5 {
        tokio::task::yield_now().await;
    }
    assert!(infisical.get(&address).await.is_ok());
    assert_eq!(fake.counts().logins, 5, "the next try waits");
}

#[tokio::test]
async fn a_token_that_is_due_serves_on_while_a_login_hangs() {
    let ttl = Duration::from_secs(1000);
    let fake = expiring(ttl).await;
    let infisical = client(&fake);
    let address = address("/", "KEY");
    assert!(infisical.get(&address).await.is_ok());
    fake.script(Fault::hang().on(Route::Login).always());
    pass(ttl * 95 / 100).await;
    for _ in 0..3 {
        assert!(infisical.get(&address).await.is_ok());
    }
    while fake.counts().logins < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.counts().logins, 2, "all share the login that hangs");
}

#[tokio::test]
async fn a_token_outlives_the_credentials_that_it_came_from() {
    let ttl = Duration::from_secs(1000);
    let fake = expiring(ttl).await;
    let infisical = client(&fake);
    let address = address("/", "KEY");
    assert!(infisical.get(&address).await.is_ok());
    fake.rotate_client_secret("another");
    pass(ttl * 95 / 100).await;
    assert!(infisical.get(&address).await.is_ok());
    while fake.counts().logins < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..10 {
        assert!(infisical.get(&address).await.is_ok());
    }
    pass(ttl / 10).await;
    let error = infisical.get(&address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    assert_eq!(fake.counts().logins, 2, "the refusal is remembered");
}

#[tokio::test]
async fn revoking_waits_for_a_login_under_way() {
    let fake = fake(Era::V4b).await;
    let slow = Fault::delay(Duration::from_millis(100)).on(Route::Login);
    fake.script(slow.always());
    let infisical = client(&fake);
    let caller = tokio::spawn({
        let infisical = infisical.clone();
        async move { infisical.get(&address("/shared/db", "KEY_3")).await.is_ok() }
    });
    while fake.counts().logins == 0 {
        tokio::task::yield_now().await;
    }
    infisical.revoke().await.unwrap();
    let revoked = |request: &infisical_fake::Request| request.path().ends_with("/token/revoke");
    assert!(fake.requests().iter().any(revoked));
    caller.abort();
}

/// Starts a look-up whose login takes a while, and waits until the login is under way.
async fn logging_in(
    infisical: &Infisical,
    fake: &Fake,
) -> tokio::task::JoinHandle<Result<Secret, SecretError>> {
    let slow = Fault::delay(Duration::from_millis(100)).on(Route::Login);
    fake.script(slow.always());
    let caller = infisical.clone();
    let caller = tokio::spawn(async move { caller.get(&address("/shared/db", "KEY_3")).await });
    while fake.counts().logins == 0 {
        tokio::task::yield_now().await;
    }
    caller
}

/// Waits until the server is asked to forget a token.
async fn revocation(fake: &Fake) {
    let revoked = |request: &infisical_fake::Request| request.path().ends_with("/token/revoke");
    let asked = async {
        while !fake.requests().iter().any(revoked) {
            tokio::task::yield_now().await;
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(10), asked).await;
    asked.expect("the token is revoked");
}

#[tokio::test]
async fn who_waits_for_a_login_when_the_client_is_closed_gets_no_token() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let caller = logging_in(&infisical, &fake).await;
    infisical.close().await.unwrap();
    let error = caller.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    revocation(&fake).await;
    assert_eq!(fake.counts().gets, 0);
}

#[tokio::test]
async fn closing_that_is_given_up_still_revokes_the_token_of_a_login_under_way() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let caller = logging_in(&infisical, &fake).await;
    assert!(infisical.close().now_or_never().is_none());
    let error = caller.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    revocation(&fake).await;
}

#[tokio::test]
async fn revoking_that_is_given_up_still_revokes_the_token() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    infisical.get(&address).await.unwrap();
    assert!(infisical.revoke().now_or_never().is_none());
    revocation(&fake).await;
    infisical.get(&address).await.unwrap();
    assert_eq!(fake.counts().logins, 2);
}

#[tokio::test]
async fn a_route_that_refuses_every_token_costs_no_login_a_call() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let good = address("/shared/db", "KEY_3");
    assert!(infisical.get(&good).await.is_ok());
    let list = [
        address("/shared/db", "KEY_1"),
        address("/shared/db", "KEY_2"),
    ];
    fake.script(Fault::status(401).on(Route::List).always());
    for _ in 0..10 {
        for answer in infisical.get_many(&list).await {
            assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unauthenticated);
        }
        // Another route goes on working, with the token that everyone shares.
        assert!(infisical.get(&good).await.is_ok());
    }
    assert!(fake.counts().logins <= 3, "{:?}", fake.counts());
}

#[tokio::test]
async fn revoking_ends_the_token_and_a_later_look_up_obtains_another() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    infisical.revoke().await.unwrap();
    assert_eq!(fake.counts().total, 0, "there is nothing to revoke yet");
    assert!(infisical.get(&address).await.is_ok());
    infisical.revoke().await.unwrap();
    assert_eq!(
        (infisical.requests().revocations, infisical.token_age()),
        (1, None)
    );
    assert!(infisical.get(&address).await.is_ok());
    assert_eq!((fake.counts().logins, fake.counts().gets), (2, 2));
    fake.revoke_tokens();
    infisical
        .revoke()
        .await
        .expect("a token that is gone needs no revoking");
}

#[tokio::test]
async fn tokens_that_are_used_up_by_a_batch_are_replaced_until_it_is_answered() {
    // Two environments, so that no recursive list stands in for the nine.
    let folders: Vec<_> = (0..9)
        .map(|index| (["dev", "prod"][index % 2], format!("/f{index}")))
        .collect();
    for uses in [1, 3] {
        let mut seed = Seed::new();
        for (environment, path) in &folders {
            seed = seed.secret(environment, path, "A", "a");
        }
        let identity = Identity::new("app").token_uses(uses);
        let builder = Fake::builder().seed(seed).identity(identity);
        let fake = builder.start().await.unwrap();
        let infisical = client(&fake);
        let asked: Vec<_> = folders
            .iter()
            .map(|(environment, path)| folder(environment, path).secret("A"))
            .collect();
        for answer in infisical.get_many(&asked).await {
            assert_eq!(text(answer), "a");
        }
        assert_eq!(fake.counts().logins, 9 / uses);
    }
}

#[tokio::test]
async fn a_batch_that_is_under_way_when_the_client_is_closed_obtains_no_further_token() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::delay(Duration::ZERO).on(Route::List));
    fake.script(Fault::delay(Duration::from_millis(100)).on(Route::List));
    let infisical = builder(&fake).concurrent_folders(1).build().unwrap();
    let batch = tokio::spawn({
        let infisical = infisical.clone();
        async move { infisical.get_many(&fifty()).await }
    });
    while fake.counts().lists < 2 {
        tokio::task::yield_now().await;
    }
    infisical.close().await.unwrap();
    let answers = batch.await.unwrap();
    assert!(answers[..10].iter().all(Result::is_ok), "were read before");
    for answer in &answers[10..] {
        let error = answer.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
        assert!(error.to_string().contains("closed"), "{error}");
    }
    let revocations = infisical.requests().revocations;
    assert_eq!((fake.counts().logins, revocations), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_after_the_client_was_closed_is_revoked() {
    let fake = fake(Era::V4b).await;
    let limit = Duration::from_secs(2);
    let infisical = builder(&fake).request_timeout(limit).build().unwrap();
    // The login takes three seconds, and closing waits for two.
    fake.faults([Fault::status(503)
        .after(Duration::from_secs(1))
        .on(Route::Login)
        .times(2)]);
    fake.script(Fault::delay(Duration::from_secs(1)).on(Route::Login));
    let caller = tokio::spawn({
        let infisical = infisical.clone();
        async move { infisical.get(&address("/shared/db", "KEY_3")).await }
    });
    while fake.counts().logins == 0 {
        tokio::task::yield_now().await;
    }
    infisical.close().await.unwrap();
    assert_eq!(infisical.requests().revocations, 0, "there is none yet");
    let error = caller.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    let revoked = |request: &infisical_fake::Request| request.path().ends_with("/token/revoke");
    assert!(fake.requests().iter().any(revoked));
}
