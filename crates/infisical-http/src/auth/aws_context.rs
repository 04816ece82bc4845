//! [`context`]: what the library that finds AWS credentials may read and ask.

use std::collections::HashMap;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use reqsign_core::{Context, Env, FileRead, HttpSend};

use crate::ServerAddress;
use crate::auth::metadata::Metadata;
use crate::auth::plain_file;
use crate::http::send;

/// Tells whether a service of AWS did not answer, or said that it cannot now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble(Arc<AtomicBool>);

impl Trouble {
    pub(crate) fn was_met(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn meet(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lends the library files, variables and the network, and keeps an eye on the services that it asks.
pub(crate) fn context(metadata: &Metadata) -> (Context, Trouble) {
    let trouble = Trouble::default();
    let context = Context::new()
        .with_file_read(Files)
        .with_env(ProcessEnvironment)
        .with_http_send(Sender {
            metadata: metadata.clone(),
            trouble: trouble.clone(),
        });
    (context, trouble)
}

/// Reads the profiles and token files of AWS's tools.
#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        let path = PathBuf::from(path);
        let read = tokio::task::spawn_blocking(move || plain_file::read(&path)).await;
        let failed = |_| reqsign_core::Error::unexpected("the file cannot be read");
        let bytes = read
            .map_err(|_| reqsign_core::Error::unexpected("reading was broken off"))?
            .map_err(failed)?;
        Ok(bytes.to_vec())
    }
}

/// Lets the library see the variables of AWS's tools.
#[derive(Debug)]
struct ProcessEnvironment;

impl Env for ProcessEnvironment {
    fn var(&self, key: &str) -> Option<String> {
        env::var(key).ok()
    }

    fn vars(&self) -> HashMap<String, String> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        env::vars_os().filter_map(text).collect()
    }

    fn home_dir(&self) -> Option<PathBuf> {
        env::home_dir()
    }
}

/// Asks the metadata services of AWS, and STS.
#[derive(Debug)]
struct Sender {
    metadata: Metadata,
    trouble: Trouble,
}

impl HttpSend for Sender {
    async fn http_send(&self, request: Request<Bytes>) -> reqsign_core::Result<Response<Bytes>> {
        let sent = self.exchange(request).await;
        let is_trouble = match &sent {
            Ok(answer) => matches!(answer.status().as_u16(), 408 | 429 | 500..),
            Err(_) => true,
        };
        if is_trouble {
            self.trouble.meet();
        }
        sent
    }
}

impl Sender {
    async fn exchange(&self, request: Request<Bytes>) -> reqsign_core::Result<Response<Bytes>> {
        let failed = |what: &'static str| reqsign_core::Error::unexpected(what);
        let uri = request.uri().clone();
        let origin = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or("https"),
            uri.authority().map_or("", |authority| authority.as_str())
        );
        let server = ServerAddress::parse(&origin).map_err(|_| failed("not an address"))?;
        let client = self.metadata.client(&server);
        let client = client.map_err(|_| failed("TLS cannot be set up"))?;
        let (parts, body) = request.into_parts();
        let request = client
            .request(parts.method, uri.to_string())
            .headers(parts.headers)
            .body(body);
        let sent =
            tokio::time::timeout(self.metadata.timeout(), send::exchange(request, 256 * 1024))
                .await;
        let reply = sent
            .map_err(|_| failed("no answer in time"))?
            .map_err(|_| failed("no answer"))?;
        Response::builder()
            .status(reply.status)
            .body(Bytes::copy_from_slice(&reply.body))
            .map_err(|_| failed("no HTTP answer"))
    }
}
