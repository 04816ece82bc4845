//! A small HTTP client over a plain socket: nothing between the test and the bytes.

use std::io;
use std::net::SocketAddr;

use infisical_fake::Fake;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Holds an answer as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Gives `error` and `message` of an error envelope.
    pub(crate) fn refusal(&self) -> (String, String) {
        let body = self.json();
        let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (field("error"), field("message"))
    }
}

/// Sends one request over a connection of its own.
pub(crate) async fn send(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> io::Result<Reply> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(request(method, target, headers, body).as_bytes())
        .await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    parse(&bytes)
}

pub(crate) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> String {
    let mut text = format!("{method} {target} HTTP/1.1\r\nhost: fake\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = body.unwrap_or_default();
    if !body.is_empty() || method == "POST" {
        text.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    format!("{text}\r\n{body}")
}

fn parse(bytes: &[u8]) -> io::Result<Reply> {
    let cut_off = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(cut_off)?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .expect("a status line");
    let reply = Reply {
        status: status.parse().expect("a number"),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: bytes[end + 4..].to_vec(),
    };
    let declared = match reply.header("content-length") {
        Some(length) => length.parse::<usize>().expect("a number"),
        // HTTP lets it out where there can be no body.
        None => {
            assert_eq!(reply.status, 304, "an answer without a length");
            0
        }
    };
    if reply.body.len() < declared {
        return Err(cut_off());
    }
    Ok(reply)
}

/// Speaks to one fake as its default identity.
pub(crate) struct Client {
    pub(crate) fake: Fake,
    pub(crate) token: String,
}

impl Client {
    /// Takes a token without a login, so that logins stay at zero.
    pub(crate) fn new(fake: &Fake) -> Self {
        Self {
            fake: fake.clone(),
            token: fake.issue_token(),
        }
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.try_get(target).await.expect("an answer")
    }

    pub(crate) async fn try_get(&self, target: &str) -> io::Result<Reply> {
        let authorization = format!("Bearer {}", self.token);
        let headers = [("authorization", authorization.as_str())];
        send(self.fake.address(), "GET", target, &headers, None).await
    }

    /// Lists a folder over v4, everything asked for explicitly; `more` adds parameters.
    pub(crate) async fn list(&self, environment: &str, folder: &str, more: &str) -> Reply {
        let project = self.fake.project_id();
        self.get(&format!(
            "/api/v4/secrets?projectId={project}&environment={environment}&secretPath={folder}{more}"
        ))
        .await
    }

    /// Looks a secret up over v4.
    pub(crate) async fn secret(
        &self,
        environment: &str,
        folder: &str,
        key: &str,
        more: &str,
    ) -> Reply {
        let project = self.fake.project_id();
        self.get(&format!(
            "/api/v4/secrets/{key}?projectId={project}&environment={environment}&secretPath={folder}{more}"
        ))
        .await
    }
}

/// Posts JSON without a token.
pub(crate) async fn post(fake: &Fake, target: &str, body: &Value) -> Reply {
    let headers = [("content-type", "application/json")];
    let reply = send(
        fake.address(),
        "POST",
        target,
        &headers,
        Some(&body.to_string()),
    )
    .await;
    reply.expect("an answer")
}

/// Logs in.
pub(crate) async fn login(fake: &Fake, client_id: &str, client_secret: &str) -> Reply {
    let body = serde_json::json!({ "clientId": client_id, "clientSecret": client_secret });
    post(fake, "/api/v1/auth/universal-auth/login", &body).await
}

/// Gives keys and values of the secrets in a list, in order.
pub(crate) fn pairs(secrets: &Value) -> Vec<(String, String)> {
    let secrets = secrets.as_array().expect("an array");
    let field = |secret: &Value, name: &str| secret[name].as_str().expect("text").to_owned();
    secrets
        .iter()
        .map(|secret| (field(secret, "secretKey"), field(secret, "secretValue")))
        .collect()
}
