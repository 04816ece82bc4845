//! [`CircuitBreaker`]: leaves a source alone that fails again and again.

use std::future::Future;

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};
use tracing::{info, warn};

use crate::circuit::{Change, Circuit, Permit, Refusal};
use crate::{BreakerConfig, BreakerHandle};

/// Leaves a source alone for a while after it failed a few times in a row.
///
/// Only failures that say "not now" count:
/// [`Unavailable`](secret_source::ErrorKind::Unavailable) and
/// [`RateLimited`](secret_source::ErrorKind::RateLimited). Every other answer, a missing secret or a
/// refused login included, shows that the source is alive. A call is one outcome, whatever it asks
/// for: a batch has failed where each of its answers is such a failure.
///
/// While the circuit is open, calls fail at once as `Unavailable`. Their
/// [`retry_after`](SecretError::retry_after) is the time to the next probe, or one second while a
/// probe is under way, and their [`source`](std::error::Error::source) is the failure that opened the
/// circuit.
///
/// # Order
///
/// Directly around the source that may fail, inside the cache: hits never meet the breaker, and an
/// open circuit is one of the failures for which the cache serves stale values. Retries belong
/// inside, so that a call counts once however often it was tried.
///
/// # Examples
///
/// ```
/// use secret_breaker::{BreakerConfig, CircuitBreaker};
/// use secret_source::{MemorySource, SecretSource};
///
/// let source = CircuitBreaker::new(MemorySource::new(), BreakerConfig::new());
/// assert_eq!(source.origin().to_string(), "circuit breaker over memory");
/// ```
#[derive(Debug)]
pub struct CircuitBreaker<S> {
    inner: S,
    handle: BreakerHandle,
}

/// Adds [`with_breaker`](Self::with_breaker) to every source.
pub trait BreakerExt: SecretSource + Sized {
    /// Wraps the source in a circuit breaker.
    fn with_breaker(self, config: BreakerConfig) -> CircuitBreaker<Self> {
        CircuitBreaker::new(self, config)
    }
}

impl<S: SecretSource> BreakerExt for S {}

impl<S: SecretSource> CircuitBreaker<S> {
    /// Wraps `inner`, with the circuit closed.
    pub fn new(inner: S, config: BreakerConfig) -> Self {
        let handle = BreakerHandle::new(Circuit::new(config));
        Self { inner, handle }
    }

    /// Returns a handle that stays good when the breaker disappears inside a stack.
    pub fn handle(&self) -> BreakerHandle {
        self.handle.clone()
    }

    fn admit(&self) -> Result<Permit, SecretError> {
        self.handle
            .circuit
            .admit(self.handle.now())
            .map_err(refused)
    }

    async fn listed(&self, list: impl Future<Output = Listed>) -> Listed {
        let permit = self.admit()?;
        let answer = list.await;
        self.settle(permit, answer.as_ref().err().filter(counts));
        answer
    }

    /// Makes one call for a batch, if the circuit lets it through.
    async fn batch(
        &self,
        addresses: &[SecretAddress],
        call: impl Future<Output = Vec<Result<Secret, SecretError>>> + Send,
    ) -> Vec<Result<Secret, SecretError>> {
        if addresses.is_empty() {
            return Vec::new();
        }
        let permit = match self.admit() {
            Ok(permit) => permit,
            Err(error) => {
                let refuse = |address| Err(error.clone().with_address(address));
                return addresses.iter().map(refuse).collect();
            }
        };
        let answers = call.await;
        self.settle(permit, failure_of(&answers));
        answers
    }

    fn settle(&self, permit: Permit, failure: Option<&SecretError>) {
        let change = permit.settle(failure, self.handle.now());
        let source = self.inner.origin();
        match (change, failure) {
            (Change::Opened(open), Some(failure)) => warn!(
                source = source.name(),
                kind = failure.kind().as_str(),
                open_seconds = open.as_secs(),
                "the circuit breaker opens",
            ),
            (Change::Closed, _) => {
                info!(source = source.name(), "the circuit breaker closes");
            }
            _ => {}
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl<S: SecretSource> SecretSource for CircuitBreaker<S> {
    fn origin(&self) -> Origin {
        Origin::over("circuit breaker", &self.inner.origin())
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.inner.peek(address)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let permit = self.admit().map_err(|error| error.with_address(address))?;
        let answer = self.inner.get(address).await;
        self.settle(permit, answer.as_ref().err().filter(counts));
        answer
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
        self.listed(self.inner.list(folder)).await
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.listed(self.inner.list_recursive(folder)).await
    }
}

type Listed = Result<Vec<(SecretAddress, Secret)>, SecretError>;

fn counts(error: &&SecretError) -> bool {
    error.kind().is_transient()
}

/// Returns the failure of a whole batch, if it failed: of its errors, the one that asks to wait longest.
fn failure_of(answers: &[Result<Secret, SecretError>]) -> Option<&SecretError> {
    let failures = answers
        .iter()
        .map(|answer| answer.as_ref().err().filter(counts));
    let failures: Vec<_> = failures.collect::<Option<_>>()?;
    failures
        .into_iter()
        .max_by_key(|failure| failure.retry_after())
}

fn refused(refusal: Refusal) -> SecretError {
    let seconds = refusal.wait.as_secs_f64().ceil();
    SecretError::unavailable("the circuit breaker is open, so the source was not asked")
        .with_code("circuit-open")
        .with_hint(format!(
            "the source failed repeatedly and is tried again in {seconds} s; find out why it fails"
        ))
        .with_retry_after(refusal.wait)
        .with_source(refusal.cause)
}
