//! Credentials in files, which others replace while the client runs.

use std::path::Path;
use std::time::Duration;

use infisical_http::{KubernetesAuth, UniversalAuth};
use secret_source::ErrorKind;
use serde_json::json;

use crate::capture::{Asked, Capture, look_up};

fn refuse(asked: &Asked, field: &str, wrong: &str) -> Option<(u16, String)> {
    let body =
        json!({"statusCode": 401, "error": "UnauthorizedError", "message": "Invalid credentials"});
    let is_wrong = asked.target.ends_with("/login") && asked.json()[field] == wrong;
    is_wrong.then(|| (401, body.to_string()))
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[tokio::test]
async fn a_file_that_changes_under_a_refused_login_is_tried_at_once() {
    let token = file("old");
    let path = token.path().to_owned();
    let server = Capture::start(move |asked| {
        let refused = refuse(asked, "jwt", "old");
        if refused.is_some() {
            std::fs::write(&path, "new").unwrap();
        }
        refused
    })
    .await;
    let client = server.client(KubernetesAuth::new("identity").token_file(token.path()));
    look_up(&client).await.unwrap();
    assert_eq!(server.logins().len(), 2);
}

#[tokio::test]
async fn a_refused_file_is_tried_again_when_it_has_changed_and_not_before() {
    let secret = file("old");
    let server = Capture::start(|asked| refuse(asked, "clientSecret", "old")).await;
    let client = server.client(UniversalAuth::secret_file("id", secret.path()));
    let refused = |logins: usize| {
        let (client, server) = (client.clone(), &server);
        async move {
            let error = look_up(&client).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
            assert_eq!(server.logins().len(), logins);
        }
    };
    refused(1).await;
    pass(Duration::from_secs(11)).await;
    refused(1).await;
    std::fs::write(secret.path(), "new").unwrap();
    pass(Duration::from_secs(11)).await;
    look_up(&client).await.unwrap();
    assert_eq!(server.logins().len(), 2);
}

#[tokio::test]
async fn a_file_that_is_missing_is_named_and_not_remembered_as_a_refusal() {
    let path = Path::new("/nowhere/token");
    let server = Capture::start(|_| None).await;
    let client = server.client(KubernetesAuth::new("identity").token_file(path));
    let error = look_up(&client).await.unwrap_err();
    assert!(error.to_string().contains("/nowhere/token"), "{error}");
    assert_eq!(server.logins().len(), 0);
    assert_eq!(error.retry_after(), None);
}

async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
