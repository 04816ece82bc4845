//! [`Recipe`]: how a configuration is made, and what is required of it.

use std::panic::AssertUnwindSafe;

use figment::Figment;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secret_source::Resolver;
use serde::de::DeserializeOwned;

use super::contents::Contents;
use super::error::{WatchError, caught};
use super::verdict::{Validation, judged};
use crate::resolve::resolve_anew;
use crate::{ResolveError, ResolveSecrets, Resolved};

/// Makes the layers of a configuration anew, each time it is called.
pub(super) type Layers =
    Box<dyn Fn() -> BoxFuture<'static, Result<Figment, ResolveError>> + Send + Sync>;

/// Says how a configuration is made, and what is required of it.
pub(super) struct Recipe<T> {
    pub(super) layers: Layers,
    pub(super) validation: Option<Validation<T>>,
}

/// Is a configuration that was found to be good.
pub(super) struct Loaded<T> {
    pub(super) config: T,
    pub(super) contents: Contents,
}

impl<T: DeserializeOwned + Send + Sync + 'static> Recipe<T> {
    /// Makes the first configuration, as any start does: from the cache, and with what stands in for a source.
    pub(super) async fn first(&self, resolver: &Resolver) -> Result<Loaded<T>, WatchError> {
        let figment = self.layers().await?;
        let resolved = unpanicked(figment.resolve_secrets(resolver)).await??;
        let contents = contents(&resolved)?;
        let config = judged(&resolved, self.validation.as_ref())?;
        Ok(Loaded { config, contents })
    }

    /// Makes the configuration anew from what the source says now; `None` where it is what it was.
    pub(super) async fn next(
        &self,
        resolver: &Resolver,
        last: &Contents,
    ) -> Result<Option<Loaded<T>>, WatchError> {
        let figment = self.layers().await?;
        let resolved = unpanicked(resolve_anew(figment, resolver)).await??;
        let contents = contents(&resolved)?;
        if contents.differing(last).is_empty() {
            return Ok(None);
        }
        let config = judged(&resolved, self.validation.as_ref())?;
        Ok(Some(Loaded { config, contents }))
    }

    async fn layers(&self) -> Result<Figment, WatchError> {
        let making = caught("assembled", || (self.layers)())?;
        let made = AssertUnwindSafe(making).catch_unwind().await;
        Ok(made.map_err(|_| WatchError::panicked("assembled"))??)
    }
}

/// Fails where a source panics.
async fn unpanicked<R>(resolving: impl Future<Output = R>) -> Result<R, WatchError> {
    let resolved = AssertUnwindSafe(resolving).catch_unwind().await;
    resolved.map_err(|_| WatchError::panicked("resolved"))
}

fn contents(resolved: &Resolved) -> Result<Contents, WatchError> {
    Contents::of(resolved).map_err(|error| WatchError::from(ResolveError::from(error)))
}
