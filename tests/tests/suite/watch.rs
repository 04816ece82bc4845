//! A watched configuration over a whole stack and a server.

use std::time::Duration;

use infisical_fake::Fake;
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ErrorKind, ProblemKind, Reloaded, Stack, WatchErrorKind, Watched};
use serde::Deserialize;

use crate::bench::{serve, stack_of};

#[derive(Deserialize)]
struct Config {
    user: String,
    password: String,
}

fn layers() -> Figment {
    Figment::from(Toml::string(
        "user = 'infisical:///db/USER'\npassword = 'infisical:///db/PASSWORD'",
    ))
}

async fn server() -> Fake {
    serve(&[("/db", "USER", "app"), ("/db", "PASSWORD", "correct horse")]).await
}

/// Begins a watch that reloads when it is told to, and not by itself while a test lasts.
async fn watched(stack: &Stack) -> Watched<Config> {
    let builder = Watched::builder(layers).interval(Duration::from_secs(3600));
    builder.start(stack).await.unwrap()
}

fn not_modified(stack: &Stack) -> u64 {
    stack.describe().requests.unwrap().not_modified
}

#[tokio::test]
async fn a_rotation_is_seen_past_the_cache_and_kept_in_it() {
    let server = server().await;
    let stack = stack_of(&server).build().unwrap();
    let watched = watched(&stack).await;
    let mut changes = watched.subscribe();
    server.set("dev", "/db", "PASSWORD", "battery staple");
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Changed);
    assert_eq!(watched.current().password, "battery staple");
    assert_eq!(changes.next().await.unwrap().keys(), ["password"]);
    assert_eq!(watched.current().user, "app");
    let requests = server.counts().total;
    let config: Config = keyfob::ResolveSecrets::resolve_secrets(layers(), &stack)
        .await
        .unwrap()
        .extract()
        .unwrap();
    assert_eq!(config.password, "battery staple");
    assert_eq!(server.counts().total, requests, "it is in the cache");
}

#[tokio::test]
async fn while_nothing_changes_each_reload_is_one_request_that_is_answered_with_not_modified() {
    let server = server().await;
    let stack = stack_of(&server).build().unwrap();
    let watched = watched(&stack).await;
    let before = (server.counts().total, not_modified(&stack));
    for _ in 0..10 {
        assert_eq!(watched.reload().await.unwrap(), Reloaded::Unchanged);
    }
    let after = (server.counts().total, not_modified(&stack));
    assert_eq!((after.0 - before.0, after.1 - before.1), (10, 10));
    server.set("dev", "/db", "PASSWORD", "battery staple");
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Changed);
    assert_eq!(not_modified(&stack), after.1);
    assert_eq!(watched.reload().await.unwrap(), Reloaded::Unchanged);
    assert_eq!(not_modified(&stack), after.1 + 1);
}

#[tokio::test]
async fn an_outage_keeps_the_last_good_configuration_and_recovery_is_seen() {
    let server = server().await;
    // An open breaker would keep the recovery from being seen for a minute.
    let stack = stack_of(&server).breaker_failures(0).build().unwrap();
    let builder = Watched::<Config>::builder(layers).interval(Duration::from_millis(20));
    let watched = builder.start(&stack).await.unwrap();
    let mut changes = watched.subscribe();
    server.set("dev", "/db", "PASSWORD", "battery staple");
    assert_eq!(changes.next().await.unwrap().version(), 2);

    server.go_down();
    let error = watched.reload().await.unwrap_err();
    assert_eq!(error.kind(), WatchErrorKind::Resolve);
    let problem = &error.resolve_error().unwrap().problems()[0];
    assert_eq!(problem.kind, ProblemKind::Lookup(ErrorKind::Unavailable));
    let status = watched.status();
    assert!(status.is_running() && status.failures_in_a_row() >= 1);
    assert!(status.last_failure().is_some());
    assert_eq!(
        (watched.version(), watched.current().password.as_str()),
        (2, "battery staple")
    );

    server.set("dev", "/db", "PASSWORD", "third");
    server.come_back().unwrap();
    let change = changes.next().await.unwrap();
    assert_eq!(
        (change.version(), change.config().password.as_str()),
        (3, "third")
    );
    assert_eq!(watched.status().failures_in_a_row(), 0);
}

#[tokio::test]
async fn what_stands_in_at_the_start_is_replaced_and_stands_in_for_nothing_later() {
    let server = server().await;
    let variables = keyfob::Environment::from_pairs([("PASSWORD", "fallback")]);
    let stack = stack_of(&server).variables(variables).build().unwrap();
    let layers = || Figment::from(Toml::string("password = 'infisical:///db/PASSWORD'"));
    #[derive(Deserialize)]
    struct Password {
        password: String,
    }
    server.deny("dev", "/db");
    let builder = Watched::<Password>::builder(layers).interval(Duration::from_secs(3600));
    let watched = builder.start(&stack).await.unwrap();
    assert_eq!(watched.current().password, "fallback");
    server.allow("dev", "/db");
    watched.reload().await.unwrap();
    assert_eq!(watched.current().password, "correct horse");
    server.deny("dev", "/db");
    watched.reload().await.unwrap_err();
    server.allow("dev", "/db");
    server.go_down();
    watched.reload().await.unwrap_err();
    assert_eq!(watched.current().password, "correct horse");
    server.come_back().unwrap();
    server.remove("dev", "/db", "PASSWORD");
    watched.reload().await.unwrap();
    assert_eq!(
        watched.current().password,
        "fallback",
        "as a look-up would have it"
    );
}

#[tokio::test]
async fn a_refused_login_is_not_tried_again_by_each_reload() {
    let server = server().await;
    let stack = stack_of(&server).build().unwrap();
    let watched = watched(&stack).await;
    server.rotate_client_secret("another");
    server.revoke_tokens();
    for _ in 0..10 {
        watched.reload().await.unwrap_err();
    }
    assert!(server.counts().logins <= 3, "{:?}", server.counts());
    assert_eq!(watched.current().password, "correct horse");
}
