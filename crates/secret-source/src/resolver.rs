//! [`Resolver`]: a source with the defaults and allow-lists that turn references into addresses.

mod allow_list;
mod builder;
mod events;
mod policy;

use std::sync::Arc;
use std::time::Duration;

use secret_ref::{FolderPath, FolderRef, Schemes, SecretRef, SecretType, encoded_segment};
use tokio::runtime::Handle;

use crate::{
    AddressMap, CorrelationId, FolderAddress, LogNames, Secret, SecretAddress, SecretError,
    SecretSource, SourceExt, Summary, suggest, usage,
};

use allow_list::AllowList;
pub use builder::ResolverBuilder;
pub use policy::ValuePolicy;

/// The scheme of bare keys, and the one that is always registered.
const DEFAULT_SCHEME: &str = "infisical";

/// Answers references: makes each an address, asks the source once, and applies what the reference
/// says about the value.
///
/// The resolver logs one event per answer, at the level its outcome deserves, and never a value.
///
/// # Examples
///
/// ```
/// use secret_source::{ErrorKind, MemorySource, Resolver};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let source = MemorySource::new().with("infisical://dev/KEY", "value")?;
/// let resolver = Resolver::builder(source).environment("dev").allow_environments(["dev"]).build()?;
///
/// assert!(resolver.answer(&"infisical:///KEY".parse()?).await?.is_some());
/// assert!(resolver.answer(&"infisical:///NOPE?optional".parse()?).await?.is_none());
/// let error = resolver.answer(&"infisical://prod/KEY".parse()?).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Invalid);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Resolver {
    inside: Arc<Inside>,
    correlation: Option<CorrelationId>,
}

#[derive(Debug)]
struct Inside {
    source: Arc<dyn SecretSource>,
    schemes: Schemes,
    project: Option<String>,
    environment: Option<String>,
    folder: FolderPath,
    allowed: AllowList,
    empty: ValuePolicy,
    unexpanded: ValuePolicy,
    names: LogNames,
    batch_deadline: Option<Duration>,
}

/// Says where the answers of a batch may come from.
#[derive(Clone, Copy)]
enum Asking {
    Anyone,
    PastWhatIsKept,
}

impl Resolver {
    /// Begins a resolver over `source`.
    pub fn builder(source: impl SecretSource) -> ResolverBuilder {
        ResolverBuilder::new(source.shared())
    }

    /// Returns the same resolver for one operation of the caller's, whose id errors and log lines carry.
    ///
    /// Without it each answer, or batch of answers, has an id of its own.
    #[must_use]
    pub fn correlated(&self, id: CorrelationId) -> Self {
        Self {
            inside: Arc::clone(&self.inside),
            correlation: Some(id),
        }
    }

    /// Returns the source beneath.
    pub fn source(&self) -> &Arc<dyn SecretSource> {
        &self.inside.source
    }

    /// Returns the schemes that make a configuration text a reference.
    pub fn schemes(&self) -> &Schemes {
        &self.inside.schemes
    }

    /// Returns how much of the secrets' names the log may show.
    pub fn log_names(&self) -> LogNames {
        self.inside.names
    }

    /// Completes a reference to an address.
    ///
    /// # Errors
    ///
    /// Fails with [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) where the scheme is not
    /// registered, no environment is named or set, or the allow-lists forbid it.
    pub fn address(&self, reference: &SecretRef) -> Result<SecretAddress, SecretError> {
        let folder = self.complete(
            reference.scheme(),
            reference.project(),
            reference.environment(),
            reference.folder(),
        );
        let mut address = folder
            .map_err(|error| name_it(error, reference))?
            .secret(reference.key());
        if let Some(version) = reference.version() {
            address = address.with_version(version);
        }
        if reference.secret_type() != SecretType::Shared {
            address = address.with_type(reference.secret_type());
        }
        Ok(address)
    }

    /// Completes a folder reference to an address.
    ///
    /// # Errors
    ///
    /// Fails as [`address`](Self::address) does.
    pub fn folder(&self, reference: &FolderRef) -> Result<FolderAddress, SecretError> {
        self.complete(
            reference.scheme(),
            reference.project(),
            reference.environment(),
            reference.folder(),
        )
    }

    /// Returns the address of `key` in the default folder of the default environment.
    ///
    /// # Errors
    ///
    /// Fails as [`address`](Self::address) does, and where `key` is not the name of a secret.
    pub fn key(&self, key: &str) -> Result<SecretAddress, SecretError> {
        // The grammar says what a key is, and it is the only place that does.
        let text = format!("{DEFAULT_SCHEME}:///{}", encoded_segment(key));
        let parsed = SecretRef::parse(&text)
            .map_err(|error| SecretError::invalid(error.to_string()).with_hint(error.hint()))?;
        let folder = self.complete(DEFAULT_SCHEME, None, None, &self.inside.folder)?;
        Ok(folder.secret(parsed.key()))
    }

