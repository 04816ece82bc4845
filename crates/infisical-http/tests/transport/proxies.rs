//! Requests that take another way.

use secret_source::ErrorKind;
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::authority::Authority;
use crate::proxy_server::ProxyServer;
use crate::server::{Server, TOKEN, ask, client, value};

/// `user:p@ss` in base64.
const EXPECTED: &str = "proxy-authorization: Basic dXNlcjpwQHNz";

#[tokio::test]
async fn an_https_server_is_reached_through_a_tunnel_that_hides_the_token() {
    let authority = Authority::new();
    let server = Server::start(Some(authority.server()), value).await;
    let proxy = ProxyServer::start(Some(EXPECTED)).await;
    let infisical = server
        .client()
        .ca_bundle(authority.pem.clone())
        .proxy(format!("http://user:p%40ss@127.0.0.1:{}", proxy.port))
        .build()
        .unwrap();
    assert_eq!(ask(&infisical).await.unwrap(), "a value");
    let heads = proxy.heads();
    assert!(heads[0].starts_with(&format!("connect 127.0.0.1:{} ", server.port)));
    assert!(!heads.concat().contains(TOKEN), "{heads:?}");
    let seen = &server.seen()[0];
    assert!(!seen.headers.contains_key("proxy-authorization"));
    assert!(seen.path.ends_with("/KEY"));
}

#[tokio::test]
async fn a_plain_server_is_asked_by_the_proxy_in_its_place() {
    let proxy = ProxyServer::start(Some(EXPECTED)).await;
    let infisical = client("http://vault.invalid")
        .allow_http(true)
        .proxy(format!("http://user:p%40ss@127.0.0.1:{}", proxy.port))
        .build()
        .unwrap();
    assert_eq!(ask(&infisical).await.unwrap(), "by way of the proxy");
}

#[tokio::test]
async fn credentials_that_a_proxy_refuses_are_hinted_at_and_not_shown() {
    let canary = Canary::named("proxy password");
    let logs = LogCollector::new();
    let _installed = logs.install();
    let proxy = ProxyServer::start(Some(EXPECTED)).await;
    let url = format!("http://user:{}@127.0.0.1:{}", canary.value(), proxy.port);
    for server in ["http://vault.invalid", "https://vault.invalid"] {
        let builder = client(server)
            .allow_http(true)
            .ca_bundle(Authority::new().pem)
            .proxy(url.clone());
        let debug = format!("{builder:?}");
        let infisical = builder.build().unwrap();
        let error = ask(&infisical).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert!(error.hint().unwrap().contains("proxy"), "{error:?}");
        let mut shown = format!("{debug} {infisical:?} {error} {error:?} {error:#?}");
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            shown += &format!("{error} {error:?}");
            cause = error.source();
        }
        assert_no_leak(&shown, [&canary]);
    }
    logs.assert_no_leak([&canary]);
}
