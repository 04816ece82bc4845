//! `keyfob demo`.

use std::time::{Duration, Instant};

use infisical_fake::{Fake, Seed};
use keyfob::{ExposeSecret, SecretString, Stack};
use secret_testkit::{Canary, assert_no_leak};

use crate::bench::{bare_command, ran};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_its_story_in_time_and_shows_no_value() {
    let started = Instant::now();
    let ran = ran(&mut bare_command(&["demo"]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    let acts: Vec<_> = ran.stdout.split("\n== ").skip(2).collect();
    let expected = [
        ("fresh", "10 references, 1 login, 6 folder lists"),
        ("fresh", "10 references, 0 logins, 0 folder lists"),
        ("stale", "10 references, 0 logins, 0 folder lists"),
        ("fresh", "10 references, 0 logins, 6 folder lists"),
    ];
    assert_eq!(acts.len(), expected.len(), "{}", ran.stdout);
    for (act, (freshness, counts)) in acts.iter().zip(expected) {
        let row = act
            .lines()
            .find(|line| line.starts_with("database.dsn"))
            .unwrap();
        assert!(
            row.contains(freshness) && row.contains("/shared/db"),
            "{act}"
        );
        assert!(act.contains(counts), "{act}");
        assert!(act.contains("absent") && act.contains("default"), "{act}");
    }
    assert!(
        ran.stderr.contains("WARN"),
        "the stale answer comes with a warning:\n{}",
        ran.stderr
    );
    let canaries = example_values().await;
    assert_no_leak(&ran.stdout, &canaries);
    assert_no_leak(&ran.stderr, &canaries);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_no_value_when_everything_is_logged() {
    let ran = ran(bare_command(&["demo"]).env("RUST_LOG", "trace"));
    assert_eq!(ran.code, 0);
    let canaries = example_values().await;
    assert_no_leak(&ran.stdout, &canaries);
    assert_no_leak(&ran.stderr, &canaries);
}

/// What the demo's configuration asks for and no other text holds, read from a server of the same seed.
async fn example_values() -> Vec<Canary> {
    let server = Fake::builder().seed(Seed::example()).start().await.unwrap();
    let stack = Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(SecretString::from(server.client_secret()))
        .project(&server.project_id())
        .environment("dev")
        .build()
        .unwrap();
    let mut canaries = vec![Canary::of_value("client secret", server.client_secret())];
    // The database's address holds its password, and other words that the demo shows.
    for (folder, key) in [
        ("/shared/db", "POSTGRES_PASSWORD"),
        ("/shared/auth", "JWT_PRIVATE_KEY"),
        ("/services/api/oauth", "OAUTH_REFRESH_TOKEN"),
        ("/services/api/payment", "PAYMENT_API_KEY"),
    ] {
        let secret = stack
            .get(&format!("infisical://dev{folder}/{key}"))
            .await
            .unwrap();
        canaries.push(Canary::of_value(key, secret.value().expose_secret()));
    }
    canaries
}
