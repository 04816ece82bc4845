//! Tokens that are missing, wrong or over, as far as no right of an administrator is needed.
//!
//! No token is renewed, since that can destroy it, and no login is made with a wrong client secret, since a
//! few of those lock the identity.

use super::reads::LIST;
use super::{Bearer, Call};

const LOGIN: &str = "/api/v1/auth/universal-auth/login";
const REVOKE: &str = "/api/v1/auth/token/revoke";
const CREDENTIALS: &str = r#"{"clientId":"{client_id}","clientSecret":"{client_secret}"}"#;
const UNKNOWN: &str =
    r#"{"clientId":"00000000-0000-4000-8000-000000000000","clientSecret":"no such secret"}"#;
const HALF: &str = r#"{"clientId":"{client_id}"}"#;
const SPARE: &str = r#"{"accessToken":"{spare}"}"#;

pub(super) const CALLS: &[Call] = &[
    Call::get("a list without a token", LIST).with(Bearer::None),
    Call::get("a list with a text that is no token", LIST).with(Bearer::Garbage),
    Call::get("a list with an altered token", LIST).with(Bearer::Altered),
    Call::post("a login of nobody", LOGIN, UNKNOWN).with(Bearer::None),
    Call::post("a login without a secret", LOGIN, HALF).with(Bearer::None),
    Call::post("a login with a bad header", LOGIN, CREDENTIALS).with(Bearer::Garbage),
    Call::get("a list with a second token", LIST).with(Bearer::Spare),
    Call::post("a revocation of that token", REVOKE, SPARE).with(Bearer::None),
    Call::get("a list with a revoked token", LIST).with(Bearer::Spare),
    Call::post("a revocation again", REVOKE, SPARE).with(Bearer::None),
];
