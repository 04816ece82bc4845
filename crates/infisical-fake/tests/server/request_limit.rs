//! A limit on requests of the server's own.

use std::time::Duration;

use infisical_fake::{Era, Fake, Identity, Seed};

use crate::wire::{Client, Reply, login};

async fn start(era: Era, per_minute: u64) -> Client {
    let builder = Fake::builder().era(era).rate_limit(per_minute);
    let seed = Seed::new().secret("dev", "/", "KEY", "value");
    Client::new(&builder.seed(seed).start().await.unwrap())
}

async fn list(client: &Client) -> Reply {
    let project = client.fake.project_id();
    let place = format!("workspaceId={project}&environment=dev&secretPath=/");
    client.get(&format!("/api/v3/secrets/raw?{place}")).await
}

async fn get(client: &Client) -> Reply {
    let project = client.fake.project_id();
    let place = format!("workspaceId={project}&environment=dev&secretPath=/");
    client
        .get(&format!("/api/v3/secrets/raw/KEY?{place}"))
        .await
}

async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

fn limits(reply: &Reply) -> [Option<&str>; 3] {
    ["limit", "remaining", "reset"].map(|name| reply.header(&format!("x-ratelimit-{name}")))
}

#[tokio::test]
async fn the_request_after_the_last_is_refused_as_the_era_refuses() {
    for (era, status, error) in [
        (Era::V2024, 500, "InternalServerError"),
        (Era::V4b, 429, "RateLimitExceeded"),
    ] {
        let client = start(era, 2).await;
        assert_eq!(
            limits(&list(&client).await),
            [Some("2"), Some("1"), Some("60")]
        );
        assert_eq!(list(&client).await.header("retry-after"), None);
        pass(Duration::from_secs(20)).await;
        let refused = list(&client).await;
        assert_eq!(
            (refused.status, refused.refusal().0.as_str()),
            (status, error)
        );
        assert_eq!(
            limits(&refused),
            [Some("2"), Some("0"), Some("40")],
            "{era}"
        );
        assert_eq!(refused.header("retry-after"), Some("40"));
        let text = "Rate limit exceeded. Please try again in 40 seconds";
        assert_eq!(refused.refusal().1 == text, era == Era::V4b);
    }
}

#[tokio::test]
async fn a_minute_after_the_first_request_there_is_a_new_allowance_however_many_were_refused() {
    let client = start(Era::V4b, 1).await;
    assert_eq!(list(&client).await.status, 200);
    for _ in 0..3 {
        pass(Duration::from_secs(15)).await;
        assert_eq!(list(&client).await.status, 429);
    }
    pass(Duration::from_secs(15)).await;
    assert_eq!(list(&client).await.status, 200);
}

#[tokio::test]
async fn an_old_server_counts_each_route_apart_and_a_current_one_counts_secrets_together() {
    for (era, status) in [(Era::V2024, 200), (Era::V4b, 429)] {
        let client = start(era, 1).await;
        assert_eq!(list(&client).await.status, 200);
        assert_eq!(get(&client).await.status, status, "{era}");
    }
}

#[tokio::test]
async fn identities_are_counted_apart_and_logins_status_and_unknown_routes_not_at_all() {
    let builder = Fake::builder().rate_limit(1);
    let builder = builder.identity(Identity::new("one").client_id("1").client_secret("s"));
    let builder = builder.identity(Identity::new("two").client_id("2").client_secret("s"));
    let fake = builder.start().await.unwrap();
    let client = Client::new(&fake);
    for _ in 0..3 {
        assert_eq!(login(&fake, "1", "s").await.status, 200);
        assert_eq!(client.get("/api/status").await.status, 200);
        assert_eq!(client.get("/api/v9/nope").await.status, 404);
    }
    assert_eq!(list(&client).await.status, 200);
    assert_eq!(list(&client).await.status, 429);
    let token = login(&fake, "2", "s").await.json()["accessToken"].take();
    let token = token.as_str().unwrap().to_owned();
    let other = Client { token, ..client };
    assert_eq!(list(&other).await.status, 200);
}
