//! The proxies of the system, which count where that is asked for and nowhere else.

use std::env;
use std::process::Command;

use crate::proxy_server::ProxyServer;
use crate::server::{ask, client};

/// Says whether the child is to use the system's proxies; without it the child has nothing to do.
const USE: &str = "KEYFOB_TEST_SYSTEM_PROXY";

/// Asks a server that only a proxy reaches, in a process whose environment names one.
async fn outcome(proxy: &ProxyServer, is_used: bool) -> String {
    let mut child = Command::new(env::current_exe().unwrap());
    child
        .args(["--exact", "system_proxy::child", "--ignored", "--nocapture"])
        .env_clear()
        .env(USE, is_used.to_string())
        .env(
            "HTTP_PROXY",
            format!("http://user:p%40ss@127.0.0.1:{}", proxy.port),
        )
        .env(
            "http_proxy",
            format!("http://user:p%40ss@127.0.0.1:{}", proxy.port),
        );
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await;
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    let outcome = output.lines().find_map(|line| line.split_once("outcome: "));
    outcome.unwrap_or_else(|| panic!("{output}")).1.to_owned()
}

#[tokio::test]
async fn the_systems_proxies_count_where_that_is_asked_for_and_nowhere_else() {
    let proxy = ProxyServer::start(Some("proxy-authorization: Basic dXNlcjpwQHNz")).await;
    assert_eq!(outcome(&proxy, false).await, "Err(Unavailable)");
    assert_eq!(proxy.heads(), [""; 0]);
    assert_eq!(outcome(&proxy, true).await, "Ok(\"by way of the proxy\")");
}

#[tokio::test]
#[ignore = "the other test runs it, in a process with an environment of its own"]
async fn child() {
    let Ok(is_used) = env::var(USE) else { return };
    let infisical = client("http://vault.invalid")
        .allow_http(true)
        .system_proxy(is_used == "true")
        .build()
        .unwrap();
    let answer = ask(&infisical).await.map_err(|error| error.kind());
    println!("outcome: {answer:?}");
}
