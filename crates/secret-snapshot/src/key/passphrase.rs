//! [`Passphrase`]: a key that a person remembers.

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use secret_cache::SnapshotError;

use crate::cipher::{Key, random};
use crate::fault;
use crate::format::Kdf;

/// The second recommendation of RFC 9106, with one lane, since one thread derives.
const COST: Cost = Cost {
    memory: 64 * 1024,
    passes: 3,
    lanes: 1,
};
/// What a file may ask for at most: it is not authenticated yet when that is done.
const MOST: Cost = Cost {
    memory: 256 * 1024,
    passes: 16,
    lanes: 4,
};
const SHORTEST: usize = 12;

/// Holds a passphrase and what deriving from it is to cost.
#[derive(Clone)]
pub(crate) struct Passphrase {
    text: SecretString,
    cost: Cost,
}

#[derive(Clone, Copy)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Passphrase {
    pub(super) fn new(text: SecretString) -> Result<Self, SnapshotError> {
        if text.expose_secret().len() < SHORTEST {
            let message = format!("the passphrase is shorter than {SHORTEST} bytes");
            return Err(fault::key(message).with_hint("take a longer one, or a random key"));
        }
        Ok(Self { text, cost: COST })
    }

    /// Makes deriving cheap, for tests.
    #[cfg(test)]
    pub(crate) fn cheap(text: &str) -> Self {
        let cost = Cost {
            memory: 8,
            passes: 1,
            lanes: 1,
        };
        Self {
            text: text.into(),
            cost,
        }
    }

    /// Chooses a salt.
    pub(crate) fn kdf(&self) -> Result<Kdf, SnapshotError> {
        Ok(Kdf {
            memory: self.cost.memory,
            passes: self.cost.passes,
            lanes: self.cost.lanes,
            salt: random()?,
        })
    }

    /// Derives the key, which takes time and memory.
    pub(crate) fn derive(&self, kdf: &Kdf) -> Result<Key, SnapshotError> {
        if kdf.memory > MOST.memory || kdf.passes > MOST.passes || kdf.lanes > MOST.lanes {
            return Err(fault::not_authentic());
        }
        let params = Params::new(kdf.memory, kdf.passes, kdf.lanes, None)
            .map_err(|_| fault::not_authentic())?;
        let mut key = Key::default();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(
                self.text.expose_secret().as_bytes(),
                &kdf.salt,
                &mut key[..],
            )
            .map_err(|_| fault::unsealable("the derivation of a key"))?;
        Ok(key)
    }
}
