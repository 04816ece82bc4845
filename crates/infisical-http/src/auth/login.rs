//! The login of a machine identity.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use secret_source::{ErrorKind, SecretError};
use serde::Serialize;

use crate::answer::failure::Failure;
use crate::auth::credentials::Credentials;
use crate::deadline::Deadline;
use crate::http::request::{Call, Operation};
use crate::http::transport::Transport;
use crate::read::wire::LoginBody;

/// A token as a login gives it.
pub(crate) struct Granted {
    pub(crate) text: SecretString,
    /// `None` where the token never expires.
    pub(crate) lifetime: Option<Duration>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UniversalAuth<'a> {
    client_id: &'a str,
    client_secret: &'a str,
}

/// Obtains a token: by logging in, or by taking the one that was given.
pub(crate) async fn log_in(
    transport: &Transport,
    credentials: &Credentials,
) -> Result<Granted, SecretError> {
    match credentials {
        Credentials::Token(text) => Ok(Granted {
            text: text.clone(),
            lifetime: None,
        }),
        Credentials::UniversalAuth {
            client_id,
            client_secret,
        } => universal_auth(transport, client_id, client_secret).await,
    }
}

async fn universal_auth(
    transport: &Transport,
    client_id: &str,
    client_secret: &SecretString,
) -> Result<Granted, SecretError> {
    let body = UniversalAuth {
        client_id,
        client_secret: client_secret.expose_secret(),
    };
    let body = serde_json::to_string(&body)
        .map_err(|_| SecretError::invalid("the credentials cannot be written as JSON"))?;
    let route = "POST /api/v1/auth/universal-auth/login";
    let call = Call::post(Operation::Login, route, body.into());
    let deadline = Deadline::after(transport.limits.lookup_deadline);
    let answer = deadline.bound(transport.call(&call, None, deadline)).await;
    let reply = answer
        .unwrap_or_else(|| Err(Failure::deadline(deadline)))
        .map_err(|failure| explain(transport, failure))?;
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

fn explain(transport: &Transport, failure: Failure) -> SecretError {
    if failure.kind == ErrorKind::Invalid {
        let host = transport.server.host();
        return SecretError::invalid(format!("{host} has no login of Infisical's"))
            .with_hint("check that the address is that of an Infisical server");
    }
    failure.explain(transport.place())
}
