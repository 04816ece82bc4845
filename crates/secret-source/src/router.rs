//! [`Router`]: chooses the source by scheme, or by scheme and tenant.

mod routes;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;

use crate::{
    Entry, FolderAddress, Origin, PutOptions, Secret, SecretAddress, SecretError, SecretSource,
    SecretStore, SecretString, SourceExt, Written,
};

use routes::Routes;

/// Sends each address to the source that is registered for its scheme, or for its scheme and project.
///
/// A project that is registered as a tenant has a source of its own: its cache, its login and its
/// circuit breaker are never those of another tenant. Everything else of a scheme goes to the
/// scheme's source. A router [of stores](Self::of_stores) is a [`SecretStore`] itself, and sends writes
/// the same way.
///
/// # Order
///
/// Outermost, above whole stacks. A batch goes to each of its sources once, to all at the same time.
///
/// # Examples
///
/// ```
/// use secret_source::{MemorySource, Router};
///
/// let router = Router::builder()
///     .scheme("infisical", MemorySource::new())
///     .tenant("infisical", "acme", MemorySource::new())
///     .scheme("vault", MemorySource::new())
///     .build();
/// # let _ = router;
/// ```
#[derive(Debug)]
pub struct Router<S: ?Sized = dyn SecretSource> {
    routes: Routes<S>,
}

/// Collects the routes of a [`Router`].
#[derive(Debug)]
#[must_use]
pub struct RouterBuilder<S: ?Sized = dyn SecretSource> {
    routes: Routes<S>,
}

impl Router {
    /// Begins a router of sources, without routes.
    pub fn builder() -> RouterBuilder {
        RouterBuilder {
            routes: Routes::default(),
        }
    }
}

impl Router<dyn SecretStore> {
    /// Begins a router of stores, without routes.
    pub fn of_stores() -> RouterBuilder<dyn SecretStore> {
        RouterBuilder {
            routes: Routes::default(),
        }
    }
}

impl<S: ?Sized> RouterBuilder<S> {
    /// Finishes the router.
    pub fn build(self) -> Router<S> {
        Router {
            routes: self.routes,
        }
    }
}

impl RouterBuilder {
    /// Registers the source of a scheme, whose case does not matter; the last registration counts.
    pub fn scheme(mut self, scheme: &str, source: impl SecretSource) -> Self {
        self.routes.set(scheme, None, source.shared());
        self
    }

    /// Registers the source of one tenant of a scheme; the last registration counts.
    pub fn tenant(mut self, scheme: &str, project: &str, source: impl SecretSource) -> Self {
        self.routes.set(scheme, Some(project), source.shared());
        self
    }
}

impl RouterBuilder<dyn SecretStore> {
    /// Registers the store of a scheme, whose case does not matter; the last registration counts.
    pub fn scheme(mut self, scheme: &str, store: impl SecretStore) -> Self {
        self.routes.set(scheme, None, Arc::new(store));
        self
    }

    /// Registers the store of one tenant of a scheme; the last registration counts.
    pub fn tenant(mut self, scheme: &str, project: &str, store: impl SecretStore) -> Self {
        self.routes.set(scheme, Some(project), Arc::new(store));
        self
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource + ?Sized> SecretSource for Router<S> {
    fn origin(&self) -> Origin {
        Origin::new("router").with("routes", self.routes.to_string())
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.routes.of(address).ok()?.peek(address)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.routes.of(address)?.get(address).await
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let (batches, refused) = self.routes.split(addresses, |address| address);
        let asked = batches
            .iter()
            .map(|batch| batch.source.get_many(&batch.items));
        let answers = join_all(asked).await;
        routes::in_order(addresses.iter(), &batches, answers, refused)
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let (batches, refused) = self.routes.split(addresses, |address| address);
        let asked = batches
            .iter()
            .map(|batch| batch.source.refresh_many(&batch.items));
        let answers = join_all(asked).await;
        routes::in_order(addresses.iter(), &batches, answers, refused)
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let source = self.routes.find(folder.scheme(), folder.project())?;
        source.list(folder).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let source = self.routes.find(folder.scheme(), folder.project())?;
        source.list_recursive(folder).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretStore + ?Sized> SecretStore for Router<S> {
    async fn put(
        &self,
        address: &SecretAddress,
        value: &SecretString,
        options: PutOptions,
    ) -> Result<Written, SecretError> {
        self.routes.of(address)?.put(address, value, options).await
    }

    async fn put_many(
        &self,
        entries: &[Entry],
        options: PutOptions,
    ) -> Vec<Result<Written, SecretError>> {
        let (batches, refused) = self.routes.split(entries, Entry::address);
        let written = batches
            .iter()
            .map(|batch| batch.source.put_many(&batch.items, options));
        let outcomes = join_all(written).await;
        routes::in_order(
            entries.iter().map(Entry::address),
            &batches,
            outcomes,
            refused,
        )
    }

    async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError> {
        self.routes.of(address)?.delete(address).await
    }

    async fn delete_many(&self, addresses: &[SecretAddress]) -> Vec<Result<(), SecretError>> {
        let (batches, refused) = self.routes.split(addresses, |address| address);
        let deleted = batches
            .iter()
            .map(|batch| batch.source.delete_many(&batch.items));
        let outcomes = join_all(deleted).await;
        routes::in_order(addresses.iter(), &batches, outcomes, refused)
    }
}
