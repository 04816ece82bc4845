//! Logins by methods other than universal auth.

use infisical_fake::{Era, Fake, Identity, LoginMethod};
use serde_json::{Value, json};

use crate::wire::{Reply, post};

async fn fake(era: Era, identity: Identity) -> Fake {
    let identity = identity.id("identity").organization("acme");
    let other = Identity::new("other").organization("umbrella");
    let builder = Fake::builder().era(era).identity(identity).identity(other);
    builder.start().await.unwrap()
}

async fn login(fake: &Fake, method: &str, body: &Value) -> Reply {
    post(fake, &format!("/api/v1/auth/{method}-auth/login"), body).await
}

#[tokio::test]
async fn a_token_of_the_right_kind_logs_in() {
    for (method, path) in [
        (LoginMethod::Kubernetes, "kubernetes"),
        (LoginMethod::Oidc, "oidc"),
        (LoginMethod::Jwt, "jwt"),
        (LoginMethod::Gcp, "gcp"),
        (LoginMethod::Azure, "azure"),
    ] {
        let fake = fake(Era::V4b, Identity::new("app").accepts_jwt(method, "good")).await;
        let body = |jwt: &str| json!({"identityId": "identity", "jwt": jwt});
        assert_eq!(
            login(&fake, path, &body("good")).await.status,
            200,
            "{path}"
        );
        assert_eq!(login(&fake, path, &body("bad")).await.status, 401, "{path}");
        let elsewhere = if path == "jwt" { "oidc" } else { "jwt" };
        assert_eq!(
            login(&fake, elsewhere, &body("good")).await.status,
            401,
            "{path}"
        );
        assert_eq!(fake.counts().logins, 3);
    }
}

#[tokio::test]
async fn what_is_missing_in_a_body_is_a_failed_validation() {
    for (era, status) in [(Era::V2024, 401), (Era::V4b, 422)] {
        let fake = fake(era, Identity::new("app")).await;
        for (method, fields) in [("kubernetes", 2), ("aws", 4), ("ldap", 3)] {
            let reply = login(&fake, method, &json!({})).await;
            assert_eq!(reply.status, status, "{method}");
            let issues = reply.json()["message"].as_array().unwrap().len();
            assert_eq!(issues, fields, "{method}");
        }
    }
}

#[tokio::test]
async fn a_password_can_be_guessed_three_times() {
    let identity = Identity::new("app").accepts_ldap("name", "password");
    let fake = fake(Era::V4b, identity).await;
    let body = |password: &str| json!({"identityId": "identity", "username": "name", "password": password});
    assert_eq!(login(&fake, "ldap", &body("password")).await.status, 200);
    for _ in 0..3 {
        login(&fake, "ldap", &body("guess")).await;
    }
    let locked = login(&fake, "ldap", &body("password")).await;
    assert!(locked.refusal().1.contains("temporarily locked"));
}

#[tokio::test]
async fn an_organization_must_exist_and_have_the_identity() {
    for (era, field) in [
        (Era::V4a, "subOrganizationName"),
        (Era::V4b, "organizationSlug"),
    ] {
        let identity = Identity::new("app").accepts_jwt(LoginMethod::Oidc, "good");
        let fake = fake(era, identity).await;
        for (slug, status) in [("acme", 200), ("umbrella", 401), ("nobody", 404)] {
            let body = json!({"identityId": "identity", "jwt": "good", field: slug});
            assert_eq!(
                login(&fake, "oidc", &body).await.status,
                status,
                "{era} {slug}"
            );
        }
    }
}
