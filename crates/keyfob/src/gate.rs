//! [`Gate`]: closes a stack for good.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};

/// Passes everything on until it is shut, and refuses everything from then on.
///
/// # Order
///
/// Outermost: after a shutdown neither the cache nor the environment answers.
#[derive(Debug)]
pub(crate) struct Gate<S> {
    inner: S,
    latch: Latch,
}

/// Shuts the gate from outside; clones shut the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latch(Arc<AtomicBool>);

impl<S> Gate<S> {
    pub(crate) fn new(inner: S, latch: Latch) -> Self {
        Self { inner, latch }
    }
}

impl Latch {
    pub(crate) fn shut(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn is_shut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn check(&self) -> Result<(), SecretError> {
        if self.is_shut() {
            return Err(SecretError::invalid("the stack was shut down")
                .with_code("shut-down")
                .with_hint("make no look-ups after the shutdown, or build a new stack"));
        }
        Ok(())
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource> SecretSource for Gate<S> {
    /// The gate adds nothing that a reader of origins could use.
    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.latch
            .check()
            .ok()
            .and_then(|()| self.inner.peek(address))
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.latch
            .check()
            .map_err(|error| error.with_address(address))?;
        self.inner.get(address).await
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        match self.latch.check() {
            Ok(()) => self.inner.get_many(addresses).await,
            Err(error) => refused(addresses, &error),
        }
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        match self.latch.check() {
            Ok(()) => self.inner.refresh_many(addresses).await,
            Err(error) => refused(addresses, &error),
        }
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.latch.check()?;
        self.inner.list(folder).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.latch.check()?;
        self.inner.list_recursive(folder).await
    }
}

fn refused(addresses: &[SecretAddress], error: &SecretError) -> Vec<Result<Secret, SecretError>> {
    let refuse = |address| Err(error.clone().with_address(address));
    addresses.iter().map(refuse).collect()
}
