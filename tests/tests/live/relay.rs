//! A relay in front of a server, in which a token can be lost on the way.
//!
//! A token that is over, or was revoked by somebody else, cannot be waited for with a real server. So the
//! client is led through this: it sees the token that the client has, and can replace it in one request by a
//! text that the server refuses as it refuses every bad token.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Client, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::server::{http_client, told};

/// Larger than any request the suite makes.
const LARGEST: usize = 256 * 1024;

/// Passes requests on, over one connection each.
pub(crate) struct Relay {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    http: Client,
    upstream: String,
    token: Mutex<Option<String>>,
    spoilt: AtomicUsize,
}

struct Request {
    method: Method,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Relay {
    /// Begins to pass requests on to a server.
    pub(crate) async fn start(upstream: &str) -> Result<Self, String> {
        let shared = Arc::new(Shared {
            http: http_client()?,
            upstream: upstream.to_owned(),
            token: Mutex::default(),
            spoilt: AtomicUsize::new(0),
        });
        let failed = |error: io::Error| format!("the relay did not start: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let passing = Arc::clone(&shared);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(Arc::clone(&passing), stream));
            }
        });
        Ok(Self {
            address,
            shared,
            accepting,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Gives the token that was seen last.
    pub(crate) fn token(&self) -> Option<String> {
        let token = self.shared.token.lock();
        token.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the token of the next request that has one.
    pub(crate) fn spoil_one(&self) {
        self.shared.spoilt.store(1, Ordering::SeqCst);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(shared: Arc<Shared>, mut stream: TcpStream) {
    // A connection that ends early is one that the client gave up.
    let Ok(Some(request)) = read(&mut stream).await else {
        return;
    };
    let answer = match forward(&shared, request).await {
        Ok(answer) => answer,
        Err(_) => {
            b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec()
        }
    };
    let _ = stream.write_all(&answer).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 || bytes.len() > LARGEST {
            return Ok(None);
        }
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(head) = head else { continue };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let mut lines = text.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ');
        let method = first.next().and_then(|name| name.parse().ok());
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.and_then(|(_, length)| length.parse().ok());
        let end = head + 4 + length.unwrap_or(0_usize);
        if bytes.len() < end {
            continue;
        }
        let (Some(method), Some(target)) = (method, first.next()) else {
            return Ok(None);
        };
        return Ok(Some(Request {
            method,
            target: target.to_owned(),
            headers,
            body: bytes[head + 4..end].to_vec(),
        }));
    }
}

async fn forward(shared: &Shared, request: Request) -> Result<Vec<u8>, String> {
    let url = format!("{}{}", shared.upstream, request.target);
    let mut passed = shared.http.request(request.method, url).body(request.body);
    for (name, value) in &request.headers {
        // These are about one connection, and this is another.
        let is_of_the_connection = [
            "host",
            "connection",
            "content-length",
            "accept-encoding",
            "authorization",
        ];
        if !is_of_the_connection.contains(&name.as_str()) {
            passed = passed.header(name, value);
        }
    }
    let token = request
        .headers
        .iter()
        .find(|(name, _)| name == "authorization");
    let token = token.and_then(|(_, value)| value.strip_prefix("Bearer "));
    if let Some(token) = token {
        let spoils = shared.spoilt.swap(0, Ordering::SeqCst) == 1;
        passed = passed.bearer_auth(if spoils { "no-token-at-all" } else { token });
        let mut seen = shared.token.lock().unwrap_or_else(PoisonError::into_inner);
        *seen = Some(token.to_owned());
    }
    let reply = passed.send().await.map_err(told)?;
    let mut head = format!("HTTP/1.1 {} Passed On\r\n", reply.status().as_u16());
    for name in ["content-type", "etag", "retry-after"] {
        if let Some(value) = reply
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
        {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    let body = reply.bytes().await.map_err(told)?;
    head.push_str(&format!(
        "content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    ));
    let mut answer = head.into_bytes();
    answer.extend_from_slice(&body);
    Ok(answer)
}
