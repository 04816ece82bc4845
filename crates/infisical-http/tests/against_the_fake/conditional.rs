//! Lists that are renewed by asking whether they changed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use infisical_http::{Infisical, InfisicalBuilder};
use secret_source::{ErrorKind, Missing, Secret, SecretError, SecretSource};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::support::{address, pass, text};

/// A server of one folder, which answers "not modified" where the state it is asked about is its own.
#[derive(Clone)]
struct Folder(Arc<Mutex<State>>);

struct State {
    status: u16,
    etag: String,
    body: String,
    /// The `If-None-Match` of each request so far.
    asked: Vec<Option<String>>,
    /// How many of the next requests are answered with "not modified", asked or not.
    unasked: usize,
    /// Says that a request is there, and waits before it is answered.
    gate: Option<Gate>,
}

#[derive(Clone, Default)]
struct Gate {
    arrived: Arc<Notify>,
    open: Arc<Notify>,
}

impl Folder {
    async fn serve(values: &str) -> (Self, InfisicalBuilder) {
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
    fn hold(&self, etag: &str, value: &str) {
        let mut state = self.0.lock().unwrap();
        state.etag = etag.to_owned();
        state.body = format!(
            r#"{{"secrets":[{{"secretKey":"A","secretValue":"a {value}"}},{{"secretKey":"B","secretValue":"b {value}"}}]}}"#
        );
    }

    fn refuse(&self, status: u16) {
        self.0.lock().unwrap().status = status;
    }

    fn confirm_unasked(&self, times: usize) {
        self.0.lock().unwrap().unasked = times;
    }

    /// Holds the answer to the next request back.
    fn hold_back(&self) -> Gate {
        let gate = Gate::default();
        self.0.lock().unwrap().gate = Some(gate.clone());
        gate
    }

    /// Takes what the requests since the last call asked for.
    fn take_asked(&self) -> Vec<Option<String>> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    fn last_asked(&self) -> Option<String> {
        self.0.lock().unwrap().asked.last().cloned().flatten()
    }

    async fn answer(self, mut connection: TcpStream) {
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match connection.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(count) => request.extend_from_slice(&buffer[..count]),
            }
            if !request.ends_with(b"\r\n\r\n") {
                continue;
            }
            let head = String::from_utf8(std::mem::take(&mut request)).unwrap();
            let asked = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                (name.eq_ignore_ascii_case("if-none-match")).then(|| value.to_owned())
            });
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
            (status, _) => (status, r#"{"error":"PermissionDenied","message":"no"}"#),
        };
        let length = body.len();
        format!("HTTP/1.1 {status} x\r\netag: {etag}\r\ncontent-length: {length}\r\n\r\n{body}")
    }
}

/// Asks for keys by list; a single one would be looked up by name.
async fn ask<const N: usize>(
    infisical: &Infisical,
    keys: [&str; N],
) -> [Result<Secret, SecretError>; N] {
    let addresses = keys.map(|key| address("/app", key));
    let answers = infisical.get_many(&addresses).await;
    answers.try_into().unwrap()
}

async fn read_both(infisical: &Infisical) {
    let answers = ask(infisical, ["A", "B"]).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[tokio::test]
async fn a_list_that_did_not_change_is_renewed_with_a_new_age() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    let [first, _] = ask(&infisical, ["A", "B"]).await;
    assert_eq!(folder.last_asked(), None);
    let [again, other] = ask(&infisical, ["A", "B"]).await;
    assert_eq!(folder.last_asked().as_deref(), Some("\"state-1\""));
    assert_eq!(infisical.requests().not_modified, 1);
    let (first, again) = (first.unwrap(), again.unwrap());
    assert!(again.fetched_at() > first.fetched_at());
    assert_eq!(first.origin(), again.origin());
    assert_eq!(text(Ok(again)), "a 1");
    assert_eq!(text(other), "b 1");
}

#[tokio::test]
async fn a_list_that_changed_is_read_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    folder.hold("\"state-2\"", "2");
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 2", "b 2"]);
    assert_eq!(infisical.requests().not_modified, 0);
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 2", "b 2"]);
    assert_eq!(folder.last_asked().as_deref(), Some("\"state-2\""));
}

#[tokio::test]
async fn a_key_that_was_not_handed_out_is_asked_for_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    let [first, missing] = ask(&infisical, ["A", "NOPE"]).await;
    assert!(first.is_ok() && missing.unwrap_err().kind().is_not_found());
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 1", "b 1"]);
    assert_eq!(folder.last_asked(), None);
}

