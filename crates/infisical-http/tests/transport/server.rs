//! A server that answers every request with one function, over TLS or not, and remembers what it saw.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use infisical_http::{Infisical, InfisicalBuilder};
use rustls::ServerConfig;
use secret_source::{ExposeSecret, FolderAddress, SecretAddress, SecretError, SecretSource};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) const PROJECT: &str = "11111111-1111-4111-8111-111111111111";
pub(crate) const TOKEN: &str = "given-token";

#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) path: String,
}

pub(crate) type Answer = Response<Full<Bytes>>;
type Answering = dyn Fn(usize) -> Answer + Send + Sync;

struct Shared {
    connections: AtomicUsize,
    seen: Mutex<Vec<Seen>>,
    answering: Box<Answering>,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
    scheme: &'static str,
}

impl Server {
    /// Starts a server; the function is told how many requests there were before.
    pub(crate) async fn start(
        tls: Option<ServerConfig>,
        answering: impl Fn(usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let shared = Arc::new(Shared {
            connections: AtomicUsize::new(0),
            seen: Mutex::default(),
            answering: Box::new(answering),
        });
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let task = tokio::spawn(accept(listener, acceptor, Arc::clone(&shared)));
        Self {
            port,
            shared,
            task,
            scheme,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    pub(crate) fn client(&self) -> InfisicalBuilder {
        client(&self.url())
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn client(url: &str) -> InfisicalBuilder {
    Infisical::builder(url)
        .token(TOKEN)
        .project(PROJECT)
        .retry_delay(Duration::ZERO)
}

pub(crate) fn json(value: &str) -> Vec<u8> {
    format!(r#"{{"secret":{{"secretKey":"KEY","secretValue":"{value}"}}}}"#).into_bytes()
}

pub(crate) fn value(_: usize) -> Answer {
    body(json("a value"))
}

pub(crate) fn body(bytes: impl Into<Bytes>) -> Answer {
    Response::builder()
        .header("content-type", "application/json")
        .body(Full::new(bytes.into()))
        .unwrap()
}

pub(crate) fn status(status: u16, headers: &[(&str, &str)], text: &str) -> Answer {
    let mut answer = Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(Full::new(text.to_owned().into())).unwrap()
}

pub(crate) async fn ask(infisical: &Infisical) -> Result<String, SecretError> {
    let folder = FolderAddress::new("infisical", "dev", &"/".parse().unwrap());
    let address: SecretAddress = folder.secret("KEY");
    let answer = infisical.get(&address).await?;
    Ok(answer.value().expose_secret().to_owned())
}

async fn accept(listener: TcpListener, acceptor: Option<TlsAcceptor>, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.fetch_add(1, Ordering::Relaxed);
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            let Some(acceptor) = acceptor else {
                return serve(stream, false, shared).await;
            };
            if let Ok(stream) = acceptor.accept(stream).await {
                let is_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                serve(stream, is_h2, shared).await;
            }
        });
    }
}

async fn serve<S>(stream: S, is_h2: bool, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let seen = Seen {
            version: request.version(),
            headers: request.headers().clone(),
            path: request.uri().path().to_owned(),
        };
        let mut all = shared.seen.lock().unwrap();
        all.push(seen);
        let answer = (shared.answering)(all.len() - 1);
        async move { Ok::<_, Infallible>(answer) }
    });
    let stream = TokioIo::new(stream);
    let _ = if is_h2 {
        hyper::server::conn::http2::Builder::new(TokioExecutor::new())
            .serve_connection(stream, service)
            .await
    } else {
        hyper::server::conn::http1::Builder::new()
            .serve_connection(stream, service)
            .await
    };
}
