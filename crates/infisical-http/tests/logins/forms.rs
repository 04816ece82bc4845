//! The logins that send what they hold.

use infisical_http::{Auth, Infisical, JwtAuth, KubernetesAuth, LdapAuth, OidcAuth, UniversalAuth};
use secret_source::{CorrelationId, ErrorKind, SecretSource};
use secret_testkit::{Canary, assert_no_leak};
use serde_json::{Value, json};

use crate::capture::{Asked, Capture, address, look_up};

/// Logs in, and gives the one login's path and body.
async fn login(auth: impl Into<Auth>) -> (String, Value) {
    let server = Capture::start(|_| None).await;
    look_up(&server.client(auth)).await.unwrap();
    let logins = server.logins();
    let [login] = &logins[..] else {
        panic!("{} logins", logins.len())
    };
    assert_eq!(login.method, "POST");
    assert_eq!(login.header("content-type"), Some("application/json"));
    assert_eq!(login.header("authorization"), None);
    (login.target.clone(), login.json())
}

#[tokio::test]
async fn each_method_sends_its_documented_form() {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "service-account-jwt\n").unwrap();
    let password = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(password.path(), "pass word ").unwrap();
    let cases: [(Auth, &str, Value); 9] = [
        (
            UniversalAuth::secret_file("id", password.path()).into(),
            "universal-auth",
            json!({"clientId": "id", "clientSecret": "pass word "}),
        ),
        (
            OidcAuth::jwt_file("identity", token.path()).into(),
            "oidc-auth",
            json!({"identityId": "identity", "jwt": "service-account-jwt"}),
        ),
        (
            JwtAuth::jwt_file("identity", token.path()).into(),
            "jwt-auth",
            json!({"identityId": "identity", "jwt": "service-account-jwt"}),
        ),
        (
            LdapAuth::password_file("identity", "name", password.path()).into(),
            "ldap-auth",
            json!({"identityId": "identity", "username": "name", "password": "pass word "}),
        ),
        (
            UniversalAuth::new("id", "secret").into(),
            "universal-auth",
            json!({"clientId": "id", "clientSecret": "secret"}),
        ),
        (
            KubernetesAuth::new("identity")
                .token_file(token.path())
                .into(),
            "kubernetes-auth",
            json!({"identityId": "identity", "jwt": "service-account-jwt"}),
        ),
        (
            OidcAuth::new("identity", "id-token").into(),
            "oidc-auth",
            json!({"identityId": "identity", "jwt": "id-token"}),
        ),
        (
            JwtAuth::new("identity", "a-jwt").into(),
            "jwt-auth",
            json!({"identityId": "identity", "jwt": "a-jwt"}),
        ),
        (
            LdapAuth::new("identity", "name", "password").into(),
            "ldap-auth",
            json!({"identityId": "identity", "username": "name", "password": "password"}),
        ),
    ];
    for (auth, method, body) in cases {
        let path = format!("/api/v1/auth/{method}/login");
        assert_eq!(login(auth).await, (path, body));
    }
}

#[tokio::test]
async fn an_organization_is_named_in_both_spellings() {
    let server = Capture::start(|_| None).await;
    let client = Infisical::builder(&server.url)
        .auth(OidcAuth::new("identity", "id-token"))
        .organization("acme")
        .project("4b7605fe-685e-40fd-a757-a40f06d3a8ee")
        .build()
        .unwrap();
    look_up(&client).await.unwrap();
    let body = server.logins()[0].json();
    assert_eq!(body["organizationSlug"], "acme");
    assert_eq!(body["subOrganizationName"], "acme");
}

#[tokio::test]
async fn a_refusal_names_the_method_and_no_credential() {
    let canary = Canary::named("jwt");
    let quoted = canary.value().to_owned();
    let server = Capture::start(move |asked| {
        let body =
            json!({"statusCode": 403, "error": "Forbidden", "message": format!("bad {quoted}")});
        asked
            .target
            .ends_with("/login")
            .then(|| (403, body.to_string()))
    })
    .await;
    let client = server.client(OidcAuth::new("identity", canary.value()));
    let error = look_up(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    assert!(error.to_string().contains("oidc auth"), "{error}");
    let auth = Auth::from(OidcAuth::new("identity", canary.value()));
    let shown = format!(
        "{error} {error:?} {client:?} {auth:?} {:?}",
        client.origin()
    );
    assert_no_leak(&shown, &[canary]);
    // The refusal is remembered.
    look_up(&client).await.unwrap_err();
    assert_eq!(server.logins().len(), 1);
}

#[tokio::test]
async fn a_page_in_the_place_of_an_answer_is_not_taken_for_a_refusal() {
    for status in [400, 401, 403] {
        let page = |asked: &Asked| asked.target.ends_with("/login");
        let server = Capture::start(move |asked| {
            page(asked).then(|| (status, "<html>blocked</html>".into()))
        })
        .await;
        let client = server.client(UniversalAuth::new("id", "secret"));
        let error = look_up(&client).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error:?}");
        assert!(error.hint().unwrap().contains("proxy"), "{error:?}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_organization_the_request_and_the_operation() {
    let server = Capture::start(|asked| {
        let body =
            json!({"reqId": "req-a1B2c3", "statusCode": 404, "error": "NotFound", "message": "no"});
        asked
            .target
            .ends_with("/login")
            .then(|| (404, body.to_string()))
    })
    .await;
    let builder = Infisical::builder(&server.url).project("4b7605fe-685e-40fd-a757-a40f06d3a8ee");
    let client = builder
        .universal_auth("id", "secret")
        .organization("acme")
        .build()
        .unwrap();
    let id = CorrelationId::from_u64(0x1234);
    let error = id.scope(look_up(&client)).await.unwrap_err();
    assert!(error.to_string().contains("`acme`"), "{error}");
    assert!(error.to_string().contains("request req-a1B2c3"), "{error}");
    assert_eq!(error.correlation_id(), id);
    let later = CorrelationId::from_u64(0x5678);
    let error = later.scope(look_up(&client)).await.unwrap_err();
    assert_eq!(error.correlation_id(), later, "answered from memory");
    let folder = address().folder_address();
    let error = id.scope(client.list(&folder)).await.unwrap_err();
    assert_eq!(error.correlation_id(), id);
    assert_eq!(
        server.logins()[0].header("x-request-id"),
        Some(id.to_string().as_str())
    );
}

#[tokio::test]
async fn what_is_blank_is_a_fault_before_anything_is_sent() {
    for (auth, missing) in [
        (Auth::from(KubernetesAuth::new(" ")), "identity id"),
        (OidcAuth::new("identity", "").into(), "JWT"),
        (LdapAuth::new("identity", "", "p").into(), "username"),
    ] {
        let error = Infisical::builder("http://localhost")
            .auth(auth)
            .build()
            .unwrap_err();
        assert!(error.to_string().contains(missing), "{error}");
    }
}
