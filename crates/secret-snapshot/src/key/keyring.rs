//! The key from the keyring of the operating system.

use keyring_core::{Entry, Error};
use secret_cache::SnapshotError;
use zeroize::Zeroizing;

use super::{SnapshotKey, text};
use crate::fault;

impl SnapshotKey {
    /// Reads the key from the keyring: 32 bytes as they are, or as text in hexadecimal or base64.
    ///
    /// Which keyring that is, of the many that systems have, the application chooses first, with
    /// `keyring_core::set_default_store` and the crate of that store. Reading may ask the user for permission,
    /// and blocks until then.
    ///
    /// # Errors
    ///
    /// Fails where no store was chosen, it is locked, or it holds no key under this name.
    pub fn from_keyring(service: &str, user: &str) -> Result<Self, SnapshotError> {
        let entry = Entry::new(service, user).map_err(|error| unusable(&error))?;
        let bytes = entry.get_secret().map_err(|error| unusable(&error))?;
        text::key_of_bytes(&Zeroizing::new(bytes)).map(Self::of)
    }
}

/// Says what a keyring failed of. Its own error may hold what is stored, and is not kept.
fn unusable(error: &Error) -> SnapshotError {
    let (what, hint) = match error {
        Error::NoDefaultStore => (
            "no keyring was chosen",
            "call `keyring_core::set_default_store` before the key is read",
        ),
        Error::NoEntry => (
            "the keyring holds no such key",
            "store 32 random bytes under this service and user",
        ),
        Error::NoStorageAccess(_) => (
            "the keyring cannot be opened",
            "unlock it, and allow this program to use it",
        ),
        Error::Ambiguous(_) => (
            "the keyring holds several such keys",
            "remove all but one under this service and user",
        ),
        _ => (
            "the keyring failed",
            "check that it works for other programs, and the names of service and user",
        ),
    };
    fault::key(what).with_hint(hint)
}