    /// Answers one reference from what is at hand, without waiting.
    ///
    /// `None` means "ask [`answer`](Self::answer)", never "absent".
    pub fn peek(&self, reference: &SecretRef) -> Option<Secret> {
        let address = self.address(reference).ok()?;
        let ready = self.inside.source.peek(&address)?;
        // What is at hand and may not be used is refused by whoever asks next, and told once.
        let used = self.use_value(reference, &address, Ok(ready)).ok()??;
        let used = Ok(Some(used));
        events::answer(&address, &used, self.inside.names, self.operation());
        used.ok().flatten()
    }

    /// Answers one reference; `None` where it is optional and missing.
    ///
    /// # Errors
    ///
    /// Fails where the reference has no address, the look-up fails, or the value may not be used.
    pub async fn answer(&self, reference: &SecretRef) -> Result<Option<Secret>, SecretError> {
        let correlation = self.operation();
        let address = self
            .address(reference)
            .map_err(|error| self.unaddressed(error, correlation))?;
        let answer = correlation.scope(self.inside.source.lookup(&address)).await;
        self.finish(reference, &address, answer, correlation)
    }

    /// Answers one reference with a secret that was fetched past the source, such as by a forced refresh;
    /// `None` where it is optional and the secret has no such field.
    ///
    /// # Errors
    ///
    /// Fails where the reference has no address, or the value may not be used.
    pub fn apply(
        &self,
        reference: &SecretRef,
        fetched: Secret,
    ) -> Result<Option<Secret>, SecretError> {
        let correlation = self.operation();
        let address = self
            .address(reference)
            .map_err(|error| self.unaddressed(error, correlation))?;
        self.finish(reference, &address, Ok(fetched), correlation)
    }

    /// Answers many references with one batch, each address asked for once.
    ///
    /// The answers come in the order of the references, one for each.
    pub async fn answer_many(
        &self,
        references: &[SecretRef],
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        self.batch(references, Asking::Anyone).await
    }

    /// Answers many references as [`answer_many`](Self::answer_many) does, from what the source says now and
    /// past what is kept; see [`SecretSource::refresh_many`].
    pub async fn refresh_many(
        &self,
        references: &[SecretRef],
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        self.batch(references, Asking::PastWhatIsKept).await
    }

    async fn batch(
        &self,
        references: &[SecretRef],
        asking: Asking,
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        let correlation = self.operation();
        let addresses: Vec<_> = references
            .iter()
            .map(|reference| self.address(reference))
            .collect();
        let mut asked: Vec<SecretAddress> = Vec::new();
        let mut seen: AddressMap<usize> = AddressMap::default();
        for address in addresses.iter().flatten() {
            seen.entry(address.clone()).or_insert_with(|| {
                asked.push(address.clone());
                asked.len() - 1
            });
        }
        let answers = correlation
            .scope(self.within_deadline(&asked, asking))
            .await;
        events::batch(Summary::of(&answers), correlation);
        let finish = |(reference, address): (&SecretRef, Result<SecretAddress, SecretError>)| {
            let address = address.map_err(|error| self.unaddressed(error, correlation))?;
            let answer = seen
                .get(&address)
                .and_then(|index| answers.get(*index))
                .cloned();
            let answer =
                answer.unwrap_or_else(|| Err(SecretError::protocol("no answer was given")));
            self.finish(reference, &address, answer, correlation)
        };
        references.iter().zip(addresses).map(finish).collect()
    }

    /// Lists the secrets of a folder, without its sub-folders.
    ///
    /// # Errors
    ///
    /// Fails where the folder has no address or the source cannot list it, and where one of its values
    /// may not be used.
    pub async fn list(
        &self,
        reference: &FolderRef,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let correlation = self.operation();
        let (inside, known) = (&self.inside, |error: SecretError| {
            error.with_correlation(correlation)
        });
        let folder = self
            .folder(reference)
            .map_err(|error| self.unaddressed(error, correlation))?;
        let listing = correlation.scope(inside.source.list(&folder));
        let listed = listing.await.map_err(known)?;
        for (address, secret) in &listed {
            if secret.is_unexpanded() {
                let problem = || policy::unexpanded(address);
                inside
                    .unexpanded
                    .enforce(problem, inside.names)
                    .map_err(known)?;
            }
        }
        Ok(listed)
    }

