//! [`Entry`]: a value and the address it is to be written to.

use secrecy::SecretString;

use crate::SecretAddress;

/// Holds one value of a batch of writes, and where it goes.
///
/// `Debug` shows the address and not the value.
#[derive(Clone, Debug)]
pub struct Entry {
    address: SecretAddress,
    value: SecretString,
}

impl Entry {
    /// Pairs a value with its address.
    pub fn new(address: SecretAddress, value: impl Into<SecretString>) -> Self {
        Self {
            address,
            value: value.into(),
        }
    }

    /// Returns where the value goes.
    pub fn address(&self) -> &SecretAddress {
        &self.address
    }

    /// Returns the value, still wrapped.
    pub fn value(&self) -> &SecretString {
        &self.value
    }
}
