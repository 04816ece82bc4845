//! [`Router`]: chooses the source by scheme, or by scheme and tenant.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::join_all;

use crate::{
    FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource, SourceExt, suggest,
};

/// Sends each address to the source that is registered for its scheme, or for its scheme and project.
///
/// A project that is registered as a tenant has a source of its own: its cache, its login and its
/// circuit breaker are never those of another tenant. Everything else of a scheme goes to the
/// scheme's source.
///
/// # Order
///
/// Outermost, above whole stacks. A batch goes to each of its sources once, to all at the same time.
///
/// # Examples
///
/// ```
/// use secret_source::{MemorySource, Router};
///
/// let router = Router::builder()
///     .scheme("infisical", MemorySource::new())
///     .tenant("infisical", "acme", MemorySource::new())
///     .scheme("vault", MemorySource::new())
///     .build();
/// # let _ = router;
/// ```
#[derive(Debug)]
pub struct Router {
    // A handful, so that looking through them beats hashing; and nothing is allocated to compare.
    routes: Vec<Route>,
}

/// Collects the routes of a [`Router`].
#[derive(Debug, Default)]
#[must_use]
pub struct RouterBuilder {
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    scheme: String,
    tenant: Option<String>,
    source: Arc<dyn SecretSource>,
}

impl RouterBuilder {
    /// Registers the source of a scheme, whose case does not matter; the last registration counts.
    pub fn scheme(self, scheme: &str, source: impl SecretSource) -> Self {
        self.route(scheme, None, source)
    }

    /// Registers the source of one tenant of a scheme; the last registration counts.
    pub fn tenant(self, scheme: &str, project: &str, source: impl SecretSource) -> Self {
        self.route(scheme, Some(project), source)
    }

    /// Finishes the router.
    pub fn build(self) -> Router {
        Router {
            routes: self.routes,
        }
    }

    fn route(mut self, scheme: &str, tenant: Option<&str>, source: impl SecretSource) -> Self {
        let scheme = scheme.to_ascii_lowercase();
        self.routes
            .retain(|route| (route.scheme.as_str(), route.tenant.as_deref()) != (&scheme, tenant));
        self.routes.push(Route {
            scheme,
            tenant: tenant.map(str::to_owned),
            source: source.shared(),
        });
        self
    }
}

impl Router {
    /// Begins a router without routes.
    pub fn builder() -> RouterBuilder {
        RouterBuilder::default()
    }

    fn route(
        &self,
        scheme: &str,
        project: Option<&str>,
    ) -> Result<&Arc<dyn SecretSource>, SecretError> {
        let routes = self.routes.iter().filter(|route| route.scheme == scheme);
        let of_tenant = routes
            .clone()
            .find(|route| route.tenant.is_some() && route.tenant.as_deref() == project);
        let found = of_tenant.or_else(|| routes.clone().find(|route| route.tenant.is_none()));
        found.map(|route| &route.source).ok_or_else(|| {
            let error = SecretError::invalid(format!("no source is registered for `{scheme}://`"));
            match suggest(
                scheme,
                self.routes.iter().map(|route| route.scheme.as_str()),
            ) {
                Some(near) => error.with_hint(format!("did you mean `{near}://`?")),
                None => error.with_hint("register a source for this scheme"),
            }
        })
    }

    fn source_of(&self, address: &SecretAddress) -> Result<&Arc<dyn SecretSource>, SecretError> {
        self.route(address.scheme(), address.project())
            .map_err(|error| error.with_address(address))
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretSource for Router {
    fn origin(&self) -> Origin {
        let schemes = self
            .routes
            .iter()
            .map(|Route { scheme, tenant, .. }| match tenant {
                Some(tenant) => format!("{scheme}://{tenant}@"),
                None => format!("{scheme}://"),
            });
        Origin::new("router").with("routes", schemes.collect::<Vec<_>>().join(" "))
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.source_of(address).ok()?.peek(address)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.source_of(address)?.get(address).await
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let mut answers: Vec<Option<Result<Secret, SecretError>>> = vec![None; addresses.len()];
        let mut batches: Vec<Batch<'_>> = Vec::new();
        for (index, address) in addresses.iter().enumerate() {
            match self.source_of(address) {
                Ok(source) => batch_for(&mut batches, source).push(index, address),
                Err(error) => answers[index] = Some(Err(error)),
            }
        }
        let fetched = join_all(
            batches
                .iter()
                .map(|batch| batch.source.get_many(&batch.addresses)),
        )
        .await;
        for (batch, fetched) in batches.iter().zip(fetched) {
            for (index, answer) in batch.indices.iter().zip(fetched) {
                answers[*index] = Some(answer);
            }
        }
        let unanswered = |address| {
            SecretError::protocol("the source left this unanswered").with_address(address)
        };
        let answers = answers.into_iter().zip(addresses);
        answers
            .map(|(answer, address)| answer.unwrap_or_else(|| Err(unanswered(address))))
            .collect()
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.route(folder.scheme(), folder.project())?
            .list(folder)
            .await
    }
}

/// The part of a batch that goes to one source.
struct Batch<'a> {
    source: &'a Arc<dyn SecretSource>,
    indices: Vec<usize>,
    addresses: Vec<SecretAddress>,
}

impl Batch<'_> {
    fn push(&mut self, index: usize, address: &SecretAddress) {
        self.indices.push(index);
        self.addresses.push(address.clone());
    }
}

fn batch_for<'b, 'a>(
    batches: &'b mut Vec<Batch<'a>>,
    source: &'a Arc<dyn SecretSource>,
) -> &'b mut Batch<'a> {
    let index = batches
        .iter()
        .position(|batch| Arc::ptr_eq(batch.source, source))
        .unwrap_or_else(|| {
            batches.push(Batch {
                source,
                indices: Vec::new(),
                addresses: Vec::new(),
            });
            batches.len() - 1
        });
    &mut batches[index]
}
