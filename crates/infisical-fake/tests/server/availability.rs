//! A server that goes down, comes back, and stops.

use std::io::{ErrorKind, Read, Write};
use std::time::Duration;

use infisical_fake::Fake;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::wire::{Client, request, send};

const STATUS: &str = "/api/status";

#[tokio::test]
async fn connecting_is_refused_while_the_server_is_down() {
    let client = Client::new(&Fake::builder().start().await.unwrap());
    client.fake.set("dev", "/", "K", "v");
    let url = client.fake.url();
    for _ in 0..3 {
        client.fake.go_down();
        assert!(client.fake.is_down());
        let error = client.try_get(STATUS).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);

        client.fake.come_back().unwrap();
        assert!(!client.fake.is_down());
        assert_eq!(client.fake.url(), url);
        assert_eq!(client.secret("dev", "/", "K", "").await.status, 200);
    }
}

#[tokio::test]
async fn going_down_and_coming_back_twice_changes_nothing() {
    let fake = Fake::builder().start().await.unwrap();
    fake.come_back().unwrap();
    fake.go_down();
    fake.go_down();
    fake.come_back().unwrap();
    fake.come_back().unwrap();
    assert_eq!(
        send(fake.address(), "GET", STATUS, &[], None)
            .await
            .unwrap()
            .status,
        200
    );
}

#[tokio::test]
async fn open_connections_are_dropped_when_the_server_goes_down() {
    let fake = Fake::builder().start().await.unwrap();
    let mut stream = TcpStream::connect(fake.address()).await.unwrap();
    let request = request("GET", STATUS, &[], None).replace("connection: close\r\n", "");
    let mut buffer = [0; 1024];
    for _ in 0..2 {
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
    }
    assert_eq!(fake.counts().connections, 1);
    fake.go_down();
    // Closed, either way: the end of the stream, or a reset.
    let end = timeout(Duration::from_secs(10), stream.read(&mut buffer)).await;
    assert_eq!(end.expect("the connection is still open").unwrap_or(0), 0);
}

#[tokio::test]
async fn the_server_stops_when_the_last_handle_goes() {
    let fake = Fake::builder().start().await.unwrap();
    let (address, other) = (fake.address(), fake.clone());
    drop(fake);
    assert_eq!(
        send(address, "GET", STATUS, &[], None)
            .await
            .unwrap()
            .status,
        200
    );
    drop(other);
    let error = send(address, "GET", STATUS, &[], None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_stopped_server_frees_its_port() {
    let fake = Fake::builder().start().await.unwrap();
    let address = fake.address();
    fake.stop();
    let again = Fake::builder().listen(address).start().await.unwrap();
    assert_eq!(again.address(), address);
}

#[test]
fn a_server_on_a_thread_of_its_own_answers_a_caller_who_blocks() {
    let fake = Fake::builder().start_on_thread().unwrap();
    let ask = || -> std::io::Result<String> {
        let mut stream = std::net::TcpStream::connect(fake.address())?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(request("GET", STATUS, &[], None).as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    };
    assert!(ask().unwrap().starts_with("HTTP/1.1 200"));
    fake.go_down();
    assert_eq!(ask().unwrap_err().kind(), ErrorKind::ConnectionRefused);
    fake.come_back().unwrap();
    assert!(ask().unwrap().starts_with("HTTP/1.1 200"));
    fake.stop();
    assert!(ask().is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_at_once_are_all_counted() {
    let fake = Fake::builder().start().await.unwrap();
    let address = fake.address();
    let requests: Vec<_> = (0..100)
        .map(|_| tokio::spawn(async move { send(address, "GET", STATUS, &[], None).await }))
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().status, 200);
    }
    let counts = fake.counts();
    assert_eq!(
        (counts.other, counts.total, counts.connections),
        (100, 100, 100)
    );
}
