//! [`SourceExt`]: how callers look up, and how sources are composed.

use std::future::Future;
use std::sync::Arc;

use crate::{Secret, SecretAddress, SecretError, SecretSource};

/// Adds what callers need to every [`SecretSource`].
///
/// Each decorator's crate adds its own method of composition in the same way, so that a stack reads
/// from the inside out: `source.with_breaker(..).cached(..).with_env(..)`.
pub trait SourceExt: SecretSource {
    /// Looks up one secret, without a task switch or an allocation where it is ready.
    fn lookup<'a>(
        &'a self,
        address: &'a SecretAddress,
    ) -> impl Future<Output = Result<Secret, SecretError>> + Send + 'a {
        async move {
            match self.peek(address) {
                Some(secret) => Ok(secret),
                None => self.get(address).await,
            }
        }
    }

    /// Looks up many secrets: those that are ready at once, the others as one batch.
    fn lookup_many<'a>(
        &'a self,
        addresses: &'a [SecretAddress],
    ) -> impl Future<Output = Vec<Result<Secret, SecretError>>> + Send + 'a {
        async move {
            let ready: Vec<_> = addresses.iter().map(|address| self.peek(address)).collect();
            let asked: Vec<_> = addresses
                .iter()
                .zip(&ready)
                .filter(|(_, ready)| ready.is_none())
                .map(|(address, _)| address.clone())
                .collect();
            if asked.is_empty() {
                return ready.into_iter().flatten().map(Ok).collect();
            }
            let mut fetched = self.get_many(&asked).await.into_iter();
            let answers = ready
                .into_iter()
                .zip(addresses)
                .map(|(ready, address)| match ready {
                    Some(secret) => Ok(secret),
                    None => fetched
                        .next()
                        .unwrap_or_else(|| Err(too_few_answers(address))),
                });
            answers.collect()
        }
    }

    /// Shares the source behind a pointer, as stacks and resolvers hold it.
    fn shared(self) -> Arc<dyn SecretSource>
    where
        Self: Sized,
    {
        Arc::new(self)
    }
}

impl<S: SecretSource + ?Sized> SourceExt for S {}

fn too_few_answers(address: &SecretAddress) -> SecretError {
    SecretError::protocol("the source answered fewer addresses than it was asked for")
        .with_address(address)
}
