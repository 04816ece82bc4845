//! [`exchange`]: one request and its answer, with a bounded body.

use std::error::Error;
use std::time::{Duration, SystemTime};

use reqwest::header::{ETAG, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::zeroize::Zeroizing;

use crate::http::rate_window::RateWindow;
use crate::http::retry_after;
use crate::http::trouble::Trouble;

/// The answer of a server, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// How long `Retry-After` asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// What the rate limiter says, which is no refusal by itself.
    pub(crate) window: RateWindow,
    /// What the server calls this state of the answer.
    pub(crate) etag: Option<HeaderValue>,
    /// Wiped when dropped, since it may hold values.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Reply {
    /// Reads what matters of an answer's headers.
    pub(crate) fn new(status: u16, headers: &HeaderMap, body: Zeroizing<Vec<u8>>) -> Self {
        let asked = headers
            .get(RETRY_AFTER)
            .and_then(|asked| asked.to_str().ok());
        Self {
            status,
            retry_after: asked.and_then(|asked| retry_after::from_header(asked, SystemTime::now())),
            window: RateWindow::of(headers),
            etag: headers.get(ETAG).cloned(),
            body,
        }
    }

    /// Tells whether this is what was asked for. "Not modified" that was not asked for is a redirection to
    /// nowhere like any other.
    pub(crate) fn is_success(&self, is_conditional: bool) -> bool {
        (200..300).contains(&self.status) || (is_conditional && self.is_not_modified())
    }

    /// Tells whether the server says that what was read before still stands.
    pub(crate) fn is_not_modified(&self) -> bool {
        self.status == 304
    }
}

/// Says why there is no answer. The sources carry no URL.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    #[error("could not be reached")]
    Connect(#[source] reqwest::Error),
    #[error("could not be reached by way of the proxy")]
    ConnectByProxy(#[source] reqwest::Error),
    #[error("{}", .0.what())]
    Trouble(Trouble, #[source] reqwest::Error),
    #[error("cannot be reached, since the proxy asks for other credentials")]
    ProxyCredentials,
    #[error("did not answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    #[error("broke the connection off")]
    Dropped(#[source] reqwest::Error),
    #[error("answered with more than {0} bytes")]
    TooLarge(usize),
    #[error("answered with what is not compressed as it says")]
    NotCompressed(#[source] reqwest::Error),
}

/// Sends a request and reads the whole answer, up to `max_body` bytes.
pub(crate) async fn exchange(request: RequestBuilder, max_body: usize) -> Result<Reply, SendError> {
    let mut response = request.send().await.map_err(SendError::from)?;
    // Only a proxy answers so; Infisical never saw the request.
    if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(SendError::ProxyCredentials);
    }
    let body = read(&mut response, max_body).await?;
    Ok(Reply::new(
        response.status().as_u16(),
        response.headers(),
        body,
    ))
}

// The declared length is a promise of the server's; what counts is what arrives.
async fn read(response: &mut Response, max_body: usize) -> Result<Zeroizing<Vec<u8>>, SendError> {
    let declared = response
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    if declared.is_some_and(|length| length > max_body) {
        return Err(SendError::TooLarge(max_body));
    }
    // What is decompressed has no length that is known before.
    let mut body = Zeroizing::new(Vec::with_capacity(declared.unwrap_or(0)));
    while let Some(chunk) = response.chunk().await.map_err(SendError::from)? {
        if body.len() + chunk.len() > max_body {
            return Err(SendError::TooLarge(max_body));
        }
        make_room(&mut body, chunk.len(), max_body);
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Makes a buffer larger, and wipes the smaller one, which a vector that grows by itself leaves behind.
fn make_room(body: &mut Zeroizing<Vec<u8>>, more: usize, max_body: usize) {
    let needed = body.len() + more;
    if needed > body.capacity() {
        let capacity = (2 * needed).min(max_body).max(needed);
        let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
        larger.extend_from_slice(body);
        *body = larger;
    }
}

impl SendError {
    /// Returns what the HTTP library said, for the chain of an error that says the rest itself.
    pub(crate) fn into_cause(self) -> Option<reqwest::Error> {
        match self {
            Self::Connect(cause)
            | Self::ConnectByProxy(cause)
            | Self::Trouble(_, cause)
            | Self::NotCompressed(cause)
            | Self::Dropped(cause) => Some(cause),
            Self::TimedOut(_) | Self::TooLarge(_) | Self::ProxyCredentials => None,
        }
    }

    /// Says that a proxy was in between, so that it may be what failed.
    pub(crate) fn by_proxy(self) -> Self {
        match self {
            Self::Connect(cause) => Self::ConnectByProxy(cause),
            other => other,
        }
    }

    /// Tells whether the request certainly never left.
    pub(crate) fn was_never_sent(&self) -> bool {
        match self {
            Self::Connect(_) | Self::ConnectByProxy(_) | Self::ProxyCredentials => true,
            Self::Trouble(trouble, _) => trouble.is_before_requests(),
            _ => false,
        }
    }

    /// Says what to do, where more is known than that there was no answer.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Trouble(trouble, _) => Some(trouble.hint()),
            Self::ConnectByProxy(_) => Some(
                "check that the proxy is running, that its user and password are right, and that it \
                 reaches the server",
            ),
            Self::ProxyCredentials => Some("check user and password in the URL of the proxy"),
            _ => None,
        }
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if let Some(trouble) = Trouble::in_chain(&error) {
            Self::Trouble(trouble, error)
        } else if error.is_connect() {
            Self::Connect(error)
        } else if error.is_decode() && !is_of_the_connection(&error) {
            Self::NotCompressed(error)
        } else {
            Self::Dropped(error)
        }
    }
}

/// Tells whether it was the connection that failed, which the library reports as a failure to unpack too.
fn is_of_the_connection(error: &reqwest::Error) -> bool {
    let mut next = error.source();
    while let Some(cause) = next {
        if cause.is::<hyper::Error>() {
            return true;
        }
        next = cause.source();
    }
    false
}
