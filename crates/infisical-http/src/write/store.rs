//! [`Infisical`] as a store.

use async_trait::async_trait;
use secret_source::{
    Entry, PutOptions, SecretAddress, SecretError, SecretStore, SecretString, Written,
};

use crate::Infisical;
use crate::write::batch::Batch;
use crate::write::delete::Deletion;
use crate::write::put::Put;

/// Writes shared, current values as a machine identity.
///
/// * Entries of one folder go as batches of up to 100 entries and half a MiB. A batch that is refused is
///   sent again entry by entry, so that each has an outcome of its own.
/// * A value whose ends the server would trim is refused before anything is sent, unless the options allow
///   it. What is stored is compared with what was sent.
/// * A write that a change policy turned into a request for approval is
///   [`Denied`](secret_source::ErrorKind::Denied): nothing is stored.
/// * A write is repeated only where the server certainly did not carry it out. Where it may have, the error's
///   hint says so, whatever its kind.
/// * A batch has one deadline, that of a look-up
///   ([`lookup_deadline`](crate::InfisicalBuilder::lookup_deadline)), for all of its requests and the pauses
///   between them. Once a failure leaves what follows no chance (the server asks for a longer pause, refuses
///   the login, is away), nothing more of the batch is sent, and its entries fail alike.
/// * Writes of one client and its clones go one after the other, since a server of 2024 that is asked to
///   create one secret twice at a time leaves two of it. What other clients and people write at that time
///   is not held up.
#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretStore for Infisical {
    async fn put(
        &self,
        address: &SecretAddress,
        value: &SecretString,
        options: PutOptions,
    ) -> Result<Written, SecretError> {
        let entry = Entry::new(address.clone(), value.clone());
        let mut outcomes = self.put_many(std::slice::from_ref(&entry), options).await;
        outcomes
            .pop()
            .unwrap_or_else(|| Err(SecretError::protocol("the write had no outcome")))
    }

    async fn put_many(
        &self,
        entries: &[Entry],
        options: PutOptions,
    ) -> Vec<Result<Written, SecretError>> {
        match self.client().home.enter() {
            Ok(()) => Put::new(self.client(), options).run(entries).await,
            Err(error) => entries
                .iter()
                .map(|entry| Err(error.clone().with_address(entry.address())))
                .collect(),
        }
    }

    async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError> {
        let mut outcomes = self.delete_many(std::slice::from_ref(address)).await;
        outcomes
            .pop()
            .unwrap_or_else(|| Err(SecretError::protocol("the deletion had no outcome")))
    }

    async fn delete_many(&self, addresses: &[SecretAddress]) -> Vec<Result<(), SecretError>> {
        match self.client().home.enter() {
            Ok(()) => Deletion::new(self.client()).run(addresses).await,
            Err(error) => addresses
                .iter()
                .map(|address| Err(error.clone().with_address(address)))
                .collect(),
        }
    }
}
