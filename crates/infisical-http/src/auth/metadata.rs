//! [`Metadata`]: the services of cloud providers that vouch for a machine.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use crate::http::http_client;
use crate::http::proxy::ProxyChoice;
use crate::http::send::{self, Reply};
use crate::http::trust::Trust;
use crate::limits::Limits;
use crate::{BuildError, ServerAddress};

/// The largest answer that is read, in bytes; tokens have a few thousand.
const LARGEST: usize = 256 * 1024;

/// How long to wait before a busy service is asked again, where it does not say.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Asks services other than Infisical, each over a connection of its own that ends with the answer: a
/// login is rare, and these hosts have nothing to do with the server's.
#[derive(Clone)]
pub(crate) struct Metadata {
    limits: Limits,
    trust: Trust,
    proxy: ProxyChoice,
    clients: Arc<Clients>,
}

/// The clients of all such services, made when the first one is asked: most ways to log in ask none, and for
/// https the machine's trust store is read.
#[derive(Default)]
struct Clients {
    https: OnceCell<Client>,
    /// Of services of the machine's own network, to which no proxy leads.
    http: OnceCell<Client>,
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
    /// The statuses by which this service says that it is busy, beside those that say so everywhere.
    pub(crate) busy: &'static [u16],
}

impl Metadata {
    /// Takes what the client itself is bounded by and goes through. Its own certificate is for the server.
    pub(crate) fn new(limits: &Limits, trust: &Trust, proxy: &ProxyChoice) -> Self {
        Self {
            limits: limits.clone(),
            trust: Trust {
                authorities: trust.authorities.clone(),
                ..Trust::default()
            },
            proxy: proxy.clone(),
            clients: Arc::default(),
        }
    }

    /// Returns how long a question may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.limits.request_timeout
    }

    /// Returns the client for a service at this address.
    pub(crate) async fn client(&self, server: &ServerAddress) -> Result<Client, SecretError> {
        let (made, proxy) = match server.is_https() {
            true => (&self.clients.https, self.proxy.clone()),
            false => (&self.clients.http, ProxyChoice::default()),
        };
        let making = || async {
            let (server, limits, trust) = (server.clone(), self.limits.clone(), self.trust.clone());
            // Reading a trust store takes a while, in which others go on.
            let making = tokio::task::spawn_blocking(move || {
                http_client::build_without_pool(&server, &limits, &trust, &proxy)
            });
            match making.await {
                Ok(built) => built.map_err(|fault| {
                    SecretError::unavailable("no connection to a cloud service can be set up")
                        .with_hint("check that the machine's certificate store can still be read")
                        .with_source(BuildError::new(vec![fault]))
                }),
                Err(_) => Err(SecretError::unavailable(
                    "setting up a connection was broken off",
                )),
            }
        };
        made.get_or_try_init(making).await.cloned()
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

    /// Asks, a few times where the service is busy. One that cannot be reached is asked once: it may not be
    /// there at all, and finding that out takes long.
    async fn ask(&self, question: &Question<'_>) -> Result<Reply, SecretError> {
        let mut pauses = PAUSES.iter();
        loop {
            let reply = self.exchange(question).await?;
            if (200..300).contains(&reply.status) {
                return Ok(reply);
            }
            let error = refusal(question, &reply);
            let Some(pause) = pauses.next().filter(|_| error.kind().is_transient()) else {
                return Err(error);
            };
            let pause = reply.retry_after.unwrap_or(*pause);
            if pause > self.timeout() {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn exchange(&self, question: &Question<'_>) -> Result<Reply, SecretError> {
        let service = question.service;
        let request = self.request(question).await?;
        let sent = tokio::time::timeout(self.timeout(), send::exchange(request, LARGEST)).await;
        match sent {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => {
                let failed = SecretError::unavailable(format!("{service} {error}"))
                    .with_hint("check that this runs where the service can be reached");
                Err(match error.into_cause() {
                    Some(cause) => failed.with_source(cause),
                    None => failed,
                })
            }
            Err(_) => Err(SecretError::unavailable(format!(
                "{service} did not answer within {} ms",
                self.timeout().as_millis()
            ))),
        }
    }

    async fn request(&self, question: &Question<'_>) -> Result<RequestBuilder, SecretError> {
        let service = question.service;
        let wrong = || {
            SecretError::invalid(format!("the address of {service} cannot be used"))
                .with_hint("write https, or plain http to this machine or a metadata service")
        };
        let server = ServerAddress::parse(question.origin).map_err(|_| wrong())?;
        // A token would travel readable.
        if question.bearer.is_some() && !server.is_https() && !server.is_loopback() {
            return Err(wrong());
        }
        let http = self.client(&server).await?;
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

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").finish_non_exhaustive()
    }
}

/// Tells a service that is busy from one that refuses.
fn refusal(question: &Question<'_>, reply: &Reply) -> SecretError {
    let (service, status) = (question.service, reply.status);
    if !matches!(status, 408 | 429 | 500..) && !question.busy.contains(&status) {
        let message = format!("{service} refused: status {status}");
        return SecretError::unauthenticated(message)
            .with_hint("check that this machine or key may obtain a token");
    }
    let error = SecretError::unavailable(format!("{service} cannot answer now: status {status}"));
    match reply.retry_after {
        Some(pause) => error.with_retry_after(pause),
        None => error,
    }
}

fn unreadable(service: &str) -> SecretError {
    SecretError::protocol(format!("{service} gave an answer that cannot be used"))
}
