//! Answers that are no success, from an operation, a status, headers and a body.
//!
//! ```text
//! get 404
//! retry-after: 5
//!
//! {"reqId":"req-1","statusCode":404,"message":"Secret with name 'KEY' not found","error":"NotFound"}
//! ```

use std::time::Duration;

use infisical_http::fuzzing;
use secret_source::{ErrorKind, SecretError};
use serde_json::Value;

use crate::canary::{CANARY, assert_unseen_in};

/// The longest pause that may be believed.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// The pause after a login that locked an identity out.
const LOCKOUT: Duration = Duration::from_secs(300);

/// How many fields of a body are tried as the place of a secret.
const PLANTED: usize = 6;

/// Checks that an answer is judged, fits its status, and shows nothing of itself.
///
/// # Panics
///
/// Panics where the error is of a kind that the status cannot mean, asks for an unbounded pause, or quotes.
pub fn run(data: &[u8]) {
    let Some(answer) = Answer::read(data) else {
        return;
    };
    let Some(error) = answer.judged() else {
        return;
    };
    check_kind(&answer, error.kind());
    check_pause(&answer, &error);
    let shown = format!("{error} {}", error.hint().unwrap_or_default());
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    assert_unseen_in(&error);
    for planted in answer.planted() {
        if let Some(error) = planted.judged() {
            assert_unseen_in(&error);
        }
    }
}

#[derive(Clone)]
struct Answer<'a> {
    operation: &'static str,
    status: u16,
    headers: Vec<(&'a str, Vec<u8>)>,
    body: Vec<u8>,
}

impl<'a> Answer<'a> {
    fn read(data: &'a [u8]) -> Option<Self> {
        let end = data.windows(2).position(|two| two == b"\n\n")?;
        let mut lines = std::str::from_utf8(&data[..end]).ok()?.lines();
        let (operation, status) = lines.next()?.split_once(' ')?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        Some(Self {
            operation: fuzzing::OPERATIONS
                .into_iter()
                .find(|name| *name == operation)?,
            status: status.parse().ok()?,
            headers: headers.map(|(name, value)| (name, value.into())).collect(),
            body: data[end + 2..].to_vec(),
        })
    }

    fn judged(&self) -> Option<SecretError> {
        fuzzing::judge(self.operation, self.status, &self.headers, &self.body)
    }

    fn has(&self, header: &str) -> bool {
        self.headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(header))
    }

    /// Puts a secret behind the body, each text of it, and each header, as a server or a proxy might.
    fn planted(&self) -> Vec<Self> {
        let mut behind_all = self.clone();
        behind_all.body.extend_from_slice(CANARY.as_bytes());
        for (_, value) in &mut behind_all.headers {
            value.extend_from_slice(CANARY.as_bytes());
        }
        let mut planted = vec![behind_all];
        if let Ok(Value::Object(fields)) = serde_json::from_slice(&self.body) {
            for (name, field) in fields.iter().take(PLANTED) {
                let mut fields = fields.clone();
                let text = format!("{}{CANARY}", field.as_str().unwrap_or_default());
                fields.insert(name.clone(), text.into());
                let body = Value::Object(fields).to_string().into_bytes();
                planted.push(Self {
                    body,
                    ..self.clone()
                });
            }
        }
        planted
    }
}

/// Compares a kind with what a status can mean at all; which of these it means is for the unit tests.
fn check_kind(answer: &Answer<'_>, kind: ErrorKind) {
    use ErrorKind::{
        Denied, Invalid, NotFound, Protocol, RateLimited, Unauthenticated, Unavailable,
    };

    let is_login = answer.operation == "login";
    let may_ask_to_wait = answer.has("retry-after") && !(is_login && answer.status < 500);
    let fits = match (answer.status, kind) {
        (429, kind) => kind == RateLimited,
        (400..=599, RateLimited) => may_ask_to_wait,
        (500, Invalid) => answer.operation == "project",
        (408 | 500..=599, kind) => kind == Unavailable,
        (404, NotFound(_) | Unauthenticated | Invalid) => true,
        // Without an error of Infisical's, somebody else answered.
        (400 | 401 | 403 | 404, Protocol) => true,
        (400..=499, Protocol) => is_login,
        (400..=499, Unauthenticated) if is_login => true,
        (401, kind) => kind == Invalid || kind == Unauthenticated,
        (403, kind) => kind == Denied || kind == Unauthenticated,
        (400..=499, kind) => kind == Invalid,
        (_, kind) => kind == Protocol,
    };
    assert!(fits, "{} {} is {kind:?}", answer.operation, answer.status);
}

fn check_pause(answer: &Answer<'_>, error: &SecretError) {
    let Some(pause) = error.retry_after() else {
        return;
    };
    assert!(pause <= LONGEST_PAUSE, "{pause:?}");
    let is_lockout = answer.operation == "login" && pause == LOCKOUT;
    assert!(
        error.kind() == ErrorKind::RateLimited || is_lockout,
        "{error:?}"
    );
}
