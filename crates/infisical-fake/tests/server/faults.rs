//! Scripted faults, one by one.

use std::io::ErrorKind;
use std::time::Duration;

use infisical_fake::{Era, Fake, Fault, Route};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::wire::{Client, Reply, request};

async fn client(era: Era) -> Client {
    let fake = Fake::builder().era(era).start().await.unwrap();
    fake.set("dev", "/", "K", "v");
    Client::new(&fake)
}

async fn list(client: &Client) -> Reply {
    client.list("dev", "/", "").await
}

#[tokio::test]
async fn a_status_comes_in_the_envelope_as_often_as_scripted() {
    let client = client(Era::V4b).await;
    client
        .fake
        .script(Fault::status(503).retry_after(2).times(2));
    for _ in 0..2 {
        let reply = list(&client).await;
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (503, Some("2"))
        );
        assert_eq!(reply.refusal().1, "Something went wrong");
        assert!(reply.json()["reqId"].is_string());
    }
    assert_eq!(list(&client).await.status, 200);
}

#[tokio::test]
async fn error_and_message_can_be_chosen() {
    let client = client(Era::V4b).await;
    client
        .fake
        .script(Fault::status(403).error("TokenError").message("chosen"));
    let expected = ("TokenError".to_owned(), "chosen".to_owned());
    assert_eq!(list(&client).await.refusal(), expected);
}

#[tokio::test]
async fn the_rate_limit_has_a_shape_per_era() {
    let current = client(Era::V4b).await;
    current.fake.script(Fault::rate_limit(7));
    let reply = list(&current).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(reply.refusal().0, "RateLimitExceeded");

    let old = client(Era::V2024).await;
    old.fake.script(Fault::rate_limit(7));
    let reply = list(&old).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (500, Some("7"))
    );
    assert_eq!(reply.header("x-ratelimit-remaining"), Some("0"));
}

#[tokio::test]
async fn the_seconds_can_stand_in_the_message_only_or_be_a_date() {
    let client = client(Era::V4b).await;
    client.fake.faults([
        Fault::status(429).retry_after_in_message(9),
        Fault::status(429).header("retry-after", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ]);
    let reply = list(&client).await;
    assert_eq!(
        reply.refusal().1,
        "Rate limit exceeded. Please try again in 9 seconds"
    );
    assert_eq!(reply.header("retry-after"), None);
    let date = Some("Thu, 01 Jan 2026 00:00:00 GMT");
    assert_eq!(list(&client).await.header("retry-after"), date);
}

#[tokio::test(start_paused = true)]
async fn a_delay_comes_before_the_regular_answer() {
    let client = client(Era::V4b).await;
    client.fake.script(Fault::delay(Duration::from_secs(5)));
    let start = Instant::now();
    assert_eq!(list(&client).await.status, 200);
    assert!(start.elapsed() >= Duration::from_secs(5));
    client
        .fake
        .script(Fault::status(500).after(Duration::from_secs(3)));
    let start = Instant::now();
    assert_eq!(list(&client).await.status, 500);
    assert!(start.elapsed() >= Duration::from_secs(3));
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    let client = client(Era::V4b).await;
    client.fake.script(Fault::drop_connection());
    let target = format!(
        "/api/v4/secrets?projectId={}&environment=dev",
        client.fake.project_id()
    );
    let error = client.try_get(&target).await.unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
        ),
        "{error}"
    );
    assert_eq!(list(&client).await.status, 200);
}

#[tokio::test]
async fn a_reset_comes_in_the_middle_of_the_body() {
    let client = client(Era::V4b).await;
    client.fake.script(Fault::reset_mid_body());
    let mut stream = TcpStream::connect(client.fake.address()).await.unwrap();
    let request = request("GET", "/api/status", &[], None);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut received = Vec::new();
    let error = loop {
        match stream.read_buf(&mut received).await {
            Ok(0) => panic!("a proper end instead of a reset"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let received = String::from_utf8(received).unwrap();
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"));
    assert!(body.starts_with('{') && !body.ends_with('}'), "{body}");
    assert_eq!(list(&client).await.status, 200);
}

#[tokio::test]
async fn a_proxy_answers_in_html() {
    let client = client(Era::V4b).await;
    client.fake.script(Fault::html(502));
    let reply = list(&client).await;
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (502, Some("text/html"))
    );
    assert!(reply.text().starts_with("<html>"));
}

#[tokio::test]
async fn truncated_json_is_a_complete_message_with_half_a_body() {
    let client = client(Era::V4b).await;
    let whole = list(&client).await.text();
    client.fake.script(Fault::truncated_json());
    let reply = list(&client).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.text(), whole[..whole.len() / 2]);
    assert!(serde_json::from_str::<serde_json::Value>(&reply.text()).is_err());
}

#[tokio::test]
async fn a_body_can_be_of_any_size() {
    let client = client(Era::V4b).await;
    client
        .fake
        .script(Fault::body_of(vec![b' '; 20 * 1024 * 1024]));
    let reply = list(&client).await;
    assert_eq!((reply.status, reply.body.len()), (200, 20 * 1024 * 1024));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_hangs_ends_when_the_server_goes_down() {
    let client = client(Era::V4b).await;
    client.fake.script(Fault::hang());
    let target = "/api/status";
    let hanging = timeout(Duration::from_secs(3_600), client.try_get(target)).await;
    assert!(hanging.is_err(), "an hour is not enough");

    client.fake.script(Fault::hang());
    let fake = client.fake.clone();
    let request = tokio::spawn(async move { client.try_get(target).await.map(|_| ()) });
    while fake.counts().total < 2 {
        tokio::task::yield_now().await;
    }
    fake.go_down();
    assert!(request.await.unwrap().is_err());
}

#[tokio::test]
async fn a_fault_hits_the_requests_it_is_aimed_at() {
    let client = client(Era::V4b).await;
    client.fake.faults([
        Fault::status(500).on(Route::Get).always(),
        Fault::status(502).on(Route::Any),
    ]);
    assert_eq!(client.secret("dev", "/", "K", "").await.status, 500);
    assert_eq!(list(&client).await.status, 502);
    assert_eq!(list(&client).await.status, 200);
    assert_eq!(client.secret("dev", "/", "K", "").await.status, 500);
    client.fake.clear_faults();
    assert_eq!(client.secret("dev", "/", "K", "").await.status, 200);
}
