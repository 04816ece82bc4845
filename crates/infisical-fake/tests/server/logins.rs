//! Logging in, and being locked out.

use std::time::Duration;

use infisical_fake::{Era, Fake, Identity};
use serde_json::json;

use crate::wire::{login, post, send};

const LOGIN: &str = "/api/v1/auth/universal-auth/login";
const LOCKED: &str = "This identity auth method is temporarily locked, please try again later";

async fn fake(era: Era) -> Fake {
    Fake::builder().era(era).start().await.unwrap()
}

#[tokio::test]
async fn a_login_gives_a_token_that_reads() {
    let fake = fake(Era::V4b).await;
    fake.set("dev", "/", "K", "v");
    let reply = login(&fake, &fake.client_id(), &fake.client_secret()).await;
    assert_eq!(
        (reply.status, reply.json()["expiresIn"].as_u64()),
        (200, Some(7200))
    );

    let bearer = format!("Bearer {}", reply.json()["accessToken"].as_str().unwrap());
    let target = format!(
        "/api/v4/secrets/K?projectId={}&environment=dev",
        fake.project_id()
    );
    let headers = [("authorization", bearer.as_str())];
    let reply = send(fake.address(), "GET", &target, &headers, None)
        .await
        .unwrap();
    assert_eq!(reply.json()["secret"]["secretValue"], "v");

    let counts = fake.counts();
    assert_eq!(
        (counts.logins, counts.gets, counts.lists, counts.total),
        (1, 1, 0, 2)
    );
    assert_eq!(counts.connections, 2);
    let requests = fake.requests();
    let authorized: Vec<bool> = requests
        .iter()
        .map(|request| request.is_authorized())
        .collect();
    assert_eq!(authorized, [false, true]);
    assert_eq!(requests[1].query("environment"), Some("dev"));
    fake.reset_counts();
    assert_eq!((fake.counts().total, fake.requests().len()), (0, 0));
}

#[tokio::test]
async fn a_request_tells_whether_its_credentials_were_ever_this_servers() {
    let fake = fake(Era::V4b).await;
    login(&fake, &fake.client_id(), "wrong").await;
    login(&fake, "anothers", "wrong").await;
    let over = format!("Bearer {}", fake.issue_token());
    fake.expire_tokens();
    for token in [over.as_str(), "Bearer anothers"] {
        let headers = [("authorization", token)];
        send(fake.address(), "GET", "/api/v1/folders", &headers, None)
            .await
            .unwrap();
    }
    let requests = fake.requests();
    let foreign = requests
        .iter()
        .map(|request| request.has_foreign_credentials());
    assert_eq!(foreign.collect::<Vec<_>>(), [false, true, false, true]);
}

#[tokio::test]
async fn an_unknown_client_is_told_apart_by_an_old_server_only() {
    let current = fake(Era::V4b).await;
    let reply = login(&current, "nobody", "x").await;
    assert_eq!(
        (reply.status, reply.refusal().1),
        (401, "Invalid credentials".to_owned())
    );
    assert!(reply.json()["reqId"].as_str().unwrap().starts_with("req-"));

    let old = fake(Era::V2024).await;
    let reply = login(&old, "nobody", "x").await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json().get("reqId"), None);
}

#[tokio::test]
async fn a_body_that_does_not_fit_is_422_with_an_array() {
    let fake = fake(Era::V4b).await;
    let reply = post(&fake, LOGIN, &json!({ "clientId": 1 })).await;
    assert_eq!(
        (reply.status, &reply.json()["error"]),
        (422, &json!("ValidationFailure"))
    );
    assert_eq!(reply.json()["message"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_stale_authorization_header_spoils_a_good_login() {
    let fake = fake(Era::V4b).await;
    let body = json!({ "clientId": fake.client_id(), "clientSecret": fake.client_secret() });
    let stale = format!("Bearer {}", fake.issue_token());
    fake.expire_tokens();
    let headers = [
        ("content-type", "application/json"),
        ("authorization", stale.as_str()),
    ];
    let reply = send(
        fake.address(),
        "POST",
        LOGIN,
        &headers,
        Some(&body.to_string()),
    )
    .await
    .unwrap();
    assert_eq!(
        (reply.status, reply.refusal().0),
        (403, "TokenError".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn three_wrong_secrets_lock_the_identity_for_300_seconds() {
    let fake = fake(Era::V4b).await;
    let (id, secret) = (fake.client_id(), fake.client_secret());
    for _ in 0..3 {
        assert_eq!(
            login(&fake, &id, "wrong").await.refusal().1,
            "Invalid credentials"
        );
    }
    let reply = login(&fake, &id, &secret).await;
    assert_eq!((reply.status, reply.refusal().1.as_str()), (401, LOCKED));

    tokio::time::advance(Duration::from_secs(299)).await;
    assert_eq!(login(&fake, &id, &secret).await.refusal().1, LOCKED);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(login(&fake, &id, &secret).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_forgotten_after_30_seconds() {
    let fake = fake(Era::V4b).await;
    let (id, secret) = (fake.client_id(), fake.client_secret());
    for _ in 0..5 {
        assert_eq!(
            login(&fake, &id, "wrong").await.refusal().1,
            "Invalid credentials"
        );
        tokio::time::advance(Duration::from_secs(31)).await;
    }
    assert_eq!(login(&fake, &id, &secret).await.status, 200);
}

#[tokio::test]
async fn an_old_server_never_locks() {
    let fake = fake(Era::V2024).await;
    for _ in 0..5 {
        assert_eq!(login(&fake, &fake.client_id(), "wrong").await.status, 401);
    }
    assert_eq!(
        login(&fake, &fake.client_id(), &fake.client_secret())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_single_use_secret_is_good_for_one_login() {
    let identity = Identity::new("once").client_secret_uses(1);
    let fake = Fake::builder().identity(identity).start().await.unwrap();
    let (id, secret) = (fake.client_id(), fake.client_secret());
    assert_eq!(login(&fake, &id, &secret).await.status, 200);
    assert!(
        login(&fake, &id, &secret)
            .await
            .refusal()
            .1
            .contains("usage limit")
    );
    assert_eq!(
        login(&fake, &id, &secret).await.refusal().1,
        "Invalid credentials"
    );
}

#[tokio::test]
async fn a_rotated_client_secret_replaces_the_old_one() {
    let fake = fake(Era::V4b).await;
    let (id, old) = (fake.client_id(), fake.client_secret());
    fake.rotate_client_secret("the new secret");
    assert_eq!(login(&fake, &id, &old).await.status, 401);
    assert_eq!(login(&fake, &id, "the new secret").await.status, 200);
    assert_eq!(fake.client_secret(), "the new secret");
}
