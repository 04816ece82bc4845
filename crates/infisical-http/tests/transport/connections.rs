//! Connections: their protocol, and that they are used again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::Version;
use secret_source::ErrorKind;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::authority::Authority;
use crate::server::{Server, ask, client, value};

#[tokio::test]
async fn http_2_is_spoken_where_the_server_offers_it_and_http_1_1_otherwise() {
    let authority = Authority::new();
    for (offered, expected) in [
        (vec![b"h2".to_vec(), b"http/1.1".to_vec()], Version::HTTP_2),
        (vec![b"http/1.1".to_vec()], Version::HTTP_11),
        (vec![], Version::HTTP_11),
    ] {
        let mut config = authority.server();
        config.alpn_protocols = offered;
        let server = Server::start(Some(config), value).await;
        let infisical = server.client().ca_bundle(authority.pem.clone());
        assert!(ask(&infisical.build().unwrap()).await.is_ok());
        assert_eq!(server.seen()[0].version, expected);
    }
}

#[tokio::test]
async fn ten_requests_in_a_row_take_one_connection() {
    let authority = Authority::new();
    for offered in [vec![b"h2".to_vec()], vec![b"http/1.1".to_vec()]] {
        let mut config = authority.server();
        config.alpn_protocols = offered;
        let server = Server::start(Some(config), value).await;
        let infisical = server.client().ca_bundle(authority.pem.clone());
        let infisical = infisical.build().unwrap();
        for _ in 0..10 {
            assert!(ask(&infisical).await.is_ok());
        }
        assert_eq!((server.seen().len(), server.connections()), (10, 1));
    }
}

#[tokio::test]
async fn what_http_2_turns_away_is_repeated_and_counted_like_any_other_request() {
    let authority = Authority::new();
    let mut config = authority.server();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let refused = Arc::new(AtomicU64::new(0));
    let refusing = Arc::clone(&refused);
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let stream = acceptor.accept(stream).await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, mut answer))) = connection.accept().await {
                refusing.fetch_add(1, Ordering::Relaxed);
                answer.send_reset(h2::Reason::REFUSED_STREAM);
            }
        }
    });
    for retries in [0, 2] {
        refused.store(0, Ordering::Relaxed);
        let infisical = client(&format!("https://127.0.0.1:{port}")).retries(retries);
        let infisical = infisical.ca_bundle(authority.pem.clone()).build().unwrap();
        let error = ask(&infisical).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        let sent = refused.load(Ordering::Relaxed);
        assert_eq!(sent, u64::from(retries) + 1);
        assert_eq!(infisical.requests().gets, sent);
        drop(infisical);
    }
    server.abort();
}
