//! [`Resolver`]: a source with the defaults and allow-lists that turn references into addresses.

mod addressing;
mod allow_list;
mod builder;
mod events;
mod listing;
mod policy;
mod profile;
mod profiles;

use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Duration;

use secret_ref::{FolderPath, Schemes, SecretRef};
use tokio::runtime::Handle;

use crate::{
    AddressMap, CorrelationId, LogNames, Secret, SecretAddress, SecretError, SecretSource,
    SourceExt, Summary, usage,
};

use allow_list::AllowList;
pub use builder::ResolverBuilder;
pub use policy::ValuePolicy;
pub use profile::ProfilePolicy;
use profiles::Following;
pub use profiles::Profiles;

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
    following: Option<Arc<Following>>,
}

#[derive(Debug)]
struct Inside {
    source: Arc<dyn SecretSource>,
    schemes: Schemes,
    project: Option<String>,
    environment: Option<String>,
    folder: FolderPath,
    allowed: AllowList,
    profiles: Profiles,
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
            correlation: Some(id),
            ..self.clone()
        }
    }

    /// Returns the same resolver for references in a profile of the configuration, whose policy then applies.
    ///
    /// Where no profile has a policy, nothing changes. `figment-secrets` does this with the profile that is selected.
    #[must_use]
    pub fn in_profile(&self, profile: &str) -> Self {
        let following = self.inside.profiles.of(profile).map(Arc::new);
        Self {
            following,
            ..self.clone()
        }
    }

    /// Tells whether the policy of a profile applies; see [`in_profile`](Self::in_profile).
    pub fn follows_a_policy(&self) -> bool {
        self.following.is_some()
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
    pub async fn answer_many<R: Borrow<SecretRef>>(
        &self,
        references: &[R],
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        self.batch(references, Asking::Anyone).await
    }

    /// Answers many references as [`answer_many`](Self::answer_many) does, from what the source says now and
    /// past what is kept; see [`SecretSource::refresh_many`].
    ///
    /// Who renews does so again and again and tells what came of it, so each answer is logged at DEBUG only.
    pub async fn refresh_many<R: Borrow<SecretRef>>(
        &self,
        references: &[R],
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        self.batch(references, Asking::PastWhatIsKept).await
    }

    async fn batch<R: Borrow<SecretRef>>(
        &self,
        references: &[R],
        asking: Asking,
    ) -> Vec<Result<Option<Secret>, SecretError>> {
        let correlation = self.operation();
        let addresses: Vec<_> = references
            .iter()
            .map(|reference| self.address(reference.borrow()))
            .collect();
        let mut asked: Vec<SecretAddress> = Vec::with_capacity(addresses.len());
        let mut seen: AddressMap<usize> = AddressMap::default();
        seen.reserve(addresses.len());
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
        let finish = |(reference, address): (&R, Result<SecretAddress, SecretError>)| {
            let address = address.map_err(|error| match asking {
                Asking::Anyone => self.unaddressed(error, correlation),
                Asking::PastWhatIsKept => {
                    let error = error.with_correlation(correlation);
                    events::renewal_refused(&error, self.inside.names);
                    error
                }
            })?;
            let answer = seen
                .get(&address)
                .and_then(|index| answers.get(*index))
                .cloned();
            let answer =
                answer.unwrap_or_else(|| Err(SecretError::protocol("no answer was given")));
            match asking {
                Asking::Anyone => self.finish(reference.borrow(), &address, answer, correlation),
                Asking::PastWhatIsKept => {
                    let used = self.used(reference.borrow(), &address, answer, correlation);
                    events::renewed(&address, &used, self.inside.names, correlation);
                    used
                }
            }
        };
        references.iter().zip(addresses).map(finish).collect()
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

    fn finish(
        &self,
        reference: &SecretRef,
        address: &SecretAddress,
        answer: Result<Secret, SecretError>,
        correlation: CorrelationId,
    ) -> Result<Option<Secret>, SecretError> {
        let used = self.used(reference, address, answer, correlation);
        events::answer(address, &used, self.inside.names, correlation);
        used
    }

    fn used(
        &self,
        reference: &SecretRef,
        address: &SecretAddress,
        answer: Result<Secret, SecretError>,
        correlation: CorrelationId,
    ) -> Result<Option<Secret>, SecretError> {
        self.use_value(reference, address, answer).map_err(|error| {
            let error = match error.address() {
                Some(_) => error,
                None => error.with_address(address),
            };
            error.with_correlation(correlation)
        })
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
        if let (Some(following), Ok(secret)) = (&self.following, &secret) {
            following.check_value(address, secret)?;
        }
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
