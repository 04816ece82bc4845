//! [`StackStore`]: writing through a stack.

use std::sync::Arc;

use async_trait::async_trait;
use secret_source::{
    Entry, FolderAddress, Origin, PutOptions, Resolver, Router, Secret, SecretAddress, SecretError,
    SecretSource, SecretStore, SecretString, Written,
};

use crate::gate::Latch;
use crate::{INFISICAL, StackCache, parse};

/// Writes to the Infisical servers of a stack, and drops from the stack's cache what it wrote.
///
/// A tenant's secret is written to the tenant's server, as the tenant's identity.
///
/// It keeps the rules of the stack: its default project, the environments and folders it is limited to, and
/// its shutdown. Its own look-ups go to the server, past cache, circuit breaker and environment, so they see
/// what was written. Cached values that refer to a written secret, or come from a folder that imports it,
/// stay for as long as the cache keeps them.
///
/// # Examples
///
/// ```no_run
/// use keyfob::{PutOptions, SecretStore, Stack};
///
/// # async fn rotate(stack: Stack) -> Result<(), keyfob::SecretError> {
/// if let Some(store) = stack.store() {
///     let address = stack.address("infisical://prod/db/PASSWORD")?;
///     store.put(&address, &"correct horse".into(), PutOptions::upsert()).await?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StackStore {
    servers: Arc<Router<dyn SecretStore>>,
    cache: StackCache,
    latch: Latch,
    resolver: Resolver,
}

impl StackStore {
    pub(crate) fn new(
        servers: Router<dyn SecretStore>,
        cache: StackCache,
        latch: Latch,
        resolver: Resolver,
    ) -> Self {
        Self {
            servers: Arc::new(servers),
            cache,
            latch,
            resolver,
        }
    }

    /// Completes an address as the stack completes references, and refuses what the stack may not touch.
    fn allowed(&self, address: &SecretAddress) -> Result<SecretAddress, SecretError> {
        self.latch.check()?;
        if address.scheme() != INFISICAL {
            return Err(SecretError::unsupported(
                "a stack writes secrets of Infisical and of no other source",
            ));
        }
        // An address prints as the reference that means it.
        self.resolver
            .address(&parse::reference(&address.to_string())?)
    }

    /// A folder is within bounds where a secret in it is, whatever its name.
    fn allowed_folder(&self, folder: &FolderAddress) -> Result<FolderAddress, SecretError> {
        Ok(self.allowed(&folder.secret("KEY"))?.folder_address())
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretSource for StackStore {
    fn origin(&self) -> Origin {
        self.servers.origin()
    }

    fn peek(&self, _address: &SecretAddress) -> Option<Secret> {
        None
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let allowed = self.allowed(address);
        let answer = match allowed {
            Ok(allowed) => self.servers.get(&allowed).await,
            Err(error) => Err(error),
        };
        answer.map_err(|error| error.with_address(address))
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let allowed: Vec<_> = addresses
            .iter()
            .map(|address| self.allowed(address))
            .collect();
        let asked: Vec<_> = allowed.iter().flatten().cloned().collect();
        let answers = self.servers.get_many(&asked).await;
        in_place(addresses, allowed, answers)
    }

    /// Servers keep nothing that a look-up would be answered from.
    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.get_many(addresses).await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.servers.list(&self.allowed_folder(folder)?).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let allowed = self.allowed_folder(folder)?;
        self.servers.list_recursive(&allowed).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretStore for StackStore {
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
        let addresses: Vec<_> = entries
            .iter()
            .map(|entry| entry.address().clone())
            .collect();
        let allowed: Vec<_> = addresses
            .iter()
            .map(|address| self.allowed(address))
            .collect();
        let asked: Vec<_> = entries
            .iter()
            .zip(&allowed)
            .filter_map(|(entry, allowed)| Some((entry, allowed.as_ref().ok()?)))
            .map(|(entry, allowed)| Entry::new(allowed.clone(), entry.value().clone()))
            .collect();
        let _forgetting = Forgetting::new(self, &allowed);
        let outcomes = self.servers.put_many(&asked, options).await;
        in_place(&addresses, allowed, outcomes)
    }

    async fn delete(&self, address: &SecretAddress) -> Result<(), SecretError> {
        let mut outcomes = self.delete_many(std::slice::from_ref(address)).await;
        outcomes
            .pop()
            .unwrap_or_else(|| Err(SecretError::protocol("the deletion had no outcome")))
    }

    async fn delete_many(&self, addresses: &[SecretAddress]) -> Vec<Result<(), SecretError>> {
        let allowed: Vec<_> = addresses
            .iter()
            .map(|address| self.allowed(address))
            .collect();
        let asked: Vec<_> = allowed.iter().flatten().cloned().collect();
        let _forgetting = Forgetting::new(self, &allowed);
        let outcomes = self.servers.delete_many(&asked).await;
        in_place(addresses, allowed, outcomes)
    }
}

/// Empties the cache of some secrets when a write of them is over, however it ended.
///
/// A write that failed, or whose future was dropped, may have been carried out all the same.
struct Forgetting<'a> {
    store: &'a StackStore,
    addresses: Vec<SecretAddress>,
}

impl<'a> Forgetting<'a> {
    fn new(store: &'a StackStore, allowed: &[Result<SecretAddress, SecretError>]) -> Self {
        Self {
            store,
            addresses: allowed.iter().flatten().cloned().collect(),
        }
    }
}

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        for address in &self.addresses {
            self.store.cache.forget(address);
        }
    }
}

/// Puts answers to what was allowed in their places among what was asked.
fn in_place<T>(
    addresses: &[SecretAddress],
    allowed: Vec<Result<SecretAddress, SecretError>>,
    answers: Vec<Result<T, SecretError>>,
) -> Vec<Result<T, SecretError>> {
    let mut answers = answers.into_iter();
    let unanswered = || Err(SecretError::protocol("no answer was given"));
    let answer = |(address, allowed): (&SecretAddress, Result<SecretAddress, SecretError>)| {
        allowed
            .and_then(|_| answers.next().unwrap_or_else(unanswered))
            .map_err(|error| error.with_address(address))
    };
    addresses.iter().zip(allowed).map(answer).collect()
}
