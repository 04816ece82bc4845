//! Servers that misbehave: the kind of the failure, and how often they are asked.

use std::time::Duration;

use infisical_fake::{Era, Fake, Fault, Route};
use infisical_http::Infisical;
use secret_source::{ErrorKind, SecretError, SecretSource};
use tokio::time::Instant;

use crate::support::{address, builder, client, fake, fifty, pass, text, value};

/// Looks one secret up while the server misbehaves always; returns the error and the number of gets.
async fn failing(era: Era, fault: Fault) -> (SecretError, u64) {
    let fake = fake(era).await;
    fake.script(fault.on(Route::Get).always());
    let infisical = builder(&fake).max_body(10_000).build().unwrap();
    let error = infisical
        .get(&address("/shared/db", "KEY_3"))
        .await
        .unwrap_err();
    (error, fake.counts().gets)
}

#[tokio::test]
async fn each_fault_has_its_kind_and_its_number_of_requests() {
    use ErrorKind::{Denied, Invalid, Protocol, RateLimited, Unauthenticated, Unavailable};
    for (name, fault, kind, requests) in [
        ("500", Fault::status(500), Unavailable, 4),
        ("503", Fault::status(503), Unavailable, 4),
        ("504", Fault::status(504), Unavailable, 4),
        ("408", Fault::status(408), Unavailable, 4),
        ("a page with 502", Fault::html(502), Unavailable, 4),
        (
            "a dropped connection",
            Fault::drop_connection(),
            Unavailable,
            4,
        ),
        (
            "a reset in the body",
            Fault::reset_mid_body(),
            Unavailable,
            4,
        ),
        (
            "429 that asks for nothing",
            Fault::status(429).message("slow down"),
            RateLimited,
            4,
        ),
        (
            "429 without a pause",
            Fault::status(429).retry_after(0),
            RateLimited,
            4,
        ),
        ("429 with a pause", Fault::rate_limit(60), RateLimited, 1),
        (
            "429 with a pause in words",
            Fault::status(429).retry_after_in_message(60),
            RateLimited,
            1,
        ),
        (
            "503 with a pause",
            Fault::status(503).retry_after(60),
            RateLimited,
            1,
        ),
        ("400", Fault::status(400), Invalid, 1),
        ("422", Fault::status(422), Invalid, 1),
        ("403", Fault::status(403), Denied, 1),
        ("401", Fault::status(401), Unauthenticated, 2),
        (
            "403 TokenError",
            Fault::status(403).error("TokenError"),
            Unauthenticated,
            2,
        ),
        (
            "a redirect",
            Fault::status(302).header("location", "http://127.0.0.1:1/"),
            Protocol,
            1,
        ),
        ("a page with 200", Fault::html(200), Protocol, 1),
        ("a page with 404", Fault::html(404), Protocol, 1),
        ("half a document", Fault::truncated_json(), Protocol, 1),
        (
            "another document",
            Fault::body_of("{\"hello\":1}"),
            Protocol,
            1,
        ),
        ("nothing", Fault::body_of(""), Protocol, 1),
        (
            "a body too large",
            Fault::body_of(vec![b' '; 10_001]),
            Protocol,
            1,
        ),
    ] {
        let (error, sent) = failing(Era::V4b, fault).await;
        assert_eq!((error.kind(), sent), (kind, requests), "{name}: {error:?}");
        assert!(
            error.hint().is_some() && error.address().is_some(),
            "{name}: {error:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_asked_again_after_the_time_out() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::hang().on(Route::Get).always());
    // A token of its own, so that the short time-out is for nothing but the request that hangs.
    let infisical = Infisical::builder(&fake.url())
        .token(fake.issue_token())
        .project(fake.project_id())
        .request_timeout(Duration::from_millis(200))
        .retry_delay(Duration::ZERO)
        .build()
        .unwrap();
    let error = infisical
        .get(&address("/shared/db", "KEY_3"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(
        error
            .to_string()
            .contains("did not answer within 200 ms after 4 attempts"),
        "{error}"
    );
    assert_eq!(fake.counts().gets, 4);
}

#[tokio::test]
async fn an_old_servers_rate_limit_is_one_although_its_status_is_500() {
    let fake = fake(Era::V2024).await;
    let infisical = client(&fake);
    fake.script(Fault::rate_limit(60).on(Route::List).always());
    let answers = infisical.get_many(&fifty()[..2]).await;
    let error = answers[0].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited, "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_deadline_fails_at_once_and_says_how_long() {
    let start = Instant::now();
    let (error, sent) = failing(Era::V4b, Fault::rate_limit(31)).await;
    assert_eq!(
        (error.retry_after(), sent),
        (Some(Duration::from_secs(31)), 1)
    );
    assert!(start.elapsed() < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_pause_within_the_deadline_is_kept() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::rate_limit(20).on(Route::Get));
    let start = Instant::now();
    let answer = client(&fake).get(&address("/shared/db", "KEY_3")).await;
    assert_eq!(text(answer), value("/shared/db", 3));
    let (least, most) = (Duration::from_secs(20), Duration::from_secs(22));
    assert!(start.elapsed() >= least && start.elapsed() < most);
    assert_eq!(fake.counts().gets, 2);
}

#[tokio::test]
async fn a_passing_fault_is_not_noticed() {
    for fault in [
        Fault::status(503),
        Fault::html(502),
        Fault::drop_connection(),
        Fault::reset_mid_body(),
        Fault::status(429).retry_after(0),
    ] {
        let fake = fake(Era::V4b).await;
        fake.script(fault.on(Route::Get).times(3));
        let infisical = client(&fake);
        assert!(infisical.get(&address("/shared/db", "KEY_3")).await.is_ok());
        assert_eq!((fake.counts().gets, infisical.requests().retries), (4, 3));
    }
}

#[tokio::test]
async fn no_retries_means_one_request() {
    let fake = fake(Era::V4b).await;
    fake.script(Fault::status(503).on(Route::Get).always());
    let infisical = builder(&fake).retries(0).build().unwrap();
    assert!(
        infisical
            .get(&address("/shared/db", "KEY_3"))
            .await
            .is_err()
    );
    assert_eq!(fake.counts().gets, 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_the_deadline() {
    for route in [Route::Login, Route::Get] {
        let fake = fake(Era::V4b).await;
        fake.script(Fault::hang().on(route).always());
        let infisical = builder(&fake)
            .lookup_deadline(Duration::from_secs(7))
            .build()
            .unwrap();
        let start = Instant::now();
        let error = infisical
            .get(&address("/shared/db", "KEY_3"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert_eq!(start.elapsed().as_secs(), 7);
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_unavailable_and_one_that_comes_back_answers() {
    let fake = fake(Era::V4b).await;
    let infisical = client(&fake);
    let address = address("/shared/db", "KEY_3");
    fake.go_down();
    let error = infisical.get(&address).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert!(
        error
            .to_string()
            .contains("could not be reached after 4 attempts"),
        "{error}"
    );
    fake.come_back().unwrap();
    // The login that failed is answered from memory for a second.
    pass(Duration::from_secs(1)).await;
    assert!(infisical.get(&address).await.is_ok());
    fake.go_down();
    assert!(infisical.get(&address).await.is_err());
}

#[tokio::test]
async fn a_folder_that_fails_fails_its_own_entries_only() {
    let fake = fake(Era::V4b).await;
    fake.deny("dev", "/shared/kafka");
    let answers = client(&fake).get_many(&fifty()).await;
    for (entry, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(_) => assert_ne!(entry / 10, 1),
            Err(error) => {
                assert_eq!(
                    (entry / 10, error.kind()),
                    (1, ErrorKind::Denied),
                    "{error:?}"
                );
                assert_eq!(error.address(), Some(&fifty()[entry]));
            }
        }
    }
}

#[tokio::test]
async fn a_server_without_the_api_is_named_as_such() {
    let fake = Fake::builder().start().await.unwrap();
    let miss = Fault::body_of("");
    fake.script(miss.on(Route::Login).always());
    let error = client(&fake).get(&address("/", "KEY")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    assert!(
        error
            .hint()
            .unwrap()
            .contains("address of an Infisical server"),
        "{error:?}"
    );
}
