//! [`Folder`]: a server of one folder that knows the state it is in.

use std::sync::{Arc, Mutex};

use infisical_http::{Infisical, InfisicalBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A server of one folder, which answers "not modified" where the state it is asked about is its own.
#[derive(Clone)]
pub(crate) struct Folder(Arc<Mutex<State>>);

struct State {
    status: u16,
    etag: String,
    body: String,
    /// The `If-None-Match` of each request so far.
    asked: Vec<Option<String>>,
    /// How many of the next requests are answered with "not modified", asked or not.
    unasked: usize,
    /// What the next request is held up by.
    gate: Option<Gate>,
}

/// Says that a request is there, and waits before it is answered.
#[derive(Clone, Default)]
pub(crate) struct Gate {
    pub(crate) arrived: Arc<Notify>,
    pub(crate) open: Arc<Notify>,
}

impl Folder {
    pub(crate) async fn serve(values: &str) -> (Self, InfisicalBuilder) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            status: 200,
            etag: String::new(),
            body: String::new(),
            asked: Vec::new(),
            unasked: 0,
            gate: None,
        };
        let folder = Self(Arc::new(Mutex::new(state)));
        folder.hold("\"state-1\"", values);
        let serving = folder.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serving.clone().answer(connection));
            }
        });
        let builder = Infisical::builder(&format!("http://127.0.0.1:{port}"))
            .token("token")
            .retries(0)
            .project("4b7605fe-685e-40fd-a757-a40f06d3a8ee");
        (folder, builder)
    }

    /// Changes what is in the folder: the values of `A` and `B`.
    pub(crate) fn hold(&self, etag: &str, value: &str) {
        let mut state = self.0.lock().unwrap();
        state.etag = etag.to_owned();
        state.body = format!(
            r#"{{"secrets":[{{"secretKey":"A","secretValue":"a {value}"}},{{"secretKey":"B","secretValue":"b {value}"}}]}}"#
        );
    }

    /// Answers with this status.
    pub(crate) fn refuse(&self, status: u16) {
        self.0.lock().unwrap().status = status;
    }

    /// Answers so many requests with "not modified", whatever they ask for.
    pub(crate) fn confirm_unasked(&self, times: usize) {
        self.0.lock().unwrap().unasked = times;
    }

    /// Holds the answer to the next request back.
    pub(crate) fn hold_back(&self) -> Gate {
        let gate = Gate::default();
        self.0.lock().unwrap().gate = Some(gate.clone());
        gate
    }

    /// Takes what the requests since the last call asked for.
    pub(crate) fn take_asked(&self) -> Vec<Option<String>> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    pub(crate) fn last_asked(&self) -> Option<String> {
        self.0.lock().unwrap().asked.last().cloned().flatten()
    }

    async fn answer(self, mut connection: TcpStream) {
        while let Some(head) = head_of_a_request(&mut connection).await {
            let asked = header(&head, "if-none-match").map(str::to_owned);
            let answer = self.judge(asked);
            let gate = self.0.lock().unwrap().gate.take();
            if let Some(gate) = gate {
                gate.arrived.notify_one();
                gate.open.notified().await;
            }
            if connection.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn judge(&self, asked: Option<String>) -> String {
        let mut state = self.0.lock().unwrap();
        let is_unasked = state.unasked > 0;
        state.unasked = state.unasked.saturating_sub(1);
        let is_same = is_unasked || asked.as_deref() == Some(&state.etag);
        state.asked.push(asked);
        let State { etag, .. } = &*state;
        // Like servers of 2024, which name the state of an error too.
        let (status, body) = match (state.status, is_same) {
            (_, true) => (304, ""),
            (200, _) => (200, state.body.as_str()),
            (status, _) => (
                status,
                r#"{"statusCode":403,"error":"PermissionDenied","message":"no"}"#,
            ),
        };
        let length = body.len();
        format!("HTTP/1.1 {status} x\r\netag: {etag}\r\ncontent-length: {length}\r\n\r\n{body}")
    }
}

/// Reads a request to its end and returns what comes before the body.
async fn head_of_a_request(connection: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len()
                >= header(head, "content-length").map_or(0, |length| length.parse().unwrap())
        {
            return Some(head.to_owned());
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(": ")?;
        found.eq_ignore_ascii_case(name).then_some(value)
    })
}
