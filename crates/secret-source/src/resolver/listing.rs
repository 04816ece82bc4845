//! How a resolver lists folders.

use secret_ref::FolderRef;

use super::{Resolver, policy};
use crate::{CorrelationId, Secret, SecretAddress, SecretError};

impl Resolver {
    /// Lists the secrets of a folder, without its sub-folders.
    ///
    /// # Errors
    ///
    /// Fails where the folder has no address or the source cannot list it, and where one of its values
    /// may not be used.
    pub async fn list(
        &self,
        reference: &FolderRef,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let (listed, correlation) = self.listed(reference, false).await?;
        self.usable(listed, correlation)
    }

    /// Lists the secrets of a folder and of all folders beneath it.
    ///
    /// # Errors
    ///
    /// Fails as [`list`](Self::list) does, for whatever cannot be read beneath the folder, too.
    pub async fn list_recursive(
        &self,
        reference: &FolderRef,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let (listed, correlation) = self.listed(reference, true).await?;
        self.usable(listed, correlation)
    }

    /// Lists which secrets are in a folder, and in the folders beneath it if `recursive`, whatever may be wrong
    /// with their values.
    ///
    /// # Errors
    ///
    /// Fails where the folder has no address or the source cannot list it.
    pub async fn addresses_in(
        &self,
        reference: &FolderRef,
        recursive: bool,
    ) -> Result<Vec<SecretAddress>, SecretError> {
        let (listed, _) = self.listed(reference, recursive).await?;
        Ok(listed.into_iter().map(|(address, _)| address).collect())
    }

    async fn listed(
        &self,
        reference: &FolderRef,
        recursive: bool,
    ) -> Result<(Vec<(SecretAddress, Secret)>, CorrelationId), SecretError> {
        let (source, correlation) = (&self.inside.source, self.operation());
        let folder = self
            .folder(reference)
            .map_err(|error| self.unaddressed(error, correlation))?;
        let listing = async {
            match recursive {
                true => source.list_recursive(&folder).await,
                false => source.list(&folder).await,
            }
        };
        match correlation.scope(listing).await {
            Ok(listed) => Ok((listed, correlation)),
            Err(error) => Err(error.with_correlation(correlation)),
        }
    }

    fn usable(
        &self,
        listed: Vec<(SecretAddress, Secret)>,
        correlation: CorrelationId,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let inside = &self.inside;
        for (address, secret) in &listed {
            if secret.is_unexpanded() {
                inside
                    .unexpanded
                    .enforce(|| policy::unexpanded(address), inside.names)
                    .map_err(|error| error.with_correlation(correlation))?;
            }
        }
        Ok(listed)
    }
}
