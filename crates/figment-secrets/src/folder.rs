//! [`SecretFolder`]: a folder of secrets as a layer of the configuration.

mod error;
mod keys;
mod layer;
mod loaded;
mod overlay;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use figment::Profile;
use figment::value::{Uncased, UncasedStr};
use secret_ref::{FolderRef, ParseError};
use secret_source::{BlockingResolver, Resolver, SecretError};

use keys::KeyNames;
use layer::Layer;

pub use error::{FolderError, FolderErrorKind};
pub use loaded::LoadedFolder;
pub use overlay::FolderOverlay;

/// Makes a configuration key of every secret in a folder, in the manner of figment's `Env`.
///
/// [`load`](Self::load) lists the folder for the *names* of its secrets. What it provides for each key is the
/// secret's reference, and not its value: merge it like any provider, before the secrets are resolved. So the
/// values go the way of all others, with their provenance, their report and their masks, a later layer may
/// override a key before its secret is fetched, and no value stands in a plain figment.
///
/// A key is the secret's name, [lower-cased](Self::lowercase). Where names are [split](Self::split), and where
/// sub-folders are [included](Self::recursive), a key has parents. Two secrets that would become one key, and a
/// key that would be a value and a table, are an error that names both.
///
/// The references say which secrets there are at the time of loading, and are not `optional`: a secret that is
/// deleted between loading and resolving is an error, as it must not pass for one that was never there. Secrets
/// that are added later are seen when the folder is loaded again.
///
/// # Cost
///
/// With Infisical, loading takes one list, or two requests for each folder where sub-folders are included;
/// resolving then takes what any references to these secrets take, one list for each folder. The server sends
/// values with a list for names, and they are dropped at once.
///
/// # Examples
///
/// ```
/// use figment::{Figment, providers::Serialized};
/// use figment_secrets::{ResolveSecrets, SecretFolder};
/// use secret_source::{MemorySource, Resolver};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let source = MemorySource::new()
///     .with("infisical://prod/services/api/DB__HOST", "db.internal")?
///     .with("infisical://prod/services/api/DB__PORT", "5432")?
///     .with("infisical://prod/services/api/LEGACY", "x")?;
/// let resolver = Resolver::builder(source).environment("prod").build()?;
///
/// let folder = SecretFolder::new("infisical:///services/api/").split("__").ignore(&["legacy"]);
/// let resolved = Figment::from(Serialized::default("db.host", "localhost"))
///     .merge(folder.load(&resolver).await?)
///     .resolve_secrets(&resolver)
///     .await?;
///
/// assert_eq!(resolved.extract_inner::<String>("db.host")?, "db.internal");
/// assert_eq!(resolved.extract_inner::<u16>("db.port")?, 5432);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
#[must_use]
pub struct SecretFolder {
    folder: Result<FolderRef, ParseError>,
    recursive: bool,
    names: KeyNames,
    profile: Profile,
    selected: Option<Profile>,
    optional: bool,
}

impl SecretFolder {
    /// Begins with a folder, such as `infisical://prod/services/api/`, without its sub-folders.
    ///
    /// A text that is no folder reference fails the loading.
    pub fn new(folder: &str) -> Self {
        Self::of(FolderRef::parse(folder))
    }

    fn of(folder: Result<FolderRef, ParseError>) -> Self {
        Self {
            folder,
            recursive: false,
            names: KeyNames::default(),
            profile: Profile::Default,
            selected: None,
            optional: false,
        }
    }

    /// Includes the folders beneath, whose names become parents of keys: `db/HOST` is `db.host`.
    pub fn recursive(mut self) -> Self {
        self.recursive = true;
        self
    }

    /// Takes only secrets whose names begin with `prefix`, in whatever case, and drops it from the keys.
    ///
    /// Sub-folders are no part of a secret's name. The prefix is looked at before everything else.
    pub fn prefixed(mut self, prefix: &str) -> Self {
        self.names.prefix = Some(prefix.to_owned());
        self
    }

    /// Divides keys at `pattern`: with `__`, `DB__HOST` is `db.host`. A dot in a name divides it anyway.
    pub fn split(self, pattern: impl Into<String>) -> Self {
        let pattern = pattern.into();
        self.map(move |key| key.as_str().replace(&pattern, ".").into())
    }

    /// Rewrites keys as they are at this point of the chain, not yet lower-cased; dots divide them.
    pub fn map<F>(self, map: F) -> Self
    where
        F: Fn(&UncasedStr) -> Uncased<'_> + Send + Sync + 'static,
    {
        self.step(move |key| Some(map(key).into_owned()))
    }

