//! [`LoginBody`]: the answer to a login.

use serde::Deserialize;

use crate::secret_text::SecretText;
use crate::tolerant::tolerant;

/// The answer to a login.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginBody {
    pub(crate) access_token: SecretText,
    /// Seconds; 0 means that the token never expires, on servers that issue such.
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) expires_in: Option<u64>,
}
