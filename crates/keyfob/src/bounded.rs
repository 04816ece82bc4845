//! [`Bounded`]: ends look-ups of a source that would take for ever.

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Gives up on a look-up after a while, as on a source that cannot be reached.
///
/// # Order
///
/// Innermost, around a source that an application registered: the layers around it then do what they do
/// for any outage. The client of Infisical bounds itself, and knows more about what took so long.
#[derive(Debug)]
pub(crate) struct Bounded<S> {
    inner: S,
    deadline: Duration,
}

impl<S: SecretSource> Bounded<S> {
    pub(crate) fn new(inner: S, deadline: Duration) -> Self {
        Self { inner, deadline }
    }

    /// Without a runtime there is no timer, and no bound.
    async fn within<T>(&self, look_up: impl Future<Output = T>) -> Result<T, SecretError> {
        if Handle::try_current().is_err() {
            return Ok(look_up.await);
        }
        timeout(self.deadline, look_up).await.map_err(|_| {
            let (name, deadline) = (self.inner.origin(), self.deadline);
            SecretError::unavailable(format!(
                "{} did not answer within {deadline:?}",
                name.name()
            ))
            .with_hint("check the source, or allow it more time (KEYFOB_LOOKUP_DEADLINE)")
        })
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource> SecretSource for Bounded<S> {
    /// A bound is nothing that a reader of origins could use.
    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.inner.peek(address)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let answer = self.within(self.inner.get(address)).await;
        answer.map_err(|error| error.with_address(address))?
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let answers = self.within(self.inner.get_many(addresses)).await;
        answers.unwrap_or_else(|error| late(addresses, &error))
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let answers = self.within(self.inner.refresh_many(addresses)).await;
        answers.unwrap_or_else(|error| late(addresses, &error))
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.within(self.inner.list(folder)).await?
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.within(self.inner.list_recursive(folder)).await?
    }
}

fn late(addresses: &[SecretAddress], error: &SecretError) -> Vec<Result<Secret, SecretError>> {
    let late = |address| Err(error.clone().with_address(address));
    addresses.iter().map(late).collect()
}
