//! [`Stack`]: everything between a reference and its value, composed.

use std::fmt;
use std::sync::Arc;

use futures_util::future::{join, join_all};
use infisical_http::Infisical;
use secret_source::{Missing, Resolver, Secret, SecretAddress, SecretError};

use crate::compose::Composition;
use crate::describe::Description;
use crate::parse;
use crate::{StackBuilder, StackCache, StackStore};

/// Answers references through the environment, a cache, a circuit breaker and Infisical.
///
/// Clones share everything. A stack belongs to the tokio runtime that first uses it, since that
/// runtime drives its connections; on another one, look-ups fail and say so. Use a
/// [`BlockingStack`](crate::BlockingStack) where there is no runtime, or more than one.
///
/// # Examples
///
/// ```
/// use keyfob::{ExposeSecret, testing};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let stack = testing::stack([("infisical://dev/shared/db/PASSWORD", "hunter2")])?;
/// let secret = stack.get("infisical://dev/shared/db/PASSWORD").await?;
/// assert_eq!(secret.value().expose_secret(), "hunter2");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Stack(Arc<Composition>);

impl Stack {
    /// Begins a stack whose settings the application gives; it reads no environment by itself.
    pub fn builder() -> StackBuilder {
        StackBuilder::default()
    }

    pub(crate) fn new(composition: Composition) -> Self {
        Self(Arc::new(composition))
    }

    /// Looks up the secret that a reference names, with its JSON pointer, encoding and default applied.
    ///
    /// # Errors
    ///
    /// Fails where the reference is malformed, the look-up fails, or an optional secret is missing.
    pub async fn get(&self, reference: &str) -> Result<Secret, SecretError> {
        let reference = parse::reference(reference)?;
        self.0
            .resolver
            .answer(&reference)
            .await?
            .ok_or_else(|| missing(&self.0.resolver, &reference))
    }

    /// Looks up many secrets as one batch, with one answer per reference in the order asked.
    pub async fn get_many(&self, references: &[&str]) -> Vec<Result<Secret, SecretError>> {
        let parsed: Vec<_> = references
            .iter()
            .map(|reference| parse::reference(reference))
            .collect();
        let asked: Vec<_> = parsed
            .iter()
            .filter_map(|parsed| parsed.as_ref().ok().cloned())
            .collect();
        let mut answers = self.0.resolver.answer_many(&asked).await.into_iter();
        let answer = |parsed: Result<_, SecretError>| {
            let reference = parsed?;
            let unanswered = || Err(SecretError::protocol("no answer was given"));
            answers
                .next()
                .unwrap_or_else(unanswered)?
                .ok_or_else(|| missing(&self.0.resolver, &reference))
        };
        parsed.into_iter().map(answer).collect()
    }

    /// Returns the secret if it is at hand: cached and fresh, or an environment override.
    ///
    /// `None` means "ask [`get`](Self::get)", never "absent".
    pub fn peek(&self, reference: &str) -> Option<Secret> {
        self.0.resolver.peek(&parse::reference(reference).ok()?)
    }

    /// Looks up a key in the default folder of the default environment.
    ///
    /// # Errors
    ///
    /// Fails as [`get`](Self::get) does, and where there is no default environment.
    pub async fn secret(&self, key: &str) -> Result<Secret, SecretError> {
        // An address prints as the reference that means it.
        self.get(&self.0.resolver.key(key)?.to_string()).await
    }

