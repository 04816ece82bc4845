//! [`Metadata`]: the services of cloud providers that vouch for a machine.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;
use serde::de::DeserializeOwned;

use crate::ServerAddress;
use crate::http::http_client;
use crate::http::send::{self, Reply};
use crate::limits::Limits;

/// The largest answer that is read, in bytes; tokens have a few thousand.
const LARGEST: usize = 256 * 1024;

/// Asks services other than Infisical, each over a connection of its own that ends with the answer: a
/// login is rare, and these hosts have nothing to do with the server's.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    limits: Limits,
}

/// One question to such a service.
pub(crate) struct Question<'a> {
    /// Names the service in errors.
    pub(crate) service: &'static str,
    pub(crate) origin: &'a str,
    pub(crate) target: String,
    pub(crate) header: Option<(&'static str, &'static str)>,
    pub(crate) bearer: Option<&'a SecretString>,
    /// The content type and the body of a POST.
    pub(crate) body: Option<(&'static str, SecretString)>,
}

impl Metadata {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
        }
    }

    /// Returns how long a question may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.limits.request_timeout
    }

    /// Returns what bounds a question.
    #[cfg(feature = "aws")]
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Asks and reads the answer as text.
    pub(crate) async fn text(&self, question: &Question<'_>) -> Result<SecretString, SecretError> {
        let reply = self.ask(question).await?;
        let text = std::str::from_utf8(&reply.body).map_err(|_| unreadable(question.service))?;
        Ok(text.trim().into())
    }

    /// Asks and reads the answer as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        question: &Question<'_>,
    ) -> Result<T, SecretError> {
        let reply = self.ask(question).await?;
        serde_json::from_slice(&reply.body).map_err(|_| unreadable(question.service))
    }

    async fn ask(&self, question: &Question<'_>) -> Result<Reply, SecretError> {
        let service = question.service;
        let request = self.request(question)?;
        let sent = tokio::time::timeout(self.timeout(), send::exchange(request, LARGEST)).await;
        let reply = match sent {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => {
                let failed = SecretError::unavailable(format!("{service} {error}"))
                    .with_hint("check that this runs where the service can be reached");
                return Err(match error.into_cause() {
                    Some(cause) => failed.with_source(cause),
                    None => failed,
                });
            }
            Err(_) => {
                return Err(SecretError::unavailable(format!(
                    "{service} did not answer within {} ms",
                    self.timeout().as_millis()
                )));
            }
        };
        match reply.status {
            200..=299 => Ok(reply),
            408 | 429 | 500.. => Err(SecretError::unavailable(format!(
                "{service} cannot answer now: status {}",
                reply.status
            ))),
            status => Err(SecretError::unauthenticated(format!(
                "{service} refused: status {status}"
            ))
            .with_hint("check that this machine or key may obtain a token")),
        }
    }

    fn request(&self, question: &Question<'_>) -> Result<RequestBuilder, SecretError> {
        let service = question.service;
        let wrong = || {
            SecretError::invalid(format!("the address of {service} cannot be used"))
                .with_hint("write https, or plain http to this machine or a metadata service")
        };
        let server = ServerAddress::parse(question.origin).map_err(|_| wrong())?;
        let http = http_client::build(&server, &self.limits).map_err(|_| wrong())?;
        let method = match question.body {
            Some(_) => Method::POST,
            None => Method::GET,
        };
        let url = format!("{}{}", server.origin(), question.target);
        let mut request = http.request(method, url);
        if let Some((name, value)) = question.header {
            request = request.header(name, value);
        }
        if let Some(token) = question.bearer {
            let bearer = format!("Bearer {}", token.expose_secret());
            let mut bearer = HeaderValue::try_from(bearer).map_err(|_| unreadable(service))?;
            bearer.set_sensitive(true);
            request = request.header("authorization", bearer);
        }
        if let Some((content_type, body)) = &question.body {
            request = request
                .header(CONTENT_TYPE, *content_type)
                .body(body.expose_secret().to_owned());
        }
        Ok(request)
    }
}

fn unreadable(service: &str) -> SecretError {
    SecretError::protocol(format!("{service} gave an answer that cannot be used"))
}
