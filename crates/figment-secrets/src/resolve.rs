//! [`ResolveSecrets`]: the method that every figment gains.

use std::future::Future;

use figment::Figment;
use secret_ref::SecretRef;
use secret_source::{BlockingResolver, Resolver};

use crate::plan::{Answer, Plan};
use crate::{ResolveError, Resolved};

/// Replaces the references of a configuration by the secrets' values.
///
/// Only the effective tree of the selected profile is read: what another profile or a later layer
/// overrides is never fetched, and a different profile cannot be selected afterwards. All references
/// are asked for in one batch. A fetched value is data, whatever it looks like.
///
/// Where the resolver has policies for profiles, that of the selected one applies.
///
/// A key whose `optional` secret is missing is left out; so is a template with such a part, and an
/// element of an array, where those behind it move up.
///
/// # Examples
///
/// ```
/// use figment::{Figment, providers::{Format, Toml}};
/// use figment_secrets::ResolveSecrets;
/// use secret_source::{MemorySource, Resolver};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let source = MemorySource::new().with("infisical://prod/db/PASSWORD", "correct horse")?;
/// let resolver = Resolver::builder(source).environment("prod").build()?;
///
/// let app = r#"
///     password = "infisical:///db/PASSWORD"
///     dsn = "postgres://app:${infisical:///db/PASSWORD?encode=percent}@db/app"
///     replica = "infisical:///db/REPLICA?optional"
/// "#;
/// let resolved = Figment::new().merge(Toml::string(app)).resolve_secrets(&resolver).await?;
///
/// assert_eq!(resolved.extract_inner::<String>("password")?, "correct horse");
/// assert_eq!(resolved.extract_inner::<String>("dsn")?, "postgres://app:correct%20horse@db/app");
/// assert!(resolved.extract_inner::<String>("replica").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub trait ResolveSecrets: Sized {
    /// Resolves on the executor that polls the future.
    ///
    /// # Errors
    ///
    /// Reports everything at once: providers that could not be read, references that do not parse or
    /// are not allowed, and look-ups that failed.
    fn resolve_secrets(
        self,
        resolver: &impl AsRef<Resolver>,
    ) -> impl Future<Output = Result<Resolved, ResolveError>> + Send;

    /// Resolves on the driver of `resolver`, and blocks the calling thread meanwhile.
    ///
    /// # Errors
    ///
    /// Fails as [`resolve_secrets`](Self::resolve_secrets) does.
    fn resolve_blocking(
        self,
        resolver: &impl AsRef<BlockingResolver>,
    ) -> Result<Resolved, ResolveError>;
}

impl ResolveSecrets for Figment {
    fn resolve_secrets(
        self,
        resolver: &impl AsRef<Resolver>,
    ) -> impl Future<Output = Result<Resolved, ResolveError>> + Send {
        let resolver = resolver.as_ref().in_profile(selected_profile(&self));
        async move {
            let plan = Plan::read(self, resolver.schemes())?;
            let references = plan.references();
            let answers = match unasked(&resolver, &references) {
                Some(answers) => answers,
                None => resolver.answer_many(&references).await,
            };
            plan.finish(answers, resolver.schemes())
        }
    }

    fn resolve_blocking(
        self,
        resolver: &impl AsRef<BlockingResolver>,
    ) -> Result<Resolved, ResolveError> {
        let resolver = resolver.as_ref().in_profile(selected_profile(&self));
        let plan = Plan::read(self, resolver.resolver().schemes())?;
        let references = plan.references();
        let answers = match unasked(resolver.resolver(), &references) {
            Some(answers) => answers,
            None => resolver.answer_many(&references),
        };
        plan.finish(answers, resolver.resolver().schemes())
    }
}

/// Resolves as a [`ResolveSecrets`] does, from what the source says now and past what is kept.
pub(crate) async fn resolve_anew(
    figment: Figment,
    resolver: &Resolver,
) -> Result<Resolved, ResolveError> {
    let resolver = resolver.in_profile(selected_profile(&figment));
    let plan = Plan::read(figment, resolver.schemes())?;
    let references = plan.references();
    let answers = match unasked(&resolver, &references) {
        Some(answers) => answers,
        None => resolver.refresh_many(&references).await,
    };
    plan.finish(answers, resolver.schemes())
}

/// Returns the name of the selected profile, whose policy applies.
pub(crate) fn selected_profile(figment: &Figment) -> &str {
    figment.profile().as_str().as_str()
}

/// Answers without the source where there is nothing to ask it, or the policy of the profile denies a reference: then
/// nothing at all is fetched, and the references that it does not deny count as left out.
fn unasked(resolver: &Resolver, references: &[&SecretRef]) -> Option<Vec<Answer>> {
    if references.is_empty() {
        return Some(Vec::new());
    }
    if !resolver.follows_a_policy() {
        return None;
    }
    let addresses = references
        .iter()
        .map(|reference| resolver.address(reference));
    let answers: Vec<Answer> = addresses.map(|address| address.map(|_| None)).collect();
    answers.iter().any(Result::is_err).then_some(answers)
}
