//! What the client keeps for conditional requests, and that it keeps nothing where there is no cache.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use infisical_fake::{Fake, Seed};
use keyfob::{Environment, Selector, Stack};

/// Lists one folder twice, past the cache, and tells how often the server said "not modified".
async fn not_modified(ttl: &str) -> u64 {
    let seed = Seed::new()
        .secret("dev", "/", "A", "1")
        .secret("dev", "/", "B", "2");
    let fake = Fake::builder().seed(seed).start().await.unwrap();
    let (url, id, secret) = (fake.url(), fake.client_id(), fake.client_secret());
    let project = fake.project_id();
    let stack = Stack::builder()
        .variables(Environment::from_pairs([
            ("INFISICAL_API_URL", url.as_str()),
            ("INFISICAL_CLIENT_ID", id.as_str()),
            ("INFISICAL_CLIENT_SECRET", secret.as_str()),
            ("INFISICAL_PROJECT_ID", project.as_str()),
            ("INFISICAL_CACHE_TTL", ttl),
        ]))
        .build()
        .unwrap();
    for _ in 0..2 {
        for answer in stack
            .get_many(&["infisical://dev/A", "infisical://dev/B"])
            .await
        {
            answer.unwrap();
        }
        stack.cache().invalidate(&Selector::all());
    }
    stack.describe().requests.unwrap().not_modified
}

#[tokio::test]
async fn values_are_renewed_while_they_may_live_and_not_kept_without_a_cache() {
    assert_eq!(not_modified("300").await, 1);
    assert_eq!(not_modified("0").await, 0);
}
