//! A server that answers as a closure tells it to, and keeps what it was sent; and what writes to it have in
//! common.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use infisical_http::{Infisical, InfisicalBuilder};
use secret_source::{Entry, PutOptions, SecretError, SecretStore, Written};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::address;

pub(crate) const PROJECT: &str = "4b7605fe-685e-40fd-a757-a40f06d3a8ee";

/// A request as it came: method, path with query, body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: serde_json::Value,
}

impl Asked {
    /// Method and path without the query.
    pub(crate) fn line(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method)
    }
}

/// What a script answers: a status and a body; status 0 closes the connection without an answer.
pub(crate) type Answer = (u16, String);

pub(crate) struct Scripted {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    pub(crate) async fn start(
        script: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, kept) = (Arc::new(script), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (script, kept) = (Arc::clone(&script), Arc::clone(&kept));
                tokio::spawn(async move { serve(connection, &*script, &kept).await });
            }
        });
        Self { port, asked }
    }

    pub(crate) fn builder(&self) -> InfisicalBuilder {
        Infisical::builder(&format!("http://127.0.0.1:{}", self.port))
            .token("token")
            .project(PROJECT)
            .retry_delay(Duration::ZERO)
    }

    pub(crate) fn client(&self) -> Infisical {
        self.builder().build().unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }
}

async fn serve(
    mut connection: TcpStream,
    script: &(impl Fn(&Asked, usize) -> Answer + ?Sized),
    kept: &Mutex<Vec<Asked>>,
) -> Option<()> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let length = text
        .lines()
        .find_map(|line| {
            line.to_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        })
        .unwrap_or(0);
    while bytes.len() < head + length {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let mut words = text.split(' ').map(str::to_owned);
    let asked = Asked {
        method: words.next()?,
        path: words.next()?,
        body: serde_json::from_slice(&bytes[head..]).unwrap_or_default(),
    };
    let number = {
        let mut kept = kept.lock().unwrap();
        kept.push(asked.clone());
        kept.len() - 1
    };
    let (status, body) = script(&asked, number);
    if status == 0 {
        return None;
    }
    let pause = if status == 429 {
        "retry-after: 0\r\n"
    } else {
        ""
    };
    let answer = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nconnection: close\r\n{pause}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(answer.as_bytes()).await.ok()
}

/// Infisical's refusal.
pub(crate) fn refusal(status: u16, message: &str) -> Answer {
    let body = serde_json::json!({"reqId": "req-1", "statusCode": status, "message": message, "error": "Some"});
    (status, body.to_string())
}

/// The answer of a server that does not have the route.
pub(crate) fn route_miss(asked: &Asked) -> Answer {
    let message = format!("Route {}:{} not found", asked.method, asked.path);
    let body = serde_json::json!({"message": message, "error": "Not Found", "statusCode": 404});
    (404, body.to_string())
}

/// One secret as a write answers it.
pub(crate) fn secret(key: &str, value: &str, version: u64) -> Answer {
    let row = row(key, value, version);
    (200, serde_json::json!({ "secret": row }).to_string())
}

pub(crate) fn row(key: &str, value: &str, version: u64) -> serde_json::Value {
    serde_json::json!({"secretKey": key, "secretValue": value, "version": version, "type": "shared"})
}

pub(crate) fn secrets(rows: Vec<serde_json::Value>) -> Answer {
    (200, serde_json::json!({ "secrets": rows }).to_string())
}

/// Makes an entry of `/db` for each key.
pub(crate) fn entries(keys: &[&str]) -> Vec<Entry> {
    let entry = |key: &&str| Entry::new(address("/db", key), format!("value of {key}"));
    keys.iter().map(entry).collect()
}

/// Answers a write of one secret with that secret.
pub(crate) fn echo(asked: &Asked, version: u64) -> Answer {
    let key = asked.path.rsplit('/').next().unwrap();
    secret(
        key,
        asked.body["secretValue"].as_str().unwrap_or("old"),
        version,
    )
}

/// Answers a batch with its own rows.
pub(crate) fn echo_batch(asked: &Asked, version: u64) -> Answer {
    let rows = asked.body["secrets"].as_array().unwrap().iter();
    secrets(
        rows.map(|item| {
            let value = item["secretValue"].as_str().unwrap_or("old");
            row(item["secretKey"].as_str().unwrap(), value, version)
        })
        .collect(),
    )
}

pub(crate) fn is_batch(asked: &Asked) -> bool {
    asked.path.contains("/batch")
}

/// Writes one secret in `/db`.
pub(crate) async fn put(
    client: &Infisical,
    key: &str,
    value: &str,
    options: PutOptions,
) -> Result<Written, SecretError> {
    client
        .put(&address("/db", key), &value.into(), options)
        .await
}
