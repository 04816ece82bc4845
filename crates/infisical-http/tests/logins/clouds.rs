//! The logins for which a cloud provider vouches.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use infisical_http::{AzureAuth, GcpIamAuth, GcpIdTokenAuth};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use secret_source::ErrorKind;
use serde_json::{Value, json};

use crate::capture::{Capture, look_up};

/// A key that was made for these tests and opens nothing.
pub(crate) const KEY: &str = include_str!("service_account.pem");

#[tokio::test]
async fn azure_asks_the_metadata_service_for_a_token() {
    let metadata =
        Capture::start(|_| Some((200, json!({"access_token": "azure-token"}).to_string()))).await;
    let server = Capture::start(|_| None).await;
    let auth = AzureAuth::new("identity").metadata_endpoint(&metadata.url);
    look_up(&server.client(auth)).await.unwrap();
    let asked = &metadata.asked()[0];
    assert_eq!(asked.header("metadata"), Some("true"));
    assert_eq!(
        asked.target,
        "/metadata/identity/oauth2/token?api-version=2018-02-01\
         &resource=https%3A%2F%2Fmanagement%2Eazure%2Ecom%2F"
    );
    let login = &server.logins()[0];
    assert_eq!(login.target, "/api/v1/auth/azure-auth/login");
    assert_eq!(
        login.json(),
        json!({"identityId": "identity", "jwt": "azure-token"})
    );
}

#[tokio::test]
async fn google_vouches_for_a_machine_with_an_id_token() {
    let metadata = Capture::start(|_| Some((200, "id.token.jwt\n".to_owned()))).await;
    let server = Capture::start(|_| None).await;
    let auth = GcpIdTokenAuth::new("an-identity").metadata_endpoint(&metadata.url);
    look_up(&server.client(auth)).await.unwrap();
    let asked = &metadata.asked()[0];
    assert_eq!(asked.header("metadata-flavor"), Some("Google"));
    assert_eq!(
        asked.target,
        "/computeMetadata/v1/instance/service-accounts/default/identity\
         ?audience=an%2Didentity&format=full"
    );
    let login = &server.logins()[0];
    assert_eq!(login.target, "/api/v1/auth/gcp-auth/login");
    assert_eq!(
        login.json(),
        json!({"identityId": "an-identity", "jwt": "id.token.jwt"})
    );
}

#[tokio::test]
async fn google_signs_a_jwt_for_a_service_account_whose_key_is_at_hand() {
    let google = Capture::start(|asked| {
        let body = match asked.target.as_str() {
            "/token" => json!({"access_token": "google-token"}),
            _ => json!({"keyId": "1", "signedJwt": "signed.by.google"}),
        };
        Some((200, body.to_string()))
    })
    .await;
    let server = Capture::start(|_| None).await;
    let token_uri = format!("{}/token", google.url);
    let key = service_account("app@p.iam.gserviceaccount.com", &token_uri);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), key).unwrap();
    let auth = GcpIamAuth::new("identity", file.path()).iam_endpoint(&google.url);
    look_up(&server.client(auth)).await.unwrap();

    let asked = google.asked();
    let [grant, sign] = &asked[..] else {
        panic!("{asked:?}")
    };
    let assertion = grant.body.split_once("&assertion=").unwrap().1;
    assert!(
        grant
            .body
            .starts_with("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&")
    );
    let claims = verified(assertion);
    assert_eq!(claims["iss"], "app@p.iam.gserviceaccount.com");
    assert_eq!(claims["aud"], token_uri);
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        3600
    );

    assert_eq!(
        sign.target,
        "/v1/projects/-/serviceAccounts/app%40p%2Eiam%2Egserviceaccount%2Ecom:signJwt"
    );
    assert_eq!(sign.header("authorization"), Some("Bearer google-token"));
    let payload: Value = serde_json::from_str(sign.json()["payload"].as_str().unwrap()).unwrap();
    assert_eq!(
        payload,
        json!({"sub": "app@p.iam.gserviceaccount.com", "aud": "identity"})
    );
    let login = server.logins()[0].json();
    assert_eq!(
        login,
        json!({"identityId": "identity", "jwt": "signed.by.google"})
    );
}

#[tokio::test]
async fn a_token_of_googles_goes_over_tls_or_to_this_machine() {
    let granted = json!({"access_token": "google-token"}).to_string();
    let google = Capture::start(move |_| Some((200, granted.clone()))).await;
    let server = Capture::start(|_| None).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let key = service_account("app@p.iam", &format!("{}/token", google.url));
    std::fs::write(file.path(), key).unwrap();
    let auth = GcpIamAuth::new("identity", file.path()).iam_endpoint("http://192.0.2.1");
    let error = look_up(&server.client(auth)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
    assert!(error.hint().unwrap().contains("https"), "{error:?}");
}

/// Writes a service account's key file.
pub(crate) fn service_account(email: &str, token_uri: &str) -> String {
    json!({"type": "service_account", "client_email": email, "private_key": KEY, "token_uri": token_uri})
        .to_string()
}

/// Checks an RS256 signature and gives the claims.
fn verified(jwt: &str) -> Value {
    let der = PrivatePkcs8KeyDer::from_pem_slice(KEY.as_bytes()).unwrap();
    let pair = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref());
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public
        .verify(signed.as_bytes(), &signature)
        .expect("the signature is that of the key");
    let claims = URL_SAFE_NO_PAD
        .decode(signed.split_once('.').unwrap().1)
        .unwrap();
    serde_json::from_slice(&claims).unwrap()
}

#[tokio::test]
async fn a_metadata_service_that_refuses_or_is_not_there_says_so() {
    let refusing = Capture::start(|_| Some((400, String::new()))).await;
    let server = Capture::start(|_| None).await;
    let auth = AzureAuth::new("identity").metadata_endpoint(&refusing.url);
    let error = look_up(&server.client(auth)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
    assert!(
        error.to_string().contains("Azure's metadata service"),
        "{error}"
    );
    assert_eq!(refusing.asked().len(), 1);
    let auth = GcpIdTokenAuth::new("identity").metadata_endpoint(nobody().await);
    let error = look_up(&server.client(auth)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
    assert_eq!(server.logins().len(), 0);
}

/// Names a port of this machine that nobody listens at.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Time is paused: it passes by itself where everybody waits.
#[tokio::test(start_paused = true)]
async fn a_metadata_service_that_is_busy_is_asked_again_and_not_taken_for_one_that_refuses() {
    for status in [404, 408, 410, 429, 500, 503] {
        let times = AtomicUsize::new(0);
        let busy = Capture::start(move |_| {
            let token = json!({"access_token": "azure-token"}).to_string();
            let first = times.fetch_add(1, Ordering::SeqCst) < 2;
            Some(if first {
                (status, String::new())
            } else {
                (200, token)
            })
        })
        .await;
        let server = Capture::start(|_| None).await;
        let auth = AzureAuth::new("identity").metadata_endpoint(&busy.url);
        look_up(&server.client(auth)).await.unwrap();
        assert_eq!(busy.asked().len(), 3, "status {status}");

        let busy = Capture::start(move |_| Some((status, String::new()))).await;
        let auth = AzureAuth::new("identity").metadata_endpoint(&busy.url);
        let error = look_up(&server.client(auth)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        assert_eq!(busy.asked().len(), 4, "status {status}");
    }
    // Of Google's, 404 means that the machine has no service account.
    let google = Capture::start(|_| Some((404, String::new()))).await;
    let server = Capture::start(|_| None).await;
    let auth = GcpIdTokenAuth::new("identity").metadata_endpoint(&google.url);
    let error = look_up(&server.client(auth)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
}
