//! Connections: their protocol, and that they are used again.

use hyper::Version;

use crate::authority::Authority;
use crate::server::{Server, ask, value};

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
