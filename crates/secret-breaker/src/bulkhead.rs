//! [`Bulkhead`]: lets a bounded number of calls wait for a source.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};

/// Refuses calls while too many are under way already, so that a slow source fills no memory.
///
/// A refused call fails at once as [`Unavailable`](secret_source::ErrorKind::Unavailable), with a hint. A batch
/// is one call.
///
/// # Order
///
/// Around the circuit breaker, which would take the refusals for failures of the source; inside the cache,
/// which serves stale values instead, and lets callers of one secret share one call.
///
/// # Examples
///
/// ```
/// use secret_breaker::Bulkhead;
/// use secret_source::{MemorySource, SecretSource};
///
/// let source = Bulkhead::new(MemorySource::new(), 1_000);
/// assert_eq!(source.origin().to_string(), "memory");
/// ```
#[derive(Debug)]
pub struct Bulkhead<S> {
    inner: S,
    calls: AtomicUsize,
    most: usize,
}

/// Counts a call out when it ends, also where it was given up.
struct Call<'a>(&'a AtomicUsize);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl<S: SecretSource> Bulkhead<S> {
    /// Lets at most `most` calls of `inner` be under way at a time.
    pub fn new(inner: S, most: usize) -> Self {
        Self {
            inner,
            calls: AtomicUsize::new(0),
            most,
        }
    }

    fn enter(&self) -> Result<Call<'_>, SecretError> {
        let before = self.calls.fetch_add(1, Ordering::Relaxed);
        // Made first, so that a refused call is counted out as well.
        let call = Call(&self.calls);
        if before < self.most {
            return Ok(call);
        }
        Err(SecretError::unavailable(format!(
            "{} look-ups wait for {} already, so this one was not made",
            self.most,
            self.inner.origin()
        ))
        .with_code("too-many-lookups")
        .with_hint("ask for many secrets as one batch, or find out why the source is slow"))
    }

    async fn batch(
        &self,
        addresses: &[SecretAddress],
        call: impl Future<Output = Vec<Result<Secret, SecretError>>> + Send,
    ) -> Vec<Result<Secret, SecretError>> {
        match self.enter() {
            Ok(_call) => call.await,
            Err(error) => {
                let refuse = |address| Err(error.clone().with_address(address));
                addresses.iter().map(refuse).collect()
            }
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource> SecretSource for Bulkhead<S> {
    /// A bound is nothing that a reader of origins could use.
    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.inner.peek(address)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let _call = self.enter().map_err(|error| error.with_address(address))?;
        self.inner.get(address).await
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.batch(addresses, self.inner.get_many(addresses)).await
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.batch(addresses, self.inner.refresh_many(addresses))
            .await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let _call = self.enter()?;
        self.inner.list(folder).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let _call = self.enter()?;
        self.inner.list_recursive(folder).await
    }
}
