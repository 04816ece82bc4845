//! AWS: the signed request, checked by a second implementation of the signature.
//!
//! The algorithm: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::collections::BTreeMap;
use std::env;
use std::io::Write;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use infisical_http::{AwsAuth, Infisical};
use ring::{digest, hmac};
use secret_source::SecretSource;
use secret_testkit::{Canary, assert_no_leak};
use serde_json::json;

use crate::capture::{Asked, Capture, address, look_up};

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

/// Where the child finds the server of its parent.
const SERVER: &str = "KEYFOB_TEST_SERVER";

/// Logs in with whatever credentials are found, in a process whose environment is the one given, and gives
/// the kind of what came of it.
async fn found_in(server: &Capture, environment: &[(&str, &str)]) -> String {
    let output = output_in(server, environment).await;
    let outcome = output.lines().find_map(|line| line.split_once("outcome: "));
    let Some((_, outcome)) = outcome else {
        panic!("{output}")
    };
    outcome.to_owned()
}

/// Does the same, and gives what the child writes: the outcome, and all that is logged.
async fn output_in(server: &Capture, environment: &[(&str, &str)]) -> String {
    let mut child = Command::new(env::current_exe().unwrap());
    child
        .args(["--exact", "aws::child", "--ignored", "--nocapture"])
        .env_clear()
        .env(SERVER, &server.url)
        .envs(environment.iter().copied());
    let output = tokio::task::spawn_blocking(move || child.output().unwrap()).await;
    String::from_utf8(output.unwrap().stdout).unwrap()
}

/// Writes down what the library for AWS logs, which does so by another crate than this client.
struct Printed;

impl log::Log for Printed {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(std::io::stdout(), "log: {}", record.args());
    }

    fn flush(&self) {}
}

#[tokio::test]
#[ignore = "the other tests run it, in a process with an environment of its own"]
async fn child() {
    let Ok(url) = env::var(SERVER) else { return };
    log::set_logger(&Printed).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let builder = Infisical::builder(&url)
        .auth(AwsAuth::new("identity", "eu-central-1"))
        .project("4b7605fe-685e-40fd-a757-a40f06d3a8ee");
    // By way of this server, whatever is outside stays outside.
    let infisical = builder.proxy(url).build().unwrap();
    let outcome = infisical.get(&address()).await;
    println!(
        "outcome: {:?}",
        outcome.map(|_| ()).map_err(|error| error.kind())
    );
}

fn metadata_service(asked: &Asked) -> Option<(u16, String)> {
    let keys = json!({"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": "2026-01-01T00:00:00Z",
        "AccessKeyId": "AKIDOFROLE", "SecretAccessKey": SECRET, "Token": "session-token",
        "Expiration": "2099-01-01T00:00:00Z"});
    let body = match asked.target.as_str() {
        "/latest/api/token" => "metadata-token".to_owned(),
        "/latest/meta-data/iam/security-credentials/" => "a-role".to_owned(),
        "/latest/meta-data/iam/security-credentials/a-role" => keys.to_string(),
        _ => return None,
    };
    Some((200, body))
}

fn signed_by(server: &Capture) -> String {
    let headers = server.logins()[0].json()["iamRequestHeaders"].clone();
    let headers = STANDARD.decode(headers.as_str().unwrap()).unwrap();
    let headers: BTreeMap<String, String> = serde_json::from_slice(&headers).unwrap();
    let (_, rest) = headers["Authorization"].split_once("Credential=").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn credentials_are_found_in_variables_in_profiles_and_at_the_metadata_service() {
    let profile = tempfile::NamedTempFile::new().unwrap();
    let text =
        format!("[default]\naws_access_key_id = AKIDOFFILE\naws_secret_access_key = {SECRET}\n");
    std::fs::write(profile.path(), text).unwrap();
    let file = profile.path().to_str().unwrap();
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIDOFVARIABLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    for (environment, expected) in [
        (&variables[..], "AKIDOFVARIABLE"),
        (&[("AWS_SHARED_CREDENTIALS_FILE", file)], "AKIDOFFILE"),
        (&[], "AKIDOFROLE"),
    ] {
        let server = Capture::start(metadata_service).await;
        let service = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url.as_str());
        let environment = [environment, &[service]].concat();
        assert_eq!(found_in(&server, &environment).await, "Ok(())");
        assert_eq!(signed_by(&server), expected);
    }
}

#[tokio::test]
async fn a_service_of_aws_that_fails_is_not_taken_for_credentials_that_are_missing() {
    for (status, expected) in [
        (503, "Err(Unavailable)"),
        (429, "Err(Unavailable)"),
        (404, "Err(Unauthenticated)"),
    ] {
        let server = Capture::start(move |asked| {
            asked
                .target
                .starts_with("/latest")
                .then(|| (status, String::new()))
        })
        .await;
        let environment = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url.as_str())];
        assert_eq!(found_in(&server, &environment).await, expected, "{status}");
        assert_eq!(server.logins().len(), 0);
    }
}

#[tokio::test]
async fn what_a_service_of_aws_answers_is_not_logged() {
    let canary = Canary::named("credentials that are cut off");
    let cut_off = format!(
        r#"{{"Code":"Success","SecretAccessKey":"{}"#,
        canary.value()
    );
    for status in [200, 500] {
        let cut_off = cut_off.clone();
        let server = Capture::start(move |asked| match asked.target.as_str() {
            "/latest/meta-data/iam/security-credentials/a-role" => Some((status, cut_off.clone())),
            _ => metadata_service(asked),
        })
        .await;
        let environment = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url.as_str())];
        let output = output_in(&server, &environment).await;
        assert!(output.contains("outcome: Err"), "{output}");
        assert!(output.contains("log: "), "{output}");
        assert_no_leak(&output, [&canary]);
    }
}

#[tokio::test]
async fn a_web_identity_is_read_from_its_file_and_sts_is_asked_by_way_of_the_proxy() {
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "web-identity-token").unwrap();
    let server =
        Capture::start(|asked| (asked.method == "CONNECT").then(|| (502, String::new()))).await;
    let environment = [
        (
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            token.path().to_str().unwrap(),
        ),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/app"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    assert_eq!(found_in(&server, &environment).await, "Err(Unavailable)");
    let asked = server.asked();
    let [connect] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(
        (connect.method.as_str(), connect.target.as_str()),
        ("CONNECT", "sts.amazonaws.com:443")
    );
}
