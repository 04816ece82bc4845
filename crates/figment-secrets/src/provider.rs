//! [`SecretProvider`]: the synchronous way into a figment.

use std::fmt;
use std::sync::OnceLock;

use figment::value::{Dict, Map, Tag};
use figment::{Error, Figment, Metadata, Profile, Provider};
use secret_source::BlockingResolver;

use crate::{Redactor, ResolveSecrets, Resolved};

/// What figment calls this provider in errors.
const NAME: &str = "secret references";

/// Provides a figment with its references resolved, to frameworks that assemble a plain figment.
///
/// It resolves once, when figment first asks for the data, which is on `merge` or `join`, and blocks
/// the calling thread meanwhile. Provenance is kept. What comes out is plain: its errors and its
/// `Debug` show values, so pass errors through [`redactor`](Self::redactor). Where the application
/// extracts by itself, [`ResolveSecrets`] is the better way.
///
/// # Examples
///
/// ```
/// use figment::{Figment, providers::{Format, Serialized, Toml}};
/// use figment_secrets::SecretProvider;
/// use secret_source::{BlockingResolver, Driver, MemorySource, Resolver};
///
/// let source = MemorySource::new().with("infisical://prod/PASSWORD", "correct horse")?;
/// let resolver = Resolver::builder(source).build()?;
/// let blocking = BlockingResolver::new(Driver::start()?, resolver);
///
/// let layers = Figment::new().merge(Toml::string("password = 'infisical://prod/PASSWORD'"));
/// let secrets = SecretProvider::new(layers, &blocking);
/// let figment = Figment::from(Serialized::default("port", 8080)).merge(&secrets);
///
/// let password: String = figment.extract_inner("password").map_err(|e| secrets.redactor().scrub(e))?;
/// assert_eq!(password, "correct horse");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SecretProvider {
    figment: Figment,
    resolver: BlockingResolver,
    resolved: OnceLock<Result<Box<Resolved>, Error>>,
}

impl SecretProvider {
    /// Makes a provider of what `figment` says, resolved when it is asked for.
    pub fn new(figment: Figment, resolver: &impl AsRef<BlockingResolver>) -> Self {
        Self {
            figment,
            resolver: resolver.as_ref().clone(),
            resolved: OnceLock::new(),
        }
    }

    /// Returns what takes the secrets out of the errors of the figment that this was merged into.
    pub fn redactor(&self) -> Redactor {
        self.resolved().map(Resolved::redactor).unwrap_or_default()
    }

    /// Resolves at the first call.
    fn resolved(&self) -> Result<&Resolved, &Error> {
        let resolved = self.resolved.get_or_init(|| {
            let resolved = self.figment.clone().resolve_blocking(&self.resolver);
            resolved.map(Box::new).map_err(Error::from)
        });
        resolved.as_deref()
    }
}

impl Provider for SecretProvider {
    fn metadata(&self) -> Metadata {
        Metadata::named(NAME)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        self.resolved().map_err(Clone::clone)?.figment().data()
    }

    fn profile(&self) -> Option<Profile> {
        Some(self.figment.profile().clone())
    }

    // Without this, errors would name this provider instead of the file.
    fn __metadata_map(&self) -> Option<Map<Tag, Metadata>> {
        self.resolved().ok()?.figment().__metadata_map()
    }
}

/// Shows neither values nor the layers, which may hold some.
impl fmt::Debug for SecretProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretProvider")
            .field("profile", self.figment.profile())
            .field("resolver", &self.resolver)
            .finish_non_exhaustive()
    }
}

/// Tells whether an error lists problems of a provider's references, which never holds a value.
pub(crate) fn is_from_provider(error: &Error) -> bool {
    // Values keep the metadata of their files, so only the provider's own failure bears its name.
    error.path.is_empty()
        && error
            .metadata
            .as_ref()
            .is_some_and(|metadata| metadata.name == NAME)
}
