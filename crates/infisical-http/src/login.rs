//! The login of a machine identity.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use secret_source::{ErrorKind, SecretError};
use serde::Serialize;

use crate::credentials::Credentials;
use crate::deadline::Deadline;
use crate::failure::Failure;
use crate::request::{Call, Operation};
use crate::transport::Transport;
use crate::wire::LoginBody;

/// How long a server locks an identity out after three failures, unless it is set up otherwise.
const LOCKOUT: Duration = Duration::from_secs(300);

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
        Credentials::Token(text) => Ok(Granted { text: text.clone(), lifetime: None }),
        Credentials::UniversalAuth { client_id, client_secret } => {
            universal_auth(transport, client_id, client_secret).await
        }
    }
}

async fn universal_auth(
    transport: &Transport,
    client_id: &str,
    client_secret: &SecretString,
) -> Result<Granted, SecretError> {
    let body = UniversalAuth { client_id, client_secret: client_secret.expose_secret() };
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
    let lifetime = body.expires_in.filter(|seconds| *seconds > 0).map(Duration::from_secs);
    Ok(Granted { text: body.access_token.0, lifetime })
}

/// Asks the server to forget a token. No `Authorization` is sent: a stale one would be refused.
pub(crate) async fn revoke(transport: &Transport, token: &SecretString) -> Result<(), SecretError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Revocation<'a> {
        access_token: &'a str,
    }

    let body = serde_json::to_string(&Revocation { access_token: token.expose_secret() })
        .map_err(|_| SecretError::invalid("the token cannot be written as JSON"))?;
    let call = Call::post(Operation::Revoke, "POST /api/v1/auth/token/revoke", body.into());
    let deadline = Deadline::after(transport.limits.request_timeout);
    let answer = deadline.bound(transport.call(&call, None, deadline)).await;
    let outcome = answer.unwrap_or_else(|| Err(Failure::deadline(deadline)));
    outcome.map(drop).map_err(|failure| failure.explain(transport.place()))
}

// Nothing of what the server says to a login is repeated; what it is known to say is recognised.
fn explain(transport: &Transport, failure: Failure) -> SecretError {
    let host = transport.server.host();
    match failure.kind {
        ErrorKind::Unauthenticated => {
            let refusal = failure.refusal();
            let error = SecretError::unauthenticated(format!("{host} refused the login: {}", refusal.what()))
                .with_hint(refusal.hint());
            match refusal {
                Refusal::LockedOut => error.with_retry_after(LOCKOUT),
                _ => error,
            }
        }
        ErrorKind::Invalid => SecretError::invalid(format!("{host} has no login of Infisical's"))
            .with_hint("check that the address is that of an Infisical server"),
        _ => failure.explain(transport.place()),
    }
}

/// Says why a login was refused, as far as servers tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    LockedOut,
    Expired,
    UsedUp,
    UnknownId,
    Wrong,
}

impl Refusal {
    /// Recognises a message of Infisical's.
    pub(crate) fn of(message: &str) -> Self {
        let known = [
            ("temporarily locked", Self::LockedOut),
            ("expired client secret", Self::Expired),
            ("usage limit reached", Self::UsedUp),
            ("No identity with specified client ID", Self::UnknownId),
        ];
        let found = known.iter().find(|(words, _)| message.contains(words));
        found.map_or(Self::Wrong, |(_, refusal)| *refusal)
    }

    fn what(self) -> &'static str {
        match self {
            Self::LockedOut => "the identity is locked out after too many failed logins",
            Self::Expired => "the client secret has expired",
            Self::UsedUp => "the client secret may not be used any more",
            Self::UnknownId => "there is no identity with this client id",
            Self::Wrong => "the client id or the client secret is wrong",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::LockedOut => {
                "wait (300 s unless the identity is set up otherwise) and correct the client secret first"
            }
            Self::Expired | Self::UsedUp => "create a new client secret for the identity",
            Self::UnknownId | Self::Wrong => {
                "check the client id and secret, and that the address is that of the identity's server \
                 (the US and EU clouds are separate)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reasons_that_servers_give_are_recognised() {
        for (message, expected) in [
            ("This identity auth method is temporarily locked, please try again later", Refusal::LockedOut),
            ("Access denied due to expired client secret", Refusal::Expired),
            ("Access denied due to client secret usage limit reached", Refusal::UsedUp),
            ("No identity with specified client ID was found", Refusal::UnknownId),
            ("Invalid credentials", Refusal::Wrong),
            ("", Refusal::Wrong),
        ] {
            assert_eq!(Refusal::of(message), expected, "{message}");
        }
    }
}
