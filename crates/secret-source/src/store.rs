//! [`SecretStore`]: a source that can be written to.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::{Entry, PutOptions, SecretAddress, SecretError, SecretSource, Written};

/// Takes values in and gives them up again.
///
/// It is a trait of its own, so that a source that cannot be written to has nothing to refuse. Whatever a
/// store does:
///
/// * A write that reports success is seen by the next [`get`](SecretSource::get) of the same store.
/// * Making what exists is [`Invalid`](crate::ErrorKind::Invalid); replacing or deleting what does not
///   exist is [`NotFound`](crate::ErrorKind::NotFound). Neither changes anything.
/// * A batch has one outcome per entry, in the order given. A secret that a batch names twice is refused at
///   each of its entries, since nobody can tell which was meant to win.
/// * A coordinate that it cannot write, such as a version, is [`Unsupported`](crate::ErrorKind::Unsupported).
///
/// # Examples
///
/// ```
/// use secret_source::{Change, ErrorKind, MemorySource, PutOptions, SecretAddress, SecretStore};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let store = MemorySource::new();
/// let address = SecretAddress::new("memory", "dev", &"/db".parse()?, "PASSWORD");
/// let written = store.put(&address, &"hunter2".into(), PutOptions::create()).await?;
/// assert_eq!(written.change(), Change::Created);
///
/// let again = store.put(&address, &"hunter3".into(), PutOptions::create()).await;
/// assert_eq!(again.unwrap_err().kind(), ErrorKind::Invalid);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[async_trait]
pub trait SecretStore: SecretSource {
    /// Writes one value.
    ///
    /// # Errors
    ///
    /// Fails where the options forbid what the write would have to do, and as a look-up does. After
    /// [`Unavailable`](crate::ErrorKind::Unavailable) the value may or may not be stored; after any other
    /// error it is not, unless the error says so.
    async fn put(
        &self,
        address: &SecretAddress,
        value: &SecretString,
        options: PutOptions,
    ) -> Result<Written, SecretError>;

    /// Writes many values, with one outcome per entry in the order given.
    ///
    /// The default writes one after the other.
    async fn put_many(
        &self,
        entries: &[Entry],
        options: PutOptions,
    ) -> Vec<Result<Written, SecretError>> {
        let repeated = repeated(entries.iter().map(Entry::address));
        let mut outcomes = Vec::with_capacity(entries.len());
        for (entry, repeated) in entries.iter().zip(repeated) {
            outcomes.push(match repeated {
                Some(error) => Err(error),
                None => self.put(entry.address(), entry.value(), options).await,
            });
        }
        outcomes
    }

    /// Deletes one secret.
    ///
    /// # Errors
    ///
    /// Fails with [`NotFound`](crate::ErrorKind::NotFound) where there is none, and as a write does.
    async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError>;

    /// Deletes many secrets, with one outcome per address in the order given.
    ///
    /// The default deletes one after the other.
    async fn delete_many(&self, addresses: &[SecretAddress]) -> Vec<Result<(), SecretError>> {
        let repeated = repeated(addresses);
        let mut outcomes = Vec::with_capacity(addresses.len());
        for (address, repeated) in addresses.iter().zip(repeated) {
            outcomes.push(match repeated {
                Some(error) => Err(error),
                None => self.delete(address).await,
            });
        }
        outcomes
    }
}

/// Finds the addresses that a batch of writes names more than once, and the error of each of their entries.
///
/// Stores that send batches of their own call it before they send anything.
pub fn repeated<'a>(
    addresses: impl IntoIterator<Item = &'a SecretAddress>,
) -> Vec<Option<SecretError>> {
    let addresses: Vec<_> = addresses.into_iter().collect();
    let mut counts: HashMap<&SecretAddress, usize> = HashMap::new();
    for address in &addresses {
        *counts.entry(*address).or_default() += 1;
    }
    let error = |address: &SecretAddress| {
        SecretError::invalid("the batch names this secret more than once")
            .with_hint("name each secret once: the order of writes in a batch is not defined")
            .with_address(address)
    };
    addresses
        .iter()
        .map(|address| (counts.get(address).copied() > Some(1)).then(|| error(address)))
        .collect()
}

macro_rules! forward_to_inner {
    ($($wrapper:ty),*) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: SecretStore + ?Sized> SecretStore for $wrapper {
            async fn put(
                &self,
                address: &SecretAddress,
                value: &SecretString,
                options: PutOptions,
            ) -> Result<Written, SecretError> {
                (**self).put(address, value, options).await
            }

            async fn put_many(
                &self,
                entries: &[Entry],
                options: PutOptions,
            ) -> Vec<Result<Written, SecretError>> {
                (**self).put_many(entries, options).await
            }

            async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError> {
                (**self).delete(address).await
            }

            async fn delete_many(&self, addresses: &[SecretAddress]) -> Vec<Result<(), SecretError>> {
                (**self).delete_many(addresses).await
            }
        }
    )*};
}

forward_to_inner!(Arc<S>, Box<S>);