    async fn within_deadline(
        &self,
        asked: &[SecretAddress],
        asking: Asking,
    ) -> Vec<Result<Secret, SecretError>> {
        let source = &self.inside.source;
        let lookup = async {
            match asking {
                Asking::Anyone => source.lookup_many(asked).await,
                Asking::PastWhatIsKept if asked.is_empty() => Vec::new(),
                Asking::PastWhatIsKept => source.refresh_many(asked).await,
            }
        };
        // Without a runtime there is no timer either; a source that needs one says so itself.
        let bounded = self
            .inside
            .batch_deadline
            .filter(|_| Handle::try_current().is_ok());
        let Some(deadline) = bounded else {
            return lookup.await;
        };
        tokio::time::timeout(deadline, lookup)
            .await
            .unwrap_or_else(|_| {
                let late = |address: &SecretAddress| {
                    let message = format!("the batch was not answered within {deadline:?}");
                    SecretError::unavailable(message).with_address(address)
                };
                // What came in meanwhile is at hand, and not lost with the rest. It may have been kept before.
                let at_hand = |address| match asking {
                    Asking::Anyone => source.peek(address),
                    Asking::PastWhatIsKept => None,
                };
                let answer = |address| at_hand(address).ok_or_else(|| late(address));
                asked.iter().map(answer).collect()
            })
    }

    fn operation(&self) -> CorrelationId {
        self.correlation.unwrap_or_else(CorrelationId::generate)
    }

    fn unaddressed(&self, error: SecretError, correlation: CorrelationId) -> SecretError {
        let error = error.with_correlation(correlation);
        events::unaddressed(&error, self.inside.names);
        error
    }

    fn complete(
        &self,
        scheme: &str,
        project: Option<&str>,
        environment: Option<&str>,
        folder: &FolderPath,
    ) -> Result<FolderAddress, SecretError> {
        if !self.inside.schemes.contains(scheme) {
            return Err(self.unknown_scheme(scheme));
        }
        let environment = environment
            .or(self.inside.environment.as_deref())
            .ok_or_else(no_environment)?;
        self.inside.allowed.check(environment, folder)?;
        let address = FolderAddress::new(scheme, environment, folder);
        // The default project has one address, whether it is named or not.
        let default = self
            .inside
            .project
            .as_deref()
            .filter(|_| scheme == DEFAULT_SCHEME);
        Ok(match project {
            Some(project) if Some(project) != default => address.with_project(project),
            _ => address,
        })
    }

    fn unknown_scheme(&self, scheme: &str) -> SecretError {
        let error = SecretError::invalid(format!("no source is registered for `{scheme}://`"));
        match suggest(scheme, self.inside.schemes.iter()) {
            Some(near) => error.with_hint(format!("did you mean `{near}://`?")),
            None => {
                let known: Vec<_> = self
                    .inside
                    .schemes
                    .iter()
                    .map(|known| format!("`{known}://`"))
                    .collect();
                error.with_hint(format!("registered: {}", known.join(", ")))
            }
        }
    }

    fn finish(
        &self,
        reference: &SecretRef,
        address: &SecretAddress,
        answer: Result<Secret, SecretError>,
        correlation: CorrelationId,
    ) -> Result<Option<Secret>, SecretError> {
        let used = self.use_value(reference, address, answer).map_err(|error| {
            let error = match error.address() {
                Some(_) => error,
                None => error.with_address(address),
            };
            error.with_correlation(correlation)
        });
        events::answer(address, &used, self.inside.names, correlation);
        used
    }

    fn use_value(
        &self,
        reference: &SecretRef,
        address: &SecretAddress,
        answer: Result<Secret, SecretError>,
    ) -> Result<Option<Secret>, SecretError> {
        let inside = &self.inside;
        let secret = answer.and_then(|secret| {
            if secret.is_unexpanded() && !reference.allows_unresolved() {
                inside
                    .unexpanded
                    .enforce(|| policy::unexpanded(address), inside.names)?;
            }
            Ok(secret)
        });
        let Some(found) = usage::find(reference, secret)? else {
            return Ok(None);
        };
        // A default is what the reference says it is, empty or not.
        if found.is_empty() && found.origin().name() != "default" {
            inside
                .empty
                .enforce(|| policy::empty(address), inside.names)?;
        }
        Ok(Some(usage::encode(reference, found)))
    }
}

impl AsRef<Resolver> for Resolver {
    fn as_ref(&self) -> &Resolver {
        self
    }
}

fn no_environment() -> SecretError {
    SecretError::invalid("the reference names no environment and no default is set").with_hint(
        "write the environment (`infisical://prod/…`) or set the default one (INFISICAL_ENVIRONMENT)",
    )
}

/// Keeps the reference in the message of an error that came before there was an address.
fn name_it(error: SecretError, reference: &SecretRef) -> SecretError {
    let named = SecretError::new(error.kind(), format!("{reference}: {}", error.message()));
    match error.hint() {
        Some(hint) => named.with_hint(hint),
        None => named,
    }
}
