//! Tokens that expire, are revoked, or run out.

use std::time::Duration;

use infisical_fake::{Era, Fake, Identity};
use serde_json::json;

use crate::wire::{Client, Reply, post};

const RENEW: &str = "/api/v1/auth/token/renew";

async fn client(era: Era, identity: Identity) -> Client {
    Client::new(
        &Fake::builder()
            .era(era)
            .identity(identity)
            .start()
            .await
            .unwrap(),
    )
}

async fn use_token(client: &Client) -> (u16, String) {
    outcome(client.get("/api/status").await)
}

async fn renew(client: &Client) -> Reply {
    post(&client.fake, RENEW, &json!({ "accessToken": client.token })).await
}

fn outcome(reply: Reply) -> (u16, String) {
    (reply.status, reply.refusal().0)
}

fn short_lived() -> Identity {
    let identity = Identity::new("short").token_ttl(Duration::from_secs(3));
    identity.token_max_ttl(Duration::from_secs(8))
}

#[tokio::test(start_paused = true)]
async fn a_token_over_its_time_is_403_on_a_current_server() {
    let client = client(Era::V4b, short_lived()).await;
    assert_eq!(use_token(&client).await.0, 200);
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(use_token(&client).await, (403, "TokenError".to_owned()));
    assert_eq!(use_token(&client).await, (403, "TokenError".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_token_over_its_time_is_401_on_an_old_server_until_the_jwt_ends() {
    let client = client(Era::V2024, short_lived()).await;
    tokio::time::advance(Duration::from_secs(3)).await;
    let reply = client.get("/api/status").await;
    assert_eq!(
        reply.refusal().1,
        "Failed to renew MI access token due to TTL expiration"
    );
    let reply = client.get("/api/status").await;
    assert_eq!(
        (reply.status, reply.refusal().1.as_str()),
        (401, "No identity access token found")
    );
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(use_token(&client).await, (403, "TokenError".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_past_the_longest_life_destroys_the_token_of_an_old_server() {
    let client = client(Era::V2024, short_lived()).await;
    for _ in 0..2 {
        tokio::time::advance(Duration::from_secs(2)).await;
        let renewed = renew(&client).await.json();
        assert_eq!(renewed["accessToken"].as_str(), Some(client.token.as_str()));
    }
    tokio::time::advance(Duration::from_secs(2)).await;
    let message = renew(&client).await.refusal().1;
    assert_eq!(
        message,
        "Failed to renew MI access token past its Max TTL expiration"
    );
    assert_eq!(use_token(&client).await.0, 401);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_on_a_current_server_is_a_new_token_for_what_is_left() {
    let mut client = client(Era::V4b, short_lived()).await;
    let mut left = Vec::new();
    for _ in 0..3 {
        tokio::time::advance(Duration::from_secs(2)).await;
        let renewed = renew(&client).await.json();
        let token = renewed["accessToken"].as_str().unwrap();
        assert_ne!(token, client.token);
        token.clone_into(&mut client.token);
        left.push(renewed["expiresIn"].as_u64().unwrap());
    }
    assert_eq!(left, [3, 3, 2]);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(use_token(&client).await.0, 403);
}

#[tokio::test]
async fn expired_tokens_are_403_and_revoked_ones_401() {
    let mut client = client(Era::V4b, Identity::default()).await;
    client.fake.expire_tokens();
    assert_eq!(use_token(&client).await, (403, "TokenError".to_owned()));

    client.token = client.fake.issue_token();
    assert_eq!(use_token(&client).await.0, 200);
    client.fake.revoke_tokens();
    assert_eq!(
        use_token(&client).await,
        (401, "UnauthorizedError".to_owned())
    );
}

#[tokio::test]
async fn a_token_can_be_revoked_once() {
    let client = client(Era::V4b, Identity::default()).await;
    let body = json!({ "accessToken": client.token });
    let revoke = async || {
        post(&client.fake, "/api/v1/auth/token/revoke", &body)
            .await
            .status
    };
    assert_eq!(revoke().await, 200);
    assert_eq!(revoke().await, 401);
    assert_eq!(use_token(&client).await.0, 401);
}

#[tokio::test]
async fn a_token_with_limited_uses_runs_out() {
    let client = client(Era::V4b, Identity::new("limited").token_uses(2)).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(use_token(&client).await.0);
    }
    assert_eq!(statuses, [200, 200, 401, 401]);
}

#[tokio::test]
async fn two_fakes_issue_the_same_tokens() {
    let (one, other) = (
        client(Era::V4b, Identity::default()).await,
        client(Era::V4b, Identity::default()).await,
    );
    assert_eq!(one.token, other.token);
    assert_ne!(one.token, one.fake.issue_token());
}