    /// Keeps the keys that `keep` returns `true` for, as they are at this point of the chain.
    pub fn filter<F>(self, keep: F) -> Self
    where
        F: Fn(&UncasedStr) -> bool + Send + Sync + 'static,
    {
        self.step(move |key| keep(key).then(|| Uncased::from(key).into_owned()))
    }

    /// Keeps these keys, in whatever case, as they are at this point of the chain: after [`split`](Self::split)
    /// they have dots.
    pub fn only(self, keys: &[&str]) -> Self {
        let keys = owned(keys);
        self.filter(move |key| keys.iter().any(|other| key == other))
    }

    /// Leaves these keys out; see [`only`](Self::only).
    pub fn ignore(self, keys: &[&str]) -> Self {
        let keys = owned(keys);
        self.filter(move |key| !keys.iter().any(|other| key == other))
    }

    /// Says whether keys are lower-cased, in ASCII; the default is yes.
    pub fn lowercase(mut self, lowercase: bool) -> Self {
        self.names.lowercase = lowercase;
        self
    }

    /// Sets the profile that the keys belong to; the default is figment's default profile.
    pub fn profile(mut self, profile: impl Into<Profile>) -> Self {
        self.profile = profile.into();
        self
    }

    /// Puts the keys into the global profile, which overrides every other.
    pub fn global(self) -> Self {
        self.profile(Profile::Global)
    }

    /// Lists as a configuration does in which this profile is selected: where the resolver has policies for profiles, a
    /// folder without an environment is in that of the profile, and one that the profile may not read is not asked for.
    ///
    /// Without it no policy applies to the listing, as to a look-up without a figment; the values are fetched under
    /// that of the selected profile in any case.
    pub fn selected(mut self, profile: impl Into<Profile>) -> Self {
        self.selected = Some(profile.into());
        self
    }

    /// Lets the folder be missing: it then provides nothing. A folder that may not be read, or a source that
    /// cannot be asked, stays an error.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Lists the folder on the executor that polls the future.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be listed, and where two secrets claim one key.
    pub fn load<R: AsRef<Resolver>>(
        &self,
        resolver: &R,
    ) -> impl Future<Output = Result<LoadedFolder, FolderError>> + Send + use<R> {
        let (folder, resolver) = (self.clone(), resolver.as_ref().clone());
        async move {
            let layer = folder.layer(&resolver).await?;
            LoadedFolder::of([layer.unwrap_or_default()])
        }
    }

    /// Lists the folder on the driver of `resolver`, and blocks the calling thread meanwhile.
    ///
    /// # Errors
    ///
    /// Fails as [`load`](Self::load) does, and on the driver's own thread.
    pub fn load_blocking(
        &self,
        resolver: &impl AsRef<BlockingResolver>,
    ) -> Result<LoadedFolder, FolderError> {
        let resolver = resolver.as_ref();
        resolver
            .block_on(self.load(resolver.resolver()))
            .unwrap_or_else(|error| Err(self.failed(error)))
    }

    /// Reads the folder's names; `None` where it is missing and may be.
    async fn layer(&self, resolver: &Resolver) -> Result<Option<Layer>, FolderError> {
        let folder = self.folder.as_ref().map_err(FolderError::reference)?;
        let resolver = match &self.selected {
            Some(profile) => &resolver.in_profile(profile.as_str().as_str()),
            None => resolver,
        };
        match resolver.addresses_in(folder, self.recursive).await {
            Ok(addresses) => {
                let root = resolver
                    .folder(folder)
                    .map_err(|error| self.failed(error))?;
                Layer::of(&root, addresses, &self.names, self.profile.clone()).map(Some)
            }
            Err(error) if self.optional && error.kind().is_not_found() => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(&self, error: SecretError) -> FolderError {
        FolderError::listing(self, error)
    }

    fn step<F>(mut self, step: F) -> Self
    where
        F: Fn(&UncasedStr) -> Option<Uncased<'static>> + Send + Sync + 'static,
    {
        self.names.steps.push(Arc::new(step));
        self
    }
}

/// Prints the folder reference.
impl fmt::Display for SecretFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.folder {
            Ok(folder) => folder.fmt(f),
            Err(error) => error.input().escape_debug().fmt(f),
        }
    }
}

impl fmt::Debug for SecretFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretFolder")
            .field("folder", &self.to_string())
            .field("recursive", &self.recursive)
            .field("profile", &self.profile)
            .field("selected", &self.selected)
            .field("optional", &self.optional)
            .finish_non_exhaustive()
    }
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}
