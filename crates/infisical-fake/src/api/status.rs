//! The status of the server.

use serde_json::{Value, json};

use crate::store::id;

/// Says that the server is there, and plainly what it is.
pub(crate) fn status() -> Value {
    json!({
        "date": id::timestamp(0),
        "message": "infisical-fake: not a real Infisical; data is invented",
        "emailConfigured": false,
        "inviteOnlySignup": true,
        "redisConfigured": true,
        "secretScanningConfigured": false,
    })
}
