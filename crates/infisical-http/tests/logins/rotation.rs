//! Credentials in files, which others replace while the client runs.

use std::path::Path;
use std::time::Duration;

use infisical_http::{GcpIamAuth, KubernetesAuth, TokenAuth, UniversalAuth};
use secret_source::{ErrorKind, SecretSource};
use serde_json::json;

use crate::capture::{Asked, Capture, address, look_up};
use crate::clouds::service_account;

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

#[tokio::test]
async fn a_refusal_is_remembered_also_where_the_file_is_gone_by_then() {
    let token = file("old");
    let path = token.path().to_owned();
    let server = Capture::start(move |asked| {
        let refused = refuse(asked, "jwt", "old");
        if refused.is_some() {
            std::fs::remove_file(&path).unwrap();
        }
        refused
    })
    .await;
    let client = server.client(KubernetesAuth::new("identity").token_file(token.path()));
    for _ in 0..3 {
        let error = look_up(&client).await.unwrap_err();
        assert!(error.to_string().contains("refused the login"), "{error}");
    }
    assert_eq!(server.logins().len(), 1);
}

#[tokio::test]
async fn a_key_that_google_refuses_is_asked_about_once_until_its_file_changes() {
    let google = Capture::start(|asked| {
        let is_new = asked.body.contains("assertion=") && asked.body.len() > 700;
        let refused =
            json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."});
        let granted = json!({"access_token": "t", "keyId": "1", "signedJwt": "signed.by.google"});
        let is_sign = asked.target.ends_with("signJwt");
        Some(match is_new || is_sign {
            true => (200, granted.to_string()),
            false => (400, refused.to_string()),
        })
    })
    .await;
    let server = Capture::start(|_| None).await;
    // The longer name makes the assertion longer, by which the server above knows it.
    let key =
        |name: &str| service_account(&format!("{name}@p.iam"), &format!("{}/token", google.url));
    let key_file = file(&key("old"));
    let auth = GcpIamAuth::new("identity", key_file.path()).iam_endpoint(&google.url);
    let client = server.client(auth);
    for _ in 0..3 {
        let error = look_up(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    }
    assert_eq!(google.asked().len(), 1);
    std::fs::write(key_file.path(), key(&"new".repeat(100))).unwrap();
    pass(Duration::from_secs(11)).await;
    look_up(&client).await.unwrap();
    assert_eq!(google.asked().len(), 3);
}

#[tokio::test]
async fn a_given_token_is_read_from_its_file_again_when_it_is_refused() {
    let token = file("old\n");
    let server = Capture::start(|asked| {
        let body = json!({"statusCode": 401, "error": "UnauthorizedError", "message": "revoked"});
        let is_old = asked.header("authorization") == Some("Bearer old");
        is_old.then(|| (401, body.to_string()))
    })
    .await;
    let client = server.client(TokenAuth::token_file(token.path()));
    for _ in 0..3 {
        let error = look_up(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    }
    assert_eq!(server.asked().len(), 1, "the file holds what was refused");
    std::fs::write(token.path(), "new").unwrap();
    pass(Duration::from_secs(11)).await;
    look_up(&client).await.unwrap();
    assert_eq!(server.asked().len(), 2);
    // The token belongs to whoever wrote the file.
    client.close().await.unwrap();
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_token_file_that_is_replaced_in_time_costs_no_look_up() {
    let token = file("old");
    let server = Capture::start(|asked| {
        let body = json!({"statusCode": 403, "error": "TokenError", "message": "expired"});
        let is_old = asked.header("authorization") == Some("Bearer old");
        (is_old && asked.target.contains("expired")).then(|| (403, body.to_string()))
    })
    .await;
    let client = server.client(TokenAuth::token_file(token.path()));
    look_up(&client).await.unwrap();
    std::fs::write(token.path(), "new").unwrap();
    let expired = address().folder_address().secret("expired");
    // The secret that comes back has another name; what counts is that one comes back.
    let error = client.get(&expired).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    let sent: Vec<_> = server.asked();
    let tokens: Vec<_> = sent
        .iter()
        .map(|asked| asked.header("authorization").unwrap())
        .collect();
    assert_eq!(tokens, ["Bearer old", "Bearer old", "Bearer new"]);
}

async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
