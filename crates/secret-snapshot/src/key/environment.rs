//! The key from an environment variable.

use std::env;

use secret_cache::SnapshotError;
use zeroize::Zeroizing;

use super::{SnapshotKey, text};
use crate::fault;

impl SnapshotKey {
    /// Reads the key from an environment variable, in hexadecimal or base64.
    ///
    /// The variable is visible to children and to whoever may look at the process; a file is not.
    ///
    /// # Errors
    ///
    /// Fails where the variable is not set or holds no key.
    pub fn from_env(variable: &str) -> Result<Self, SnapshotError> {
        let value = env::var(variable).map(Zeroizing::new);
        let value =
            value.map_err(|_| fault::key(format!("the variable {variable} holds no text")))?;
        text::key_of_text(&value).map(Self::of)
    }
}
