//! [`exchange`]: one request and its answer, with a bounded body.

use std::time::{Duration, SystemTime};

use reqwest::header::{ETAG, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response};
use secrecy::zeroize::Zeroizing;

use crate::http::retry_after;

/// The answer of a server, whatever its status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// How long the header asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// What the server calls this state of the answer.
    pub(crate) etag: Option<HeaderValue>,
    /// Wiped when dropped, since it may hold values.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Reply {
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
    #[error("did not answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    #[error("broke the connection off")]
    Dropped(#[source] reqwest::Error),
    #[error("answered with more than {0} bytes")]
    TooLarge(usize),
}

/// Sends a request and reads the whole answer, up to `max_body` bytes.
pub(crate) async fn exchange(request: RequestBuilder, max_body: usize) -> Result<Reply, SendError> {
    let mut response = request.send().await.map_err(SendError::from)?;
    Ok(Reply {
        status: response.status().as_u16(),
        retry_after: pause(response.headers()),
        etag: response.headers().get(ETAG).cloned(),
        body: read(&mut response, max_body).await?,
    })
}

// The declared length is a promise of the server's; what counts is what arrives.
async fn read(response: &mut Response, max_body: usize) -> Result<Zeroizing<Vec<u8>>, SendError> {
    let declared = response
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    if declared.is_some_and(|length| length > max_body) {
        return Err(SendError::TooLarge(max_body));
    }
    // With the length known nothing is copied while the buffer grows, so no copy is left behind.
    let mut body = Zeroizing::new(Vec::with_capacity(declared.unwrap_or(0)));
    while let Some(chunk) = response.chunk().await.map_err(SendError::from)? {
        if body.len() + chunk.len() > max_body {
            return Err(SendError::TooLarge(max_body));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    retry_after::from_header(text, SystemTime::now())
}

impl SendError {
    /// Returns what the HTTP library said, for the chain of an error that says the rest itself.
    pub(crate) fn into_cause(self) -> Option<reqwest::Error> {
        match self {
            Self::Connect(cause) | Self::Dropped(cause) => Some(cause),
            Self::TimedOut(_) | Self::TooLarge(_) => None,
        }
    }
}

impl From<reqwest::Error> for SendError {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_connect() {
            Self::Connect(error)
        } else {
            Self::Dropped(error)
        }
    }
}
