//! [`SnapshotKey`]: what a snapshot is sealed with.

mod environment;
#[cfg(feature = "keyring")]
mod keyring;
mod passphrase;
mod text;

use std::fmt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use secret_cache::SnapshotError;

use crate::cipher::{Key, random};
use crate::{disk, fault};

pub(crate) use passphrase::Passphrase;

/// The longest file that could hold a key.
const MOST_BYTES: usize = 1024;

/// Holds what a snapshot is sealed with: 32 random bytes, or a passphrase that becomes such.
///
/// Whoever has the key and the file has the secrets, so keep the two apart: the key in a mounted secret or
/// the service manager's credentials, the file on the disk. `Debug` shows neither.
///
/// # Examples
///
/// The key can come from wherever an application keeps such things:
///
/// ```
/// use secret_snapshot::SnapshotKey;
///
/// # let from_elsewhere = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// let key = SnapshotKey::from_text(&from_elsewhere.into())?;
/// # let _ = key;
/// # Ok::<(), secret_snapshot::SnapshotError>(())
/// ```
#[derive(Clone)]
pub struct SnapshotKey(pub(crate) Inside);

#[derive(Clone)]
pub(crate) enum Inside {
    Key(Key),
    Passphrase(Passphrase),
}

impl SnapshotKey {
    /// Reads the key from a file: 32 bytes as they are, or as text in hexadecimal or base64.
    ///
    /// `openssl rand -out snapshot.key 32` and `chmod 600 snapshot.key` make such a file.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, others than its owner may use it, or it holds no key.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let bytes = disk::read_key(path.as_ref(), MOST_BYTES)?;
        text::key_of_bytes(&bytes).map(Self::of)
    }

    /// Makes a new key, keeps it in a new file that its owner alone may read, and returns it.
    ///
    /// # Errors
    ///
    /// Fails where the file exists or cannot be written.
    pub fn generate_file(path: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let key = Key::new(random()?);
        disk::create(path.as_ref(), &key[..]).map_err(|error| {
            fault::key("the file of the new key cannot be written").with_hint(format!(
                "name a file that does not exist, in a folder that may be written to: {error}"
            ))
        })?;
        Ok(Self::of(key))
    }

    /// Reads the key from a text in hexadecimal or base64.
    ///
    /// # Errors
    ///
    /// Fails where the text is neither, or not of 32 bytes.
    pub fn from_text(text: &SecretString) -> Result<Self, SnapshotError> {
        text::key_of_text(text.expose_secret()).map(Self::of)
    }

    /// Makes the key of a passphrase, with argon2id (64 MiB, 3 passes) and a salt that the file holds.
    ///
    /// Deriving it takes a part of a second in an optimised build, and seconds in another, once in a process. A passphrase can be guessed by whoever has
    /// the file: a random key cannot, and is the better choice where no person has to remember it.
    ///
    /// # Errors
    ///
    /// Fails where the passphrase is shorter than 12 bytes.
    pub fn from_passphrase(passphrase: SecretString) -> Result<Self, SnapshotError> {
        Passphrase::new(passphrase).map(|passphrase| Self(Inside::Passphrase(passphrase)))
    }

    fn of(key: Key) -> Self {
        Self(Inside::Key(key))
    }
}

impl fmt::Debug for SnapshotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Inside::Key(_) => "SnapshotKey(32 bytes)",
            Inside::Passphrase(_) => "SnapshotKey(passphrase)",
        })
    }
}
