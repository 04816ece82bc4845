//! Answers that no real server sends: too large, about another secret, or odd in one row.

use std::time::Duration;

use infisical_fake::{Era, Fault, Route};
use infisical_http::Infisical;
use secret_source::{ErrorKind, ExposeSecret, SecretError, SecretSource};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{address, client, fake};

/// Looks one secret up at a server that answers the first request with these bytes and then says nothing.
async fn answered_with(bytes: Vec<u8>) -> SecretError {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = connection.read(&mut request).await;
        let _ = connection.write_all(&bytes).await;
        std::future::pending::<()>().await;
    });
    let infisical = Infisical::builder(&format!("http://127.0.0.1:{port}"))
        .token("token")
        .project("4b7605fe-685e-40fd-a757-a40f06d3a8ee")
        .max_body(10_000)
        .build()
        .unwrap();
    let address = address("/", "KEY");
    let look_up = infisical.get(&address);
    let answer = tokio::time::timeout(Duration::from_secs(5), look_up).await;
    answer
        .expect("the look-up does not wait for the rest")
        .unwrap_err()
}

#[tokio::test]
async fn a_body_of_unknown_length_is_cut_off_at_the_limit() {
    let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..11 {
        bytes.extend_from_slice(b"3e8\r\n");
        bytes.extend_from_slice(&[b' '; 1000]);
        bytes.extend_from_slice(b"\r\n");
    }
    let error = answered_with(bytes).await;
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    assert!(
        error.to_string().contains("more than 10000 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_that_is_announced_too_large_is_not_waited_for() {
    let error = answered_with(b"HTTP/1.1 200 OK\r\ncontent-length: 10001\r\n\r\n{".to_vec()).await;
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
}

#[tokio::test]
async fn an_answer_about_another_secret_is_not_taken_for_this_one() {
    let fake = fake(Era::V4b).await;
    let body = r#"{"secret":{"secretKey":"key_3","secretValue":"of another"}}"#;
    fake.script(Fault::body_of(body).on(Route::Get).always());
    let error = client(&fake)
        .get(&address("/shared/db", "KEY_3"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_fails_alone() {
    let fake = fake(Era::V4b).await;
    let body = r#"{"secrets":[{"secretKey":"ODD","secretValue":{"a":1}},
        {"secretKey":"GOOD","secretValue":"v","type":"shared"}]}"#;
    fake.script(Fault::body_of(body).on(Route::List).always());
    let asked = [address("/shared/db", "ODD"), address("/shared/db", "GOOD")];
    let answers = client(&fake).get_many(&asked).await;
    assert_eq!(answers[0].as_ref().unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(answers[1].as_ref().unwrap().value().expose_secret(), "v");
}

#[tokio::test]
async fn an_address_that_redirects_or_wants_https_is_what_the_hint_is_about() {
    for (answer, clue) in [
        (
            "HTTP/1.1 302 Found\r\nlocation: https://elsewhere.test/?token=canary\r\ncontent-length: 0\r\n\r\n",
            "redirects",
        ),
        (
            "HTTP/1.0 400 Bad Request\r\ncontent-length: 48\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
            "https://",
        ),
        (
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 51\r\n\r\nThe plain HTTP request was sent to HTTPS port <hr/>",
            "https://",
        ),
    ] {
        let error = answered_with(answer.as_bytes().to_vec()).await;
        assert!(error.hint().unwrap().contains(clue), "{error:?}");
        assert!(
            !format!("{error}{error:?}").contains("elsewhere.test"),
            "{error:?}"
        );
    }
}
