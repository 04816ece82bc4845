//! [`BlockingResolver`]: a resolver for synchronous callers and foreign executors.

use std::borrow::Borrow;
use std::future::Future;

use secret_ref::SecretRef;

use crate::{Driver, DriverError, Resolver, Secret, SecretError};

/// Answers references from any thread, inside any runtime or none, and for foreign executors.
///
/// Its resolver's source must be used through this driver only, from the first request on.
#[derive(Clone, Debug)]
pub struct BlockingResolver {
    driver: Driver,
    resolver: Resolver,
}

impl BlockingResolver {
    /// Puts `resolver` onto `driver`.
    pub fn new(driver: Driver, resolver: Resolver) -> Self {
        Self { driver, resolver }
    }

    /// Returns the resolver, whose futures must be run by [`run`](Self::run) or [`block_on`](Self::block_on).
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// Returns the same for references in a profile of the configuration; see [`Resolver::in_profile`].
    #[must_use]
    pub fn in_profile(&self, profile: &str) -> Self {
        Self {
            driver: self.driver.clone(),
            resolver: self.resolver.in_profile(profile),
        }
    }

    /// Answers one reference; see [`Resolver::answer`].
    ///
    /// # Errors
    ///
    /// Fails as [`Resolver::answer`] does, and on the driver's own thread.
    pub fn answer(&self, reference: &SecretRef) -> Result<Option<Secret>, SecretError> {
        let (resolver, reference) = (self.resolver.clone(), reference.clone());
        self.block_on(async move { resolver.answer(&reference).await })?
    }

    /// Answers many references with one batch; see [`Resolver::answer_many`].
    pub fn answer_many<R: Borrow<SecretRef>>(
        &self,
        references: &[R],
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        let (resolver, asked) = (self.resolver.clone(), owned(references));
        let answers = self.block_on(async move { resolver.answer_many(&asked).await });
        answers.unwrap_or_else(|error| references.iter().map(|_| Err(error.clone())).collect())
    }

    /// Answers many references from what the source says now; see [`Resolver::refresh_many`].
    pub fn refresh_many<R: Borrow<SecretRef>>(
        &self,
        references: &[R],
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        let (resolver, asked) = (self.resolver.clone(), owned(references));
        let answers = self.block_on(async move { resolver.refresh_many(&asked).await });
        answers.unwrap_or_else(|error| references.iter().map(|_| Err(error.clone())).collect())
    }

    /// Runs a future on the driver and blocks until it ends.
    ///
    /// # Errors
    ///
    /// Fails on the driver's own thread, and where the future panics.
    pub fn block_on<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, SecretError> {
        self.driver.block_on(future).map_err(refused)
    }

    /// Runs a future on the driver, to be awaited on any executor.
    ///
    /// # Errors
    ///
    /// Fails where the future panics or the driver ends first.
    pub fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Result<T, SecretError>> + Send + 'static {
        let running = self.driver.run(future);
        async move { running.await.map_err(refused) }
    }
}

impl AsRef<BlockingResolver> for BlockingResolver {
    fn as_ref(&self) -> &BlockingResolver {
        self
    }
}

fn owned<R: Borrow<SecretRef>>(references: &[R]) -> Vec<SecretRef> {
    let references = references.iter().map(Borrow::borrow);
    references.cloned().collect()
}

fn refused(error: DriverError) -> SecretError {
    match error {
        DriverError::Reentrant => SecretError::invalid("the look-up cannot block here")
            .with_hint("await it instead of blocking inside another one"),
        _ => SecretError::unavailable("the look-up did not end"),
    }
    .with_source(error)
}
