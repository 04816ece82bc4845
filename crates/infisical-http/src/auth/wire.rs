//! What logins, and the services that vouch for a client, answer.

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::Deserializer;

use crate::read::wire::{Value, tolerant};

/// The answer to a login.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginBody {
    pub(crate) access_token: SecretText,
    /// Seconds; 0 means that the token never expires, on servers that issue such.
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) expires_in: Option<u64>,
}

/// A secret text that nothing is looked for in.
pub(crate) struct SecretText(pub(crate) SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(value.text))
    }
}
