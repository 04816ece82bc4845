//! A server that writes down what it is asked, and answers by path.

use std::sync::{Arc, Mutex};

use infisical_http::{Auth, Infisical, InfisicalBuilder};
use secret_ref::FolderPath;
use secret_source::{FolderAddress, Secret, SecretAddress, SecretError, SecretSource};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        found.next().map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Answer = dyn Fn(&Asked) -> Option<(u16, String)> + Send + Sync;

/// Plays whatever the tests need: Infisical's logins, and the services of clouds.
pub(crate) struct Capture {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Capture {
    /// Starts a server that grants every login, knows the secret `KEY`, and answers the rest with
    /// `answer`.
    pub(crate) async fn start(
        answer: impl Fn(&Asked) -> Option<(u16, String)> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, answer): (Arc<Mutex<Vec<Asked>>>, Arc<Answer>) =
            (Arc::default(), Arc::new(answer));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, Arc::clone(&log), Arc::clone(&answer)));
            }
        });
        Self { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The logins that came in.
    pub(crate) fn logins(&self) -> Vec<Asked> {
        let is_login = |asked: &Asked| asked.target.ends_with("/login");
        self.asked().into_iter().filter(is_login).collect()
    }

    pub(crate) fn client(&self, auth: impl Into<Auth>) -> Infisical {
        self.builder(auth).build().unwrap()
    }

    pub(crate) fn builder(&self, auth: impl Into<Auth>) -> InfisicalBuilder {
        let builder = Infisical::builder(&self.url).auth(auth);
        builder.project(PROJECT).retries(0)
    }
}

const PROJECT: &str = "4b7605fe-685e-40fd-a757-a40f06d3a8ee";

pub(crate) fn address() -> SecretAddress {
    FolderAddress::new("infisical", "dev", &FolderPath::parse("/").unwrap()).secret("KEY")
}

pub(crate) async fn look_up(infisical: &Infisical) -> Result<Secret, SecretError> {
    infisical.get(&address()).await
}

async fn serve(connection: TcpStream, log: Arc<Mutex<Vec<Asked>>>, answer: Arc<Answer>) {
    let mut connection = BufReader::new(connection);
    while let Some(asked) = read(&mut connection).await {
        log.lock().unwrap().push(asked.clone());
        let (status, body) = answer(&asked).unwrap_or_else(|| usual(&asked));
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let bytes = [head.as_bytes(), body.as_bytes()].concat();
        if connection.get_mut().write_all(&bytes).await.is_err() {
            return;
        }
    }
}

fn usual(asked: &Asked) -> (u16, String) {
    let body = if asked.target.ends_with("/login") {
        json!({"accessToken": "granted", "expiresIn": 7200, "tokenType": "Bearer"})
    } else {
        json!({"secret": {"secretKey": "KEY", "secretValue": "value", "type": "shared"}})
    };
    (200, body.to_string())
}

async fn read(connection: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    connection.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut asked = Asked {
        method,
        target,
        headers,
        body: String::new(),
    };
    let length = asked
        .header("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    asked.body = String::from_utf8(body).unwrap();
    Some(asked)
}
