//! [`SealedValue`]: a secret in memory that is opened when it is asked for.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};
use secret_cache::{SnapshotEntry, SnapshotError, SnapshotValue};
use secret_source::{Secret, SecretAddress};
use zeroize::Zeroize;

use crate::cipher::Cipher;
use crate::fault;
use crate::format::{Row, Writer};

/// Holds a row with the cipher that opens its value.
pub(crate) struct SealedValue {
    row: Row,
    cipher: Arc<Cipher>,
}

impl SealedValue {
    /// Makes the entry of a row that was read, or was just sealed.
    pub(crate) fn entry(row: Row, cipher: Arc<Cipher>) -> SnapshotEntry {
        let (address, fetched) = (row.address.clone(), time(row.fetched));
        SnapshotEntry::new(address, fetched, Self { row, cipher })
    }
}

/// Seals a secret so that it opens as the answer to its address, of this version and time, only.
pub(crate) fn seal(
    address: &SecretAddress,
    secret: &Secret,
    cipher: &Cipher,
) -> Result<Row, SnapshotError> {
    let (version, fetched) = (secret.version(), milliseconds(secret.fetched_at()));
    let unexpanded = secret.is_unexpanded();
    let associated = associated(address, version, fetched, unexpanded);
    let value = secret.value().expose_secret().as_bytes();
    Ok(Row {
        address: address.clone(),
        origin: secret.origin().clone(),
        version,
        fetched,
        unexpanded,
        value: cipher.seal(value, &associated)?,
    })
}

impl SnapshotValue for SealedValue {
    fn reveal(&self) -> Result<Secret, SnapshotError> {
        let Row {
            address,
            origin,
            version,
            fetched,
            unexpanded,
            value,
        } = &self.row;
        let associated = associated(address, *version, *fetched, *unexpanded);
        let mut plain = self.cipher.open(&value.nonce, &value.bytes, &associated)?;
        // Its capacity is its length, so the text is moved and not copied.
        let text = String::from_utf8(std::mem::take(&mut *plain)).map_err(|error| {
            error.into_bytes().zeroize();
            fault::not_authentic()
        })?;
        let secret = Secret::new(SecretString::from(text), origin.clone())
            .with_fetched_at(time(*fetched))
            .with_unexpanded(*unexpanded);
        Ok(match version {
            Some(version) => secret.with_version(*version),
            None => secret,
        })
    }
}

/// Shows neither name nor value.
impl fmt::Debug for SealedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedValue").finish_non_exhaustive()
    }
}

fn associated(
    address: &SecretAddress,
    version: Option<u64>,
    fetched: u64,
    unexpanded: bool,
) -> Vec<u8> {
    let mut writer = Writer::default();
    // An address prints as its canonical reference.
    writer.text(&address.to_string());
    writer.byte(version.is_some().into());
    writer.u64(version.unwrap_or_default());
    writer.u64(fetched);
    writer.byte(unexpanded.into());
    writer.into_bytes()
}

/// Returns a time in milliseconds since 1970, as precise as the file is.
pub(crate) fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Returns the time of some milliseconds since 1970; where there is no such time, one that is too old.
pub(crate) fn time(milliseconds: u64) -> SystemTime {
    let since = Duration::from_millis(milliseconds);
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}
