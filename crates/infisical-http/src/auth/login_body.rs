//! [`LoginBody`]: the answer to a login.

use serde::Deserialize;

use crate::object::only_objects;
use crate::secret_text::SecretText;
use crate::tolerant::tolerant;

/// The answer to a login.
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
pub(crate) struct LoginBody {
    pub(crate) access_token: SecretText,
    /// Seconds; 0 means that the token never expires, on servers that issue such.
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) expires_in: Option<u64>,
}

only_objects!(LoginBody);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_is_no_login() {
        assert!(serde_json::from_str::<LoginBody>(r#"["token",60]"#).is_err());
        assert!(serde_json::from_str::<LoginBody>(r#"{"accessToken":"token"}"#).is_ok());
    }
}
