//! The check of a signed AWS request, which a real server leaves to AWS.
//!
//! The algorithm: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::hmac;
use serde_json::Value;

/// Tells whether a login's body holds a `GetCallerIdentity` request that was signed with these keys.
pub(crate) fn is_signed(body: &Value, access_key_id: &str, secret_access_key: &str) -> bool {
    signed(body, access_key_id, secret_access_key).unwrap_or(false)
}

fn signed(body: &Value, access_key_id: &str, secret: &str) -> Option<bool> {
    let question = decoded(body, "iamRequestBody")?;
    let headers = decoded(body, "iamRequestHeaders")?;
    let headers: BTreeMap<String, Value> = serde_json::from_str(&headers).ok()?;
    let headers: BTreeMap<String, &str> = headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?)))
        .collect();
    let authorization = headers
        .get("authorization")?
        .strip_prefix("AWS4-HMAC-SHA256 ")?;
    let parts: BTreeMap<&str, &str> = authorization
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .collect();
    let scope: Vec<&str> = parts.get("Credential")?.split('/').collect();
    let [id, day, region, "sts", "aws4_request"] = scope[..] else {
        return None;
    };
    let names = *parts.get("SignedHeaders")?;
    let mut canonical = String::new();
    for name in names.split(';') {
        canonical.push_str(&format!("{name}:{}\n", headers.get(name)?.trim()));
    }
    let request = format!("POST\n/\n\n{canonical}\n{names}\n{}", hash(&question));
    let date = headers.get("x-amz-date")?;
    let scope = format!("{day}/{region}/sts/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(&request));
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [day, region, "sts", "aws4_request"] {
        key = sign(&key, part);
    }
    let is_question = body["iamHttpRequestMethod"] == "POST"
        && question == "Action=GetCallerIdentity&Version=2011-06-15"
        && *headers.get("host")? == format!("sts.{region}.amazonaws.com")
        && date.starts_with(day);
    Some(
        is_question
            && id == access_key_id
            && *parts.get("Signature")? == hex(&sign(&key, &to_sign)),
    )
}

fn decoded(body: &Value, field: &str) -> Option<String> {
    let bytes = STANDARD.decode(body[field].as_str()?).ok()?;
    String::from_utf8(bytes).ok()
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hash(text: &str) -> String {
    hex(digest(&SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
