//! [`Cipher`]: seals and opens with one key.

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use secret_cache::SnapshotError;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::fault;

/// A key of 256 bits, wiped when it is dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;
pub(crate) type Salt = [u8; 32];
pub(crate) type Nonce = [u8; 24];

/// The length of an authentication tag.
pub(crate) const TAG: usize = 16;

/// Seals with XChaCha20-Poly1305, whose nonces are long enough to be drawn at random.
pub(crate) struct Cipher(XChaCha20Poly1305);

/// Holds what a cipher sealed, with its tag at the end.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) nonce: Nonce,
    pub(crate) bytes: Vec<u8>,
}

/// Holds the two keys of one file.
pub(crate) struct FileCiphers {
    pub(crate) body: Cipher,
    pub(crate) values: Arc<Cipher>,
}

impl FileCiphers {
    /// Derives both from a key and a salt, so that neither can stand in for the other.
    pub(crate) fn derive(key: &Key, salt: &Salt) -> Result<Self, SnapshotError> {
        let hkdf = Hkdf::<Sha256>::new(Some(salt), &key[..]);
        let cipher = |purpose: &[u8]| {
            let mut key = Key::default();
            hkdf.expand(purpose, &mut key[..])
                .map_err(|_| fault::unsealable("the derivation of a key"))?;
            Ok(Cipher::new(&key))
        };
        Ok(Self {
            body: cipher(b"keyfob snapshot 1: body")?,
            values: Arc::new(cipher(b"keyfob snapshot 1: values")?),
        })
    }
}

impl Cipher {
    pub(crate) fn new(key: &Key) -> Self {
        Self(XChaCha20Poly1305::new((&**key).into()))
    }

    /// Makes a cipher whose key nobody else has and nothing keeps.
    pub(crate) fn random() -> Result<Self, SnapshotError> {
        let mut key = Key::default();
        fill(&mut key[..])?;
        Ok(Self::new(&key))
    }

    pub(crate) fn seal(&self, plain: &[u8], associated: &[u8]) -> Result<Sealed, SnapshotError> {
        let nonce = random()?;
        let bytes = self.seal_with(&nonce, plain, associated)?;
        Ok(Sealed { nonce, bytes })
    }

    pub(crate) fn seal_with(
        &self,
        nonce: &Nonce,
        plain: &[u8],
        associated: &[u8],
    ) -> Result<Vec<u8>, SnapshotError> {
        // With room for the tag it is never moved, so no copy of the plain text is left behind.
        let mut buffer = Zeroizing::new(Vec::with_capacity(plain.len() + TAG));
        buffer.extend_from_slice(plain);
        self.0
            .encrypt_in_place(&XNonce::from(*nonce), associated, &mut *buffer)
            .map_err(|_| fault::unsealable("sealing"))?;
        Ok(std::mem::take(&mut *buffer))
    }

    /// Opens what was sealed with this key and the same associated data, and nothing else.
    pub(crate) fn open(
        &self,
        nonce: &Nonce,
        sealed: &[u8],
        associated: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SnapshotError> {
        let (bytes, tag) = sealed
            .split_last_chunk::<TAG>()
            .ok_or_else(fault::not_authentic)?;
        let mut buffer = Zeroizing::new(bytes.to_vec());
        self.0
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                associated,
                buffer.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(|_| fault::not_authentic())?;
        Ok(buffer)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.bytes.len())
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher")
    }
}

/// Draws bytes from the operating system.
pub(crate) fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], SnapshotError> {
    let mut bytes = [0; LENGTH];
    fill(&mut bytes)?;
    Ok(bytes)
}

fn fill(bytes: &mut [u8]) -> Result<(), SnapshotError> {
    getrandom::fill(bytes).map_err(|_| fault::unsealable("drawing random bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_the_same_key_and_associated_data_only() {
        let cipher = Cipher::random().unwrap();
        let sealed = cipher.seal(b"hunter2", b"address").unwrap();
        let open = |cipher: &Cipher, associated: &[u8]| {
            cipher
                .open(&sealed.nonce, &sealed.bytes, associated)
                .map(|plain| plain.to_vec())
        };
        assert_eq!(open(&cipher, b"address").unwrap(), b"hunter2");
        assert!(open(&cipher, b"another").is_err());
        assert!(open(&Cipher::random().unwrap(), b"address").is_err());
        assert!(cipher.open(&sealed.nonce, b"short", b"").is_err());
    }

    #[test]
    fn the_key_of_the_body_does_not_open_a_value() {
        let ciphers = FileCiphers::derive(&Key::default(), &[7; 32]).unwrap();
        let sealed = ciphers.values.seal(b"hunter2", b"").unwrap();
        assert!(
            ciphers
                .body
                .open(&sealed.nonce, &sealed.bytes, b"")
                .is_err()
        );
    }
}