    /// Lists the secrets of a folder, such as `infisical://prod/shared/db/`, without its sub-folders.
    ///
    /// # Errors
    ///
    /// Fails where the reference is malformed or names no folder, and where the source cannot list.
    pub async fn list(&self, folder: &str) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.0.resolver.list(&parse::folder(folder)?).await
    }

    /// Lists the secrets of a folder and of all folders beneath it; with Infisical, two requests for each folder.
    ///
    /// # Errors
    ///
    /// Fails as [`list`](Self::list) does, for whatever cannot be read beneath the folder, too.
    pub async fn list_recursive(
        &self,
        folder: &str,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let folder = parse::folder(folder)?;
        self.0.resolver.list_recursive(&folder).await
    }

    /// Fetches the secret anew whatever the cache holds, keeps the new value, and answers as
    /// [`get`](Self::get) does.
    ///
    /// A refused login is tried again, too. When the fetch fails the cache stays as it was, and neither a
    /// stale value nor the environment nor a default stands in. An override of the environment still
    /// comes before what was fetched.
    ///
    /// # Errors
    ///
    /// Fails where the fetch fails, and as [`get`](Self::get) does.
    pub async fn refresh(&self, reference: &str) -> Result<Secret, SecretError> {
        let parsed = parse::reference(reference)?;
        let address = self.0.resolver.address(&parsed)?;
        self.0.latch.check()?;
        if let Some(infisical) = self.0.client_of(&address) {
            infisical.forget_refusal();
        }
        let Some(fetched) = self.0.cache.refresh(&address).await? else {
            return self.get(reference).await;
        };
        // The stack may have been shut down meanwhile.
        self.0.latch.check()?;
        // To ask again would be another request where nothing is kept, which the environment might answer.
        let secret = self.0.override_of(&address).unwrap_or(Ok(fetched))?;
        self.0
            .resolver
            .apply(&parsed, secret)?
            .ok_or_else(|| missing(&self.0.resolver, &parsed))
    }

    /// Completes a reference to the address that it means in this stack, which is what a store writes to.
    ///
    /// # Errors
    ///
    /// Fails where the reference is malformed, or means what the stack may not touch.
    pub fn address(&self, reference: &str) -> Result<SecretAddress, SecretError> {
        self.0.resolver.address(&parse::reference(reference)?)
    }

    /// Returns what writes to the servers of the stack and its tenants; `None` where Infisical is not
    /// configured.
    pub fn store(&self) -> Option<StackStore> {
        let servers = self.0.servers()?;
        let (cache, latch) = (self.0.cache.clone(), self.0.latch.clone());
        let resolver = self.0.resolver.clone();
        Some(StackStore::new(servers, cache, latch, resolver))
    }

    /// Returns the cache, to invalidate entries or read its statistics.
    pub fn cache(&self) -> &StackCache {
        &self.0.cache
    }

    /// Describes the stack without a value: layers, settings and where each came from, state, counts.
    pub fn describe(&self) -> Description {
        self.0.describe()
    }

    /// Ends the stack and its clones: look-ups get an error of their own from then on, and nothing is kept.
    ///
    /// It saves the snapshot, which takes 5 s at most, and beside that revokes the tokens of the stack and its
    /// tenants, with best effort and within the time-out of one request. Then it ends background refreshes,
    /// empties the caches and closes the circuit breakers; it does so, too, where its caller gives up on it. A
    /// look-up under way may still be answered, and is not cached.
    pub async fn shutdown(&self) {
        self.0.latch.shut();
        let _emptying = Emptying(&self.0);
        // The snapshot is closed before the caches are emptied, so that this does not empty it.
        let saving = self.0.cache.close_snapshots();
        join(saving, join_all(self.0.clients().map(revoke))).await;
    }

    /// Returns the resolver, which is what resolving a figment needs.
    pub fn resolver(&self) -> &Resolver {
        &self.0.resolver
    }
}

impl AsRef<Resolver> for Stack {
    fn as_ref(&self) -> &Resolver {
        self.resolver()
    }
}

impl fmt::Debug for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stack").field(&self.describe()).finish()
    }
}

/// Leaves nothing in memory when it is dropped.
struct Emptying<'a>(&'a Composition);

impl Drop for Emptying<'_> {
    fn drop(&mut self) {
        self.0.cache.close();
        for breaker in self.0.breakers() {
            breaker.reset();
        }
    }
}

async fn revoke(client: &Infisical) {
    if let Err(error) = client.close().await {
        let (host, kind) = (client.host(), error.kind().as_str());
        tracing::warn!(
            host,
            kind,
            "the token could not be revoked, and stays valid until it expires"
        );
    }
}

fn missing(resolver: &Resolver, reference: &secret_ref::SecretRef) -> SecretError {
    let error = SecretError::not_found(Missing::Unknown);
    match resolver.address(reference) {
        Ok(address) => error.with_address(&address),
        Err(_) => error,
    }
}
