//! Logins that are refused, and what is remembered of that.

use std::time::Duration;

use futures_util::future::join_all;
use infisical_fake::{Era, Fault, Route};
use secret_source::{ErrorKind, SecretSource};

use crate::support::{address, builder, client, fake, folder, pass};

#[tokio::test]
async fn a_wrong_client_secret_is_tried_once_in_a_thousand_look_ups() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let infisical = builder(&fake)
            .universal_auth(fake.client_id(), "wrong")
            .build()
            .unwrap();
        let address = address("/shared/db", "KEY_3");
        let error = infisical.get(&address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{era}: {error:?}");
        for answer in join_all((0..1000).map(|_| infisical.get(&address))).await {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated);
            assert!(error.retry_after().unwrap() <= Duration::from_secs(300));
        }
        assert_eq!((fake.counts().logins, fake.counts().total), (1, 1), "{era}");
    }
}

#[tokio::test]
async fn a_thousand_concurrent_look_ups_try_a_wrong_secret_once() {
    let fake = fake(Era::V4b).await;
    let infisical = builder(&fake)
        .universal_auth(fake.client_id(), "wrong")
        .build()
        .unwrap();
    let address = address("/shared/db", "KEY_3");
    let answers = join_all((0..1000).map(|_| infisical.get(&address))).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(fake.counts().total, 1);
}

#[tokio::test]
async fn a_login_is_repeated_where_the_server_failed_and_not_where_a_gateway_lost_sight_of_it() {
    for (status, sent) in [(429, 4), (500, 4), (503, 4), (408, 1), (502, 1), (504, 1)] {
        let fake = fake(Era::V4b).await;
        fake.script(Fault::status(status).on(Route::Login).always());
        let infisical = client(&fake);
        let answer = infisical.get(&address("/shared/db", "KEY_3")).await;
        assert!(answer.unwrap_err().kind().is_transient());
        assert_eq!(fake.counts().logins, sent, "{status}");
    }
}

#[tokio::test]
async fn an_unknown_client_id_is_refused_whatever_status_says_so() {
    for era in [Era::V2024, Era::V4b] {
        let fake = fake(era).await;
        let infisical = builder(&fake)
            .universal_auth("nobody", "wrong")
            .build()
            .unwrap();
        let error = infisical
            .get(&address("/shared/db", "KEY_3"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{era}: {error:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_forgotten_when_asked_and_with_time() {
    let fake = fake(Era::V4b).await;
    let infisical = builder(&fake)
        .universal_auth(fake.client_id(), "put right")
        .build()
        .unwrap();
    let address = address("/shared/db", "KEY_3");
    assert!(infisical.get(&address).await.is_err());
    fake.rotate_client_secret("put right");
    assert!(infisical.get(&address).await.is_err());
    infisical.forget_refusal();
    assert!(infisical.get(&address).await.is_ok());

    let infisical = builder(&fake)
        .universal_auth(fake.client_id(), "also right")
        .build()
        .unwrap();
    assert!(infisical.get(&address).await.is_err());
    fake.rotate_client_secret("also right");
    pass(Duration::from_secs(299)).await;
    assert!(infisical.get(&address).await.is_err());
    pass(Duration::from_secs(1)).await;
    assert!(infisical.get(&address).await.is_ok());
}

#[tokio::test]
async fn a_lock_out_is_recognised_and_says_how_long_it_lasts() {
    let fake = fake(Era::V4b).await;
    let infisical = builder(&fake)
        .universal_auth(fake.client_id(), "wrong")
        .refusal_memory(Duration::ZERO)
        .build()
        .unwrap();
    let address = address("/shared/db", "KEY_3");
    for _ in 0..3 {
        let error = infisical.get(&address).await.unwrap_err();
        assert!(error.to_string().contains("is wrong"), "{error}");
    }
    let error = infisical.get(&address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert!(error.to_string().contains("locked out"), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(300)));
    fake.rotate_client_secret("wrong");
    pass(Duration::from_secs(298)).await;
    let error = infisical.get(&address).await.unwrap_err();
    assert!(error.to_string().contains("locked out"), "{error}");
    assert_eq!(fake.counts().logins, 4, "a lock is waited for");
    pass(Duration::from_secs(2)).await;
    assert!(infisical.get(&address).await.is_ok());
}

#[tokio::test]
async fn callers_who_give_up_do_not_add_up_to_a_lockout() {
    let fake = fake(Era::V4b).await;
    fake.script(
        Fault::status(401)
            .after(Duration::from_millis(200))
            .on(Route::Login)
            .always(),
    );
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    for _ in 0..5 {
        let mut look_up = Box::pin(infisical.get(&address));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        // Polled until the login was sent, and dropped before it is answered.
        assert!(look_up.as_mut().poll(&mut context).is_pending());
        while fake.counts().logins == 0 {
            tokio::task::yield_now().await;
        }
    }
    let error = infisical.get(&address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    assert_eq!(fake.counts().logins, 1);
}

#[tokio::test]
async fn an_outage_of_the_login_is_not_remembered_as_a_refusal() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::status(503).on(Route::Login).times(4));
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    let error = infisical.get(&address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert_eq!(fake.counts().logins, 4);
    pass(Duration::from_secs(1)).await;
    assert!(infisical.get(&address).await.is_ok());
}

#[tokio::test]
async fn a_login_that_fails_is_not_repeated_for_each_folder_of_a_batch_nor_for_each_caller() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::status(503).on(Route::Login).always());
    let infisical = builder(&fake).concurrent_folders(2).build().unwrap();
    let asked: Vec<_> = (0..300)
        .map(|index| folder(&format!("env-{index}"), "/db").secret("KEY"))
        .collect();
    for _ in 0..3 {
        for answer in infisical.get_many(&asked).await {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        }
        assert_eq!(fake.counts().logins, 4);
    }
    infisical.forget_refusal();
    fake.clear_faults();
    let address = address("/shared/db", "KEY_3");
    assert!(infisical.get(&address).await.is_ok());
    assert_eq!(fake.counts().logins, 5);
}

#[tokio::test]
async fn a_pause_that_the_login_asks_for_is_kept_also_after_the_look_up() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::rate_limit(60).on(Route::Login));
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    for _ in 0..3 {
        let error = infisical.get(&address).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited, "{error:?}");
    }
    pass(Duration::from_secs(58)).await;
    assert!(infisical.get(&address).await.is_err());
    assert_eq!(fake.counts().logins, 1);
    pass(Duration::from_secs(2)).await;
    assert!(infisical.get(&address).await.is_ok());
}

#[tokio::test]
async fn a_login_that_may_have_been_served_is_not_repeated() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::drop_connection().on(Route::Login).always());
    let error = client(&fake)
        .get(&address("/shared/db", "KEY_3"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert_eq!(fake.counts().logins, 1);
}
