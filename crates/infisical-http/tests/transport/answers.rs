//! Answers that are compressed, too large, or send the client elsewhere.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{CONTENT_ENCODING, HeaderValue};
use infisical_http::InfisicalBuilder;
use secret_source::ErrorKind;
use secret_testkit::{Canary, assert_no_leak};

use crate::authority::Authority;
use crate::server::{Answer, Server, ask, body, client, json, status, value};

const ENCODINGS: [&str; 3] = ["gzip", "br", "zstd"];

fn compressed(encoding: &'static str, plain: &[u8]) -> Answer {
    let mut packed = Vec::new();
    match encoding {
        "gzip" => {
            let mut gzip = GzEncoder::new(&mut packed, Compression::best());
            gzip.write_all(plain).unwrap();
            gzip.finish().unwrap();
        }
        "br" => brotli::CompressorWriter::new(&mut packed, 4096, 5, 22)
            .write_all(plain)
            .unwrap(),
        _ => packed = zstd::encode_all(plain, 3).unwrap(),
    }
    let mut answer = body(packed);
    let encoding = HeaderValue::from_static(encoding);
    answer.headers_mut().insert(CONTENT_ENCODING, encoding);
    answer
}

#[tokio::test]
async fn compressed_answers_are_asked_for_and_read() {
    for encoding in ENCODINGS {
        let answer = move |_| compressed(encoding, &json("a packed value"));
        let server = Server::start(None, answer).await;
        let infisical = server.client().build().unwrap();
        assert_eq!(ask(&infisical).await.unwrap(), "a packed value");
        let accepted = server.seen()[0].headers["accept-encoding"].clone();
        assert!(
            accepted.to_str().unwrap().contains(encoding),
            "{accepted:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_counts_by_its_size_after_it_is_decompressed() {
    for encoding in ENCODINGS {
        let bomb = compressed(encoding, &vec![b' '; 8 * 1024 * 1024]);
        let server = Server::start(None, move |_| bomb.clone()).await;
        let infisical = server.client().max_body(1024 * 1024).build().unwrap();
        let error = ask(&infisical).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{encoding}: {error:?}");
        assert!(
            error.to_string().contains("more than 1048576 bytes"),
            "{error}"
        );
        assert_eq!(server.seen().len(), 1, "it is not asked again");
    }
}

#[tokio::test]
async fn a_packed_answer_that_is_none_is_not_read() {
    for encoding in ENCODINGS {
        let answer = move |_| {
            let mut answer = body("not packed");
            let encoding = HeaderValue::from_static(encoding);
            answer.headers_mut().insert(CONTENT_ENCODING, encoding);
            answer
        };
        let server = Server::start(None, answer).await;
        let error = ask(&server.client().build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
        assert!(
            error.to_string().contains("not compressed as it says"),
            "{error}"
        );
        assert_eq!(server.seen().len(), 1, "it is not asked again");
    }
}

fn with_a_head_of(kibibytes: usize) -> Answer {
    let mut answer = value(0);
    let padding = HeaderValue::try_from("x".repeat(kibibytes * 1024)).unwrap();
    answer.headers_mut().insert("x-padding", padding);
    answer
}

/// Asserts that an answer is not read, that the head is named as the reason, and that it is not asked again.
async fn assert_unreadable_head(server: &Server, infisical: InfisicalBuilder) {
    let error = ask(&infisical.build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
    assert!(error.to_string().contains("too large a head"), "{error}");
    assert_eq!(server.seen().len(), 1, "it is not asked again");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_not_read() {
    let many = |_| {
        let mut answer = value(0);
        for _ in 0..101 {
            let padding = HeaderValue::from_static("x");
            answer.headers_mut().append("x-padding", padding);
        }
        answer
    };
    for server in [
        Server::start(None, |_| with_a_head_of(500)).await,
        Server::start(None, many).await,
    ] {
        assert_unreadable_head(&server, server.client()).await;
    }
    let authority = Authority::new();
    for kibibytes in [70, 500] {
        let mut config = authority.server();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let server = Server::start(Some(config), move |_| with_a_head_of(kibibytes)).await;
        let infisical = server.client().ca_bundle(authority.pem.clone());
        assert_unreadable_head(&server, infisical).await;
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_the_token_nowhere() {
    let token = Canary::named("token");
    for code in [301, 302, 303, 307, 308] {
        let elsewhere = Server::start(None, value).await;
        let target = format!("{}/api/v4/secrets/KEY", elsewhere.url());
        let answer = move |_| status(code, &[("location", &target)], "");
        let server = Server::start(None, answer).await;
        let infisical = client(&server.url()).token(token.value()).build().unwrap();
        let error = ask(&infisical).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{code}: {error:?}");
        assert!(error.hint().is_some());
        assert_eq!((server.seen().len(), elsewhere.connections()), (1, 0));
        assert_no_leak(&format!("{error} {error:?}"), [&token]);
    }
}
