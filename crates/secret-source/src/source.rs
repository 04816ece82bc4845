//! [`SecretSource`]: anything that answers addresses.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};

use crate::{FolderAddress, Origin, Secret, SecretAddress, SecretError};

/// How many look-ups of a batch a simple source runs at a time.
const CONCURRENT_LOOKUPS: usize = 8;

/// Answers addresses with secrets.
///
/// Only [`origin`](Self::origin) and [`get`](Self::get) are required. Whatever a source does, it
/// answers in the order asked, lets one failure in a batch fail that entry only, refuses coordinates
/// it cannot honour with [`SecretError::unsupported`], and survives being dropped at any await point.
///
/// Look-ups go through [`SourceExt::lookup`](crate::SourceExt::lookup), which peeks first.
///
/// # Examples
///
/// ```
/// use secret_source::{Origin, Secret, SecretAddress, SecretError, SecretSource, async_trait};
///
/// /// Answers each key with its own name.
/// #[derive(Debug)]
/// struct Echo;
///
/// #[async_trait]
/// impl SecretSource for Echo {
///     fn origin(&self) -> Origin {
///         Origin::new("echo")
///     }
///
///     async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
///         if address.version().is_some() {
///             return Err(SecretError::unsupported("an echo has no versions").with_address(address));
///         }
///         Ok(Secret::new(address.key(), self.origin()))
///     }
/// }
/// ```
#[async_trait]
pub trait SecretSource: fmt::Debug + Send + Sync + 'static {
    /// Names the source: what it is and where, never its credentials.
    fn origin(&self) -> Origin;

    /// Returns a value that is ready without waiting.
    ///
    /// `None` means "ask [`get`](Self::get)", never "absent". An implementation neither blocks nor
    /// spawns. The default knows nothing.
    fn peek(&self, _address: &SecretAddress) -> Option<Secret> {
        None
    }

    /// Looks up one secret.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind) for what a look-up can fail of.
    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError>;

    /// Looks up many secrets, with one answer per address in the order asked.
    ///
    /// The default runs [`get`](Self::get) for eight addresses at a time.
    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        get_concurrently(self, addresses, CONCURRENT_LOOKUPS).await
    }

    /// Looks up many secrets anew, past what is kept, with one answer per address in the order asked.
    ///
    /// This is for callers who want to know what changed: no answer is stale, and none stands in for a
    /// source that failed. What keeps answers keeps the new ones. The default, for sources that keep
    /// nothing, is [`get_many`](Self::get_many).
    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.get_many(addresses).await
    }

    /// Lists the secrets of one folder, without those of its sub-folders.
    ///
    /// # Errors
    ///
    /// The default fails with [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        Err(SecretError::unsupported(format!(
            "{} cannot list {folder}",
            self.origin().name()
        )))
    }

    /// Lists the secrets of a folder and of all folders beneath it.
    ///
    /// # Errors
    ///
    /// A list has no place for the failure of one entry, so what cannot be read anywhere beneath the folder
    /// fails the whole. The default fails with [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        Err(SecretError::unsupported(format!(
            "{} cannot list {folder} and what is beneath it",
            self.origin().name()
        )))
    }
}

/// Answers a batch by single look-ups, at most `limit` at a time, in the order asked.
///
/// This is what [`SecretSource::get_many`] does by default with a limit of eight; a source that
/// bears more or less calls it with a limit of its own.
pub async fn get_concurrently<S: SecretSource + ?Sized>(
    source: &S,
    addresses: &[SecretAddress],
    limit: usize,
) -> Vec<Result<Secret, SecretError>> {
    let lookups: Vec<_> = addresses
        .iter()
        .map(|address| source.get(address))
        .collect();
    stream::iter(lookups).buffered(limit.max(1)).collect().await
}

macro_rules! forward_to_inner {
    ($($wrapper:ty),*) => {$(
        #[deny(clippy::missing_trait_methods)]
        #[async_trait]
        impl<S: SecretSource + ?Sized> SecretSource for $wrapper {
            fn origin(&self) -> Origin {
                (**self).origin()
            }

            fn peek(&self, address: &SecretAddress) -> Option<Secret> {
                (**self).peek(address)
            }

            async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
                (**self).get(address).await
            }

            async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
                (**self).get_many(addresses).await
            }

            async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
                (**self).refresh_many(addresses).await
            }

            async fn list(
                &self,
                folder: &FolderAddress,
            ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
                (**self).list(folder).await
            }

            async fn list_recursive(
                &self,
                folder: &FolderAddress,
            ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
                (**self).list_recursive(folder).await
            }
        }
    )*};
}

forward_to_inner!(Arc<S>, Box<S>);
