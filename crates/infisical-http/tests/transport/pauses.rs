//! How long a server asks to be left alone, in each of the ways it may say so.

use std::time::{Duration, SystemTime};

use secret_source::{ErrorKind, Missing};
use tokio::time::Instant;

use crate::server::{Answer, Server, ask, status, value};

const WORDS: &str = r#"{"statusCode":429,"message":"Rate limit exceeded. Please try again in 7 seconds","error":"RateLimitExceeded"}"#;
const SILENT: &str =
    r#"{"statusCode":429,"message":"Rate limit exceeded","error":"RateLimitExceeded"}"#;
const OLD: &str =
    r#"{"statusCode":500,"message":"Something went wrong","error":"InternalServerError"}"#;

/// Asks a server that refuses once, with time that passes by itself; returns how long it took.
async fn asked_twice(refusal: Answer) -> Duration {
    let server = Server::start(None, move |before| match before {
        0 => refusal.clone(),
        _ => value(before),
    })
    .await;
    // The first answers of a runtime take real time, in which a paused clock would run ahead.
    let infisical = server.client().request_timeout(Duration::from_secs(3600));
    let infisical = infisical.lookup_deadline(Duration::from_secs(3600));
    let infisical = infisical.connect_timeout(Duration::from_secs(3600)).build();
    let infisical = infisical.unwrap();
    tokio::time::pause();
    let start = Instant::now();
    let answer = ask(&infisical).await;
    let took = start.elapsed();
    tokio::time::resume();
    assert_eq!(answer.unwrap(), "a value");
    assert_eq!(server.seen().len(), 2);
    took
}

#[tokio::test]
async fn a_pause_is_kept_however_a_server_asks_for_it() {
    let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9")];
    let left = [("x-ratelimit-remaining", "4"), ("x-ratelimit-reset", "9")];
    for (name, refusal, seconds) in [
        ("seconds", status(429, &[("retry-after", "5")], SILENT), 5),
        (
            "seconds, over the words",
            status(429, &[("retry-after", "5")], WORDS),
            5,
        ),
        ("words", status(429, &[], WORDS), 7),
        (
            "an unreadable header, then words",
            status(429, &[("retry-after", "soon")], WORDS),
            7,
        ),
        ("the end of the window", status(429, &spent, SILENT), 9),
        ("a window that is not spent", status(429, &left, SILENT), 0),
        ("nothing", status(429, &[], SILENT), 0),
        (
            "a server of 2024",
            status(500, &[("retry-after", "5")], OLD),
            5,
        ),
        (
            "a proxy",
            status(503, &[("retry-after", "5")], "<html></html>"),
            5,
        ),
    ] {
        let took = asked_twice(refusal).await;
        let expected = Duration::from_secs(seconds);
        assert!(
            took >= expected && took < expected + Duration::from_secs(1),
            "{name}: {took:?}"
        );
    }
}

#[tokio::test]
async fn a_date_is_a_pause_too() {
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(20));
    let took = asked_twice(status(429, &[("retry-after", &date)], SILENT)).await;
    // A date has whole seconds, and the machine's clock runs on.
    let (least, most) = (Duration::from_secs(10), Duration::from_secs(21));
    assert!(took > least && took < most, "{took:?}");
}

#[tokio::test]
async fn the_last_request_that_a_window_allows_is_judged_like_any_other() {
    use ErrorKind::{Denied, Invalid, NotFound, Unauthenticated, Unavailable};
    let answer = |code: u16, error: &str, message: &str| {
        format!(
            r#"{{"reqId":"req-1","statusCode":{code},"message":"{message}","error":"{error}"}}"#
        )
    };
    let missing = answer(404, "NotFound", "Secret with name 'KEY' not found");
    let denied = answer(
        403,
        "PermissionDenied",
        "You are not allowed to read on secrets",
    );
    let used_up = answer(401, "UnauthorizedError", "No identity access token found");
    let expired = answer(403, "TokenError", "Your token has expired");
    let wrong = answer(400, "BadRequest", "Missing environment");
    for remaining in ["0", "39"] {
        let window = [
            ("x-ratelimit-limit", "40"),
            ("x-ratelimit-remaining", remaining),
            ("x-ratelimit-reset", "60"),
        ];
        for (code, body, kind) in [
            (400, wrong.as_str(), Invalid),
            (401, &used_up, Unauthenticated),
            (403, &denied, Denied),
            (403, &expired, Unauthenticated),
            (404, &missing, NotFound(Missing::Secret)),
            (500, OLD, Unavailable),
        ] {
            let answer = status(code, &window, body);
            let server = Server::start(None, move |_| answer.clone()).await;
            let error = ask(&server.client().build().unwrap()).await.unwrap_err();
            assert_eq!(
                error.kind(),
                kind,
                "{code} with {remaining} left: {error:?}"
            );
            assert_eq!(error.retry_after(), None, "{code} with {remaining} left");
            let sent = if code == 500 { 4 } else { 1 };
            assert_eq!(server.seen().len(), sent, "{code} with {remaining} left");
        }
    }
}

#[tokio::test]
async fn the_last_call_that_a_limit_allows_is_no_rate_limit_whatever_its_answer() {
    const MISSING: &str =
        r#"{"statusCode":404,"message":"Secret with name 'KEY' not found","error":"NotFound"}"#;
    let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "60")];
    for (code, body, kind) in [
        (404, MISSING, ErrorKind::NotFound(Missing::Secret)),
        (500, OLD, ErrorKind::Unavailable),
    ] {
        let server = Server::start(None, move |_| status(code, &spent, body)).await;
        let error = ask(&server.client().build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error:?}");
        assert_eq!(error.retry_after(), None);
    }
}
