//! The login of a machine identity, and its end.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use secret_source::{ErrorKind, SecretError};
use serde::Serialize;

use crate::answer::failure::Failure;
use crate::auth::identity::Identity;
use crate::auth::login_body::LoginBody;
use crate::auth::login_form::LoginForm;
use crate::auth::refusal::Words;
use crate::deadline::Deadline;
use crate::http::request::{Call, Operation};
use crate::traffic::transport::Transport;

/// A token as a login gives it.
pub(crate) struct Granted {
    pub(crate) text: SecretString,
    /// `None` where the token never expires.
    pub(crate) lifetime: Option<Duration>,
}

/// Sends a login. No `Authorization` goes with it: a stale one would be refused.
pub(crate) async fn log_in(
    transport: &Transport,
    form: &LoginForm,
    identity: &Identity,
) -> Result<Granted, SecretError> {
    let call = Call::post(Operation::Login, form.route, form.body()?);
    let deadline = Deadline::after(transport.limits.lookup_deadline);
    let answer = deadline.bound(transport.call(&call, None, deadline)).await;
    let reply = answer
        .unwrap_or_else(|| Err(Failure::deadline(deadline)))
        .map_err(|failure| explain(transport, failure, identity))?;
    let body: LoginBody = serde_json::from_slice(&reply.body)
        .map_err(|error| Failure::not_the_document(&error).explain(transport.place()))?;
    let lifetime = body
        .expires_in
        .filter(|seconds| *seconds > 0)
        .map(Duration::from_secs);
    Ok(Granted {
        text: body.access_token.0,
        lifetime,
    })
}

/// Asks the server to forget a token. No `Authorization` is sent: a stale one would be refused.
pub(crate) async fn revoke(transport: &Transport, token: &SecretString) -> Result<(), SecretError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Revocation<'a> {
        access_token: &'a str,
    }

    let body = serde_json::to_string(&Revocation {
        access_token: token.expose_secret(),
    })
    .map_err(|_| SecretError::invalid("the token cannot be written as JSON"))?;
    let call = Call::post(
        Operation::Revoke,
        "POST /api/v1/auth/token/revoke",
        body.into(),
    );
    let deadline = Deadline::after(transport.limits.request_timeout);
    let answer = deadline.bound(transport.call(&call, None, deadline)).await;
    let outcome = answer.unwrap_or_else(|| Err(Failure::deadline(deadline)));
    match outcome {
        // A token that the server does not honour needs no revoking.
        Err(failure) if failure.kind != ErrorKind::Unauthenticated => {
            Err(failure.explain(transport.place()))
        }
        _ => Ok(()),
    }
}

fn explain(transport: &Transport, failure: Failure, identity: &Identity) -> SecretError {
    let host = transport.server.host();
    let words = Words {
        method: identity.method.name(),
        organization: identity.organization.as_deref(),
    };
    if failure.kind == ErrorKind::Invalid {
        let message = format!("{host} has no login of Infisical's for {}", words.method);
        return failure.traced(SecretError::invalid(message).with_hint(
            "check that the address is that of an Infisical server, and that its release has this method",
        ));
    }
    let Some(refusal) = failure.refusal() else {
        return failure.explain(transport.place());
    };
    let (what, request) = (refusal.what(words), failure.request());
    let message = format!("{host} refused the login: {what}{request}");
    let error = SecretError::unauthenticated(message).with_hint(refusal.hint(words));
    failure.traced(match refusal.lockout() {
        Some(length) => error.with_retry_after(length),
        None => error,
    })
}