#[tokio::test]
async fn that_a_key_is_missing_is_renewed_with_the_rest_of_its_folder() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    let [_, first] = ask(&infisical, ["A", "NOPE"]).await;
    let [value, again] = ask(&infisical, ["A", "NOPE"]).await;
    assert_eq!(text(value), "a 1");
    assert_eq!(folder.last_asked().as_deref(), Some("\"state-1\""));
    assert_eq!(infisical.requests().not_modified, 1);
    let (first, again) = (first.unwrap_err(), again.unwrap_err());
    assert_eq!(again.kind(), ErrorKind::NotFound(Missing::Secret));
    assert_eq!(
        (first.hint(), first.address()),
        (again.hint(), again.address())
    );
    assert_ne!(first.correlation_id(), again.correlation_id());
}

#[tokio::test]
async fn a_value_that_may_be_unfinished_is_not_renewed() {
    let (folder, builder) = Folder::serve("${DEEP}").await;
    let infisical = builder.build().unwrap();
    for _ in 0..2 {
        let [first, _] = ask(&infisical, ["A", "B"]).await;
        assert!(first.unwrap().is_unexpanded());
    }
    assert!(folder.0.lock().unwrap().asked.iter().all(Option::is_none));
}

#[tokio::test]
async fn the_state_of_a_refusal_is_no_state_of_the_folder() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    folder.hold("\"refusal\"", "1");
    folder.refuse(403);
    for _ in 0..2 {
        let [first, _] = ask(&infisical, ["A", "B"]).await;
        assert_eq!(first.unwrap_err().kind(), ErrorKind::Denied);
    }
    assert_eq!(
        folder.last_asked(),
        None,
        "what may not be read is forgotten"
    );
}

#[tokio::test]
async fn after_a_quarter_of_an_hour_a_list_is_read_in_full_whatever_the_server_said() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    pass(Duration::from_secs(800)).await;
    read_both(&infisical).await;
    assert!(folder.last_asked().is_some());
    pass(Duration::from_secs(100)).await;
    read_both(&infisical).await;
    assert_eq!(folder.last_asked(), None);
}

#[tokio::test]
async fn nothing_is_kept_where_nothing_may_be() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.conditional_for(Duration::ZERO).build().unwrap();
    read_both(&infisical).await;
    read_both(&infisical).await;
    assert_eq!(folder.last_asked(), None);
}

#[tokio::test]
async fn not_modified_without_a_question_is_asked_about_once_more() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    folder.confirm_unasked(1);
    assert_eq!(ask(&infisical, ["A", "B"]).await.map(text), ["a 1", "b 1"]);
    assert_eq!(folder.take_asked(), [None, None]);
    assert_eq!(infisical.requests().not_modified, 0);
}

#[tokio::test]
async fn not_modified_without_a_question_is_no_answer() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    folder.confirm_unasked(usize::MAX);
    let [first, _] = ask(&infisical, ["A", "B"]).await;
    let error = first.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.hint().unwrap().contains("proxy"), "{error:?}");
    assert_eq!(folder.take_asked(), [None, None], "once more, and no more");
    let single = infisical.get(&address("/app", "A")).await;
    assert_eq!(single.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(folder.take_asked(), [None, None], "a look-up by name, too");
}

/// Asks whether a list changed, and forgets it before the answer is there.
async fn confirm_what_is_forgotten(
    folder: &Folder,
    infisical: &Infisical,
) -> [Result<Secret, SecretError>; 2] {
    folder.take_asked();
    let gate = folder.hold_back();
    let asking = ask(infisical, ["A", "B"]);
    let forgetting = async {
        gate.arrived.notified().await;
        infisical.revoke().await.unwrap();
        gate.open.notify_one();
    };
    let (answers, ()) = tokio::join!(asking, forgetting);
    answers
}

#[tokio::test]
async fn a_confirmed_list_that_was_forgotten_meanwhile_is_read_in_full() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    let answers = confirm_what_is_forgotten(&folder, &infisical).await;
    assert_eq!(answers.map(text), ["a 1", "b 1"]);
    let condition = Some("\"state-1\"".to_owned());
    assert_eq!(folder.take_asked(), [condition, None]);
}

#[tokio::test]
async fn a_list_that_is_confirmed_and_forgotten_is_asked_for_once_more_only() {
    let (folder, builder) = Folder::serve("1").await;
    let infisical = builder.build().unwrap();
    read_both(&infisical).await;
    folder.confirm_unasked(usize::MAX);
    let [first, _] = confirm_what_is_forgotten(&folder, &infisical).await;
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(folder.take_asked().len(), 2);
}
