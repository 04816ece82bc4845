//! AWS: the signed request, checked by a second implementation of the signature.
//!
//! The algorithm: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use infisical_http::AwsAuth;
use ring::{digest, hmac};

use crate::capture::{Capture, look_up};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

#[tokio::test]
async fn a_login_carries_a_signed_get_caller_identity() {
    let server = Capture::start(|_| None).await;
    let auth = AwsAuth::new("identity", "eu-central-1").keys(
        "AKIDEXAMPLE",
        SECRET,
        Some("session-token".into()),
    );
    look_up(&server.client(auth)).await.unwrap();
    let login = &server.logins()[0];
    assert_eq!(login.target, "/api/v1/auth/aws-auth/login");
    let form = login.json();
    assert_eq!(form["identityId"], "identity");
    assert_eq!(form["iamHttpRequestMethod"], "POST");
    let decode = |name: &str| {
        let bytes = STANDARD.decode(form[name].as_str().unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let body = decode("iamRequestBody");
    assert_eq!(body, "Action=GetCallerIdentity&Version=2011-06-15");
    let headers: BTreeMap<String, String> =
        serde_json::from_str(&decode("iamRequestHeaders")).unwrap();
    assert_eq!(headers["Host"], "sts.eu-central-1.amazonaws.com");
    assert_eq!(headers["Content-Length"], "43");
    assert_eq!(headers["X-Amz-Security-Token"], "session-token");

    let authorization = headers["Authorization"]
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .unwrap();
    let parts: BTreeMap<_, _> = authorization
        .split(',')
        .map(|part| part.trim().split_once('=').unwrap())
        .collect();
    let date = &headers["X-Amz-Date"];
    let scope = format!("{}/eu-central-1/sts/aws4_request", &date[..8]);
    assert_eq!(parts["Credential"], format!("AKIDEXAMPLE/{scope}"));

    let lower: BTreeMap<_, _> = headers
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let canonical: String = parts["SignedHeaders"]
        .split(';')
        .map(|name| format!("{name}:{}\n", lower[name]))
        .collect();
    let signed: Vec<_> = parts["SignedHeaders"].split(';').collect();
    for needed in ["host", "x-amz-date", "x-amz-security-token"] {
        assert!(signed.contains(&needed), "{needed} is not signed");
    }
    let hash = |text: &str| hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    let request = format!(
        "POST\n/\n\n{canonical}\n{}\n{}",
        parts["SignedHeaders"],
        hash(&body)
    );
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(&request));
    let day = sign(format!("AWS4{SECRET}").as_bytes(), &date[..8]);
    let key = sign(&sign(&sign(&day, "eu-central-1"), "sts"), "aws4_request");
    assert_eq!(parts["Signature"], hex(&sign(&key, &to_sign)));
}
