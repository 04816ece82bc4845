//! `keyfob demo`.

use std::time::{Duration, Instant};

use infisical_fake::{Fake, Seed};
use secret_testkit::{Canary, assert_no_leak};

use crate::bench::{bare_command, ran};

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_tells_its_story_in_time_and_shows_no_value() {
    let started = Instant::now();
    let ran = ran(&mut bare_command(&["demo"]));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    for part in ["database.dsn", "/shared/db", "stale", "fresh", "default", "0 logins, 0 folder lists"] {
        assert!(ran.stdout.contains(part), "`{part}` is missing in:\n{}", ran.stdout);
    }
    assert!(ran.stderr.contains("WARN"), "the stale answer comes with a warning:\n{}", ran.stderr);
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

/// The values that the demo's configuration asks for, read from a server with the same seed.
async fn example_values() -> Vec<Canary> {
    let server = Fake::builder().seed(Seed::example()).start().await.unwrap();
    let keys = [
        ("/shared/db", "POSTGRES_DSN"),
        ("/shared/db", "POSTGRES_PASSWORD"),
        ("/shared/kafka", "KAFKA_BROKERS"),
        ("/shared/auth", "JWT_PRIVATE_KEY"),
        ("/services/api/oauth", "OAUTH_REFRESH_TOKEN"),
        ("/services/api/payment", "PAYMENT_API_KEY"),
    ];
    let mut canaries = vec![Canary::of_value("client secret", server.client_secret())];
    for (folder, key) in keys {
        let value = server.value("dev", folder, key).expect("the seed has what the demo asks for");
        canaries.push(Canary::of_value(key, value));
    }
    canaries
}
