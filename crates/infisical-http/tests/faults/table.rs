//! The table: a row for each fault, an outcome for each moment.

use std::time::Duration;

use infisical_fake::{Fault, Route};
use secret_source::ErrorKind;

/// What is wrong with the server.
pub(crate) enum Trouble {
    Down,
    Faults(Vec<Fault>),
    Expired,
    Revoked,
}

/// What came of a look-up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The kind of the error; `None` where the look-up went well.
    pub(crate) kind: Option<ErrorKind>,
    pub(crate) logins: u64,
    /// Lists and gets that were sent.
    pub(crate) reads: u64,
    /// Whole seconds that passed.
    pub(crate) seconds: u64,
}

type Row = (&'static str, fn() -> Trouble, Outcome, Outcome);

const fn fails(kind: ErrorKind, logins: u64, reads: u64, seconds: u64) -> Outcome {
    Outcome {
        kind: Some(kind),
        logins,
        reads,
        seconds,
    }
}

const fn answers(logins: u64, reads: u64, seconds: u64) -> Outcome {
    Outcome {
        kind: None,
        logins,
        reads,
        seconds,
    }
}

/// The same outcome at both moments, but that the first load logs in before.
const fn reads(
    name: &'static str,
    trouble: fn() -> Trouble,
    (kind, reads, seconds): (ErrorKind, u64, u64),
) -> Row {
    (
        name,
        trouble,
        fails(kind, 1, reads, seconds),
        fails(kind, 0, reads, seconds),
    )
}

/// Every read meets the fault.
fn always(fault: Fault) -> Trouble {
    let on = |route| fault.clone().on(route).always();
    Trouble::Faults(vec![on(Route::Get), on(Route::List)])
}

/// One read meets the fault.
fn once(fault: Fault) -> Trouble {
    let on = |route| fault.clone().on(route);
    Trouble::Faults(vec![on(Route::Get), on(Route::List)])
}

/// Every login meets the fault.
fn login(fault: Fault) -> Trouble {
    Trouble::Faults(vec![fault.on(Route::Login).always()])
}

fn token_error() -> Fault {
    Fault::status(403).error("TokenError")
}

use ErrorKind::{Protocol, RateLimited, Unauthenticated, Unavailable};

/// Limits are the defaults: 10 s a request, 30 s a look-up, 3 repetitions; only that these do not wait.
pub(crate) const MATRIX: &[Row] = &[
    (
        "connection refused",
        || Trouble::Down,
        fails(Unavailable, 4, 0, 0),
        fails(Unavailable, 0, 4, 0),
    ),
    reads(
        "connection dropped",
        || always(Fault::drop_connection()),
        (Unavailable, 4, 0),
    ),
    reads(
        "reset in the body",
        || always(Fault::reset_mid_body()),
        (Unavailable, 4, 0),
    ),
    reads(
        "slow head",
        || always(Fault::delay(Duration::from_secs(11))),
        (Unavailable, 3, 30),
    ),
    reads(
        "slow body",
        || always(Fault::slow_body(Duration::from_secs(1))),
        (Unavailable, 3, 30),
    ),
    reads("no answer", || always(Fault::hang()), (Unavailable, 3, 30)),
    reads("500", || always(Fault::status(500)), (Unavailable, 4, 0)),
    reads(
        "502, a page",
        || always(Fault::html(502)),
        (Unavailable, 4, 0),
    ),
    reads(
        "429, 5 s in the header",
        || always(Fault::status(429).retry_after(5)),
        (RateLimited, 4, 15),
    ),
    reads(
        "429, 5 s in words",
        || always(Fault::status(429).retry_after_in_message(5)),
        (RateLimited, 4, 15),
    ),
    reads(
        "429, without a time",
        || always(Fault::status(429)),
        (RateLimited, 4, 0),
    ),
    reads(
        "429, beyond the deadline",
        || always(Fault::rate_limit(60)),
        (RateLimited, 1, 0),
    ),
    reads(
        "half a document",
        || always(Fault::truncated_json()),
        (Protocol, 1, 0),
    ),
    reads(
        "a page in place of JSON",
        || always(Fault::html(200)),
        (Protocol, 1, 0),
    ),
    reads(
        "20 MiB",
        || always(Fault::body_of(vec![b' '; 20 * 1024 * 1024])),
        (Protocol, 1, 0),
    ),
    (
        "503 once",
        || once(Fault::status(503)),
        answers(1, 2, 0),
        answers(0, 2, 0),
    ),
    (
        "429 once, 5 s",
        || once(Fault::rate_limit(5)),
        answers(1, 2, 5),
        answers(0, 2, 5),
    ),
    (
        "token of before expired",
        || Trouble::Expired,
        answers(1, 1, 0),
        answers(1, 2, 0),
    ),
    (
        "token of before revoked",
        || Trouble::Revoked,
        answers(1, 1, 0),
        answers(1, 2, 0),
    ),
    (
        "token expired between login and read",
        || once(token_error()),
        answers(2, 2, 0),
        answers(1, 2, 0),
    ),
    (
        "token refused between login and read",
        || once(Fault::status(401)),
        answers(2, 2, 0),
        answers(1, 2, 0),
    ),
    (
        "each token expired",
        || always(token_error()),
        fails(Unauthenticated, 2, 2, 0),
        fails(Unauthenticated, 1, 2, 0),
    ),
    (
        "each token refused",
        || always(Fault::status(401)),
        fails(Unauthenticated, 2, 2, 0),
        fails(Unauthenticated, 1, 2, 0),
    ),
    (
        "login: 500",
        || login(Fault::status(500)),
        fails(Unavailable, 4, 0, 0),
        answers(0, 1, 0),
    ),
    (
        "login: no answer",
        || login(Fault::hang()),
        fails(Unavailable, 1, 0, 10),
        answers(0, 1, 0),
    ),
    (
        "login: 401",
        || login(Fault::status(401)),
        fails(Unauthenticated, 1, 0, 0),
        answers(0, 1, 0),
    ),
    (
        "login: half a document",
        || login(Fault::truncated_json()),
        fails(Protocol, 1, 0, 0),
        answers(0, 1, 0),
    ),
];

/// The faults that leave an answer "not modified" as it is, for it has no body.
pub(crate) const OF_THE_BODY: &[&str] = &["reset in the body", "slow body", "half a document"];

pub(crate) const UNCHANGED: Outcome = answers(0, 1, 0);
