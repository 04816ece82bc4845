//! [`BlockingStack`]: a stack for synchronous callers and foreign executors.

use std::future::Future;

use secret_source::{BlockingResolver, Driver, Secret, SecretAddress, SecretError};

use crate::describe::Description;
use crate::{Stack, StackBuilder, StackCache};

/// Answers references from any thread, inside any runtime or none, and for foreign executors.
///
/// It owns one thread with a runtime of its own, where all its requests are made, so nothing that the
/// caller's thread does or blocks can make a request hang. A synchronous look-up blocks the calling
/// thread: inside an async function await [`run`](Self::run) instead. Clones share everything; the
/// thread ends with the last one.
///
/// # Examples
///
/// ```
/// use keyfob::{ExposeSecret, testing};
///
/// let stack = testing::blocking_stack([("infisical://dev/shared/db/PASSWORD", "hunter2")])?;
/// let secret = stack.get("infisical://dev/shared/db/PASSWORD")?;
/// assert_eq!(secret.value().expose_secret(), "hunter2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct BlockingStack {
    stack: Stack,
    blocking: BlockingResolver,
}

impl BlockingStack {
    /// Begins a stack whose settings the application gives; finish it with
    /// [`build_blocking`](StackBuilder::build_blocking).
    pub fn builder() -> StackBuilder {
        StackBuilder::default()
    }

    pub(crate) fn new(driver: Driver, stack: Stack) -> Self {
        let blocking = BlockingResolver::new(driver, stack.resolver().clone());
        Self { stack, blocking }
    }

    /// Looks up the secret that a reference names; see [`Stack::get`].
    ///
    /// # Errors
    ///
    /// Fails as [`Stack::get`] does, and where it would wait for its own thread.
    pub fn get(&self, reference: &str) -> Result<Secret, SecretError> {
        if let Some(ready) = self.stack.peek(reference) {
            return Ok(ready);
        }
        let reference = reference.to_owned();
        self.block_on(|stack| async move { stack.get(&reference).await })?
    }

    /// Looks up many secrets as one batch, with one answer per reference in the order asked.
    pub fn get_many(&self, references: &[&str]) -> Vec<Result<Secret, SecretError>> {
        let asked: Vec<String> = references
            .iter()
            .map(|reference| (*reference).to_owned())
            .collect();
        let answers = self.block_on(|stack| async move {
            let asked: Vec<_> = asked.iter().map(String::as_str).collect();
            stack.get_many(&asked).await
        });
        answers.unwrap_or_else(|error| references.iter().map(|_| Err(error.clone())).collect())
    }

    /// Returns the secret if it is at hand; see [`Stack::peek`].
    pub fn peek(&self, reference: &str) -> Option<Secret> {
        self.stack.peek(reference)
    }

    /// Looks up a key in the default folder of the default environment.
    ///
    /// # Errors
    ///
    /// Fails as [`Stack::secret`] does, and where it would wait for its own thread.
    pub fn secret(&self, key: &str) -> Result<Secret, SecretError> {
        let key = key.to_owned();
        self.block_on(|stack| async move { stack.secret(&key).await })?
    }

    /// Lists the secrets of a folder, without its sub-folders.
    ///
    /// # Errors
    ///
    /// Fails as [`Stack::list`] does, and where it would wait for its own thread.
    pub fn list(&self, folder: &str) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let folder = folder.to_owned();
        self.block_on(|stack| async move { stack.list(&folder).await })?
    }

    /// Lists the secrets of a folder and of all folders beneath it; see [`Stack::list_recursive`].
    ///
    /// # Errors
    ///
    /// Fails as [`Stack::list_recursive`] does, and where it would wait for its own thread.
    pub fn list_recursive(
        &self,
        folder: &str,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let folder = folder.to_owned();
        self.block_on(|stack| async move { stack.list_recursive(&folder).await })?
    }

    /// Fetches the secret anew whatever the cache holds; see [`Stack::refresh`].
    ///
    /// # Errors
    ///
    /// Fails as [`Stack::refresh`] does, and where it would wait for its own thread.
    pub fn refresh(&self, reference: &str) -> Result<Secret, SecretError> {
        let reference = reference.to_owned();
        self.block_on(|stack| async move { stack.refresh(&reference).await })?
    }

    /// Returns the cache, to invalidate entries or read its statistics.
    pub fn cache(&self) -> &StackCache {
        self.stack.cache()
    }

    /// Describes the stack without a value.
    pub fn describe(&self) -> Description {
        self.stack.describe()
    }

    /// Saves the snapshot, revokes the tokens, empties the caches, and refuses every look-up from then on; see
    /// [`Stack::shutdown`], which says how long that takes.
    ///
    /// # Errors
    ///
    /// Fails where it would wait for its own thread.
    pub fn shutdown(&self) -> Result<(), SecretError> {
        self.block_on(|stack| async move { stack.shutdown().await })
    }

    /// Runs asynchronous work with the stack on its thread, to be awaited on any executor.
    ///
    /// # Errors
    ///
    /// Fails where the work panics.
    ///
    /// # Examples
    ///
    /// ```
    /// # let stack = keyfob::testing::blocking_stack([("infisical://dev/KEY", "value")])?;
    /// # futures_executor::block_on(async {
    /// let secret = stack.run(|stack| async move { stack.get("infisical://dev/KEY").await }).await??;
    /// # let _ = secret;
    /// # Ok::<(), keyfob::SecretError>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run<T, F>(
        &self,
        work: impl FnOnce(Stack) -> F,
    ) -> impl Future<Output = Result<T, SecretError>> + Send + 'static
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.blocking.run(work(self.stack.clone()))
    }

    /// Runs asynchronous work with the stack on its thread and blocks until it ends.
    ///
    /// # Errors
    ///
    /// Fails on the stack's own thread, and where the work panics.
    pub fn block_on<T, F>(&self, work: impl FnOnce(Stack) -> F) -> Result<T, SecretError>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        self.blocking.block_on(work(self.stack.clone()))
    }

    /// Returns the resolver, which is what resolving a figment synchronously needs.
    pub fn resolver(&self) -> &BlockingResolver {
        &self.blocking
    }
}

impl AsRef<BlockingResolver> for BlockingStack {
    fn as_ref(&self) -> &BlockingResolver {
        &self.blocking
    }
}
