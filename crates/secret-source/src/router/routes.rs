//! Where each address goes, and batches split by it.

use std::fmt;
use std::sync::Arc;

use crate::{SecretAddress, SecretError, suggest};

/// Holds what answers each scheme and each tenant.
#[derive(Debug)]
pub(super) struct Routes<S: ?Sized> {
    // A handful, so that looking through them beats hashing; and nothing is allocated to compare.
    routes: Vec<Route<S>>,
}

#[derive(Debug)]
struct Route<S: ?Sized> {
    scheme: String,
    tenant: Option<String>,
    source: Arc<S>,
}

/// The part of a batch that goes to one source.
pub(super) struct Batch<'a, S: ?Sized, T> {
    pub(super) source: &'a Arc<S>,
    pub(super) items: Vec<T>,
    indices: Vec<usize>,
}

/// What has no route, with its place in the batch.
pub(super) type Refused = Vec<(usize, SecretError)>;

impl<S: ?Sized> Default for Routes<S> {
    fn default() -> Self {
        Self { routes: Vec::new() }
    }
}

impl<S: ?Sized> Routes<S> {
    /// Registers a source; the last registration counts.
    pub(super) fn set(&mut self, scheme: &str, tenant: Option<&str>, source: Arc<S>) {
        let scheme = scheme.to_ascii_lowercase();
        self.routes
            .retain(|route| (route.scheme.as_str(), route.tenant.as_deref()) != (&scheme, tenant));
        self.routes.push(Route {
            scheme,
            tenant: tenant.map(str::to_owned),
            source,
        });
    }

    /// Finds the source of a scheme's tenant, else that of the scheme.
    pub(super) fn find(&self, scheme: &str, project: Option<&str>) -> Result<&Arc<S>, SecretError> {
        let routes = self.routes.iter().filter(|route| route.scheme == scheme);
        let of_tenant = routes
            .clone()
            .find(|route| route.tenant.is_some() && route.tenant.as_deref() == project);
        let found = of_tenant.or_else(|| routes.clone().find(|route| route.tenant.is_none()));
        found
            .map(|route| &route.source)
            .ok_or_else(|| self.unknown(scheme))
    }

    /// Finds the source of an address.
    pub(super) fn of(&self, address: &SecretAddress) -> Result<&Arc<S>, SecretError> {
        self.find(address.scheme(), address.project())
            .map_err(|error| error.with_address(address))
    }

    /// Splits a batch into one for each source that it concerns.
    pub(super) fn split<T: Clone>(
        &self,
        items: &[T],
        address: impl Fn(&T) -> &SecretAddress,
    ) -> (Vec<Batch<'_, S, T>>, Refused) {
        let mut batches: Vec<Batch<'_, S, T>> = Vec::new();
        let mut refused = Refused::new();
        for (index, item) in items.iter().enumerate() {
            let source = match self.of(address(item)) {
                Ok(source) => source,
                Err(error) => {
                    refused.push((index, error));
                    continue;
                }
            };
            let known = batches
                .iter_mut()
                .find(|batch| Arc::ptr_eq(batch.source, source));
            match known {
                Some(batch) => batch.push(index, item),
                None => {
                    let mut batch = Batch::of(source);
                    batch.push(index, item);
                    batches.push(batch);
                }
            }
        }
        (batches, refused)
    }

    fn unknown(&self, scheme: &str) -> SecretError {
        if self.routes.iter().any(|route| route.scheme == scheme) {
            let message = format!("only tenants are registered for `{scheme}://`");
            return SecretError::invalid(message)
                .with_code("unknown-tenant")
                .with_hint(format!("name one of them: {self}"));
        }
        let error = SecretError::invalid(format!("no source is registered for `{scheme}://`"))
            .with_code("unknown-scheme");
        let schemes = self.routes.iter().map(|route| route.scheme.as_str());
        match suggest(scheme, schemes) {
            Some(near) => error.with_hint(format!("did you mean `{near}://`?")),
            None => error.with_hint("register a source for this scheme"),
        }
    }
}

/// Prints what each route begins with: `infisical:// infisical://acme@`.
impl<S: ?Sized> fmt::Display for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Route { scheme, tenant, .. }) in self.routes.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            match tenant {
                Some(tenant) => write!(f, "{space}{scheme}://{tenant}@")?,
                None => write!(f, "{space}{scheme}://")?,
            }
        }
        Ok(())
    }
}

impl<'a, S: ?Sized, T: Clone> Batch<'a, S, T> {
    fn of(source: &'a Arc<S>) -> Self {
        Self {
            source,
            items: Vec::new(),
            indices: Vec::new(),
        }
    }

    fn push(&mut self, index: usize, item: &T) {
        self.items.push(item.clone());
        self.indices.push(index);
    }
}

/// Puts the answers of each batch into their places among `addresses`.
pub(super) fn in_order<'a, S: ?Sized, T, A>(
    addresses: impl Iterator<Item = &'a SecretAddress>,
    batches: &[Batch<'_, S, T>],
    answers: Vec<Vec<Result<A, SecretError>>>,
    refused: Refused,
) -> Vec<Result<A, SecretError>> {
    let mut places: Vec<_> = addresses.map(|address| (address, None)).collect();
    for (index, error) in refused {
        places[index].1 = Some(Err(error));
    }
    for (batch, answers) in batches.iter().zip(answers) {
        for (index, answer) in batch.indices.iter().zip(answers) {
            places[*index].1 = Some(answer);
        }
    }
    let unanswered =
        |address| SecretError::protocol("the source left this unanswered").with_address(address);
    places
        .into_iter()
        .map(|(address, answer)| answer.unwrap_or_else(|| Err(unanswered(address))))
        .collect()
}
