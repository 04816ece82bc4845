//! [`FolderOverlay`]: what all services share, beneath what one has for itself.

use std::future::Future;

use secret_ref::{FolderRef, encoded_segment};
use secret_source::{BlockingResolver, Resolver, SecretError};

use super::error::FolderError;
use super::layer::Layer;
use super::{LoadedFolder, SecretFolder};

/// Lays folders over each other: for each key, the secret of the highest folder that has it counts.
///
/// A folder that does not exist is passed over, as long as one does. One that may not be read, or a source that
/// cannot be asked, is an error: a shared value does not stand in for one that could not be seen.
///
/// # Examples
///
/// ```
/// use figment::Figment;
/// use figment_secrets::{FolderOverlay, ResolveSecrets};
/// use secret_source::{MemorySource, Resolver};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let source = MemorySource::new()
///     .with("infisical://prod/shared/db/POSTGRES_DSN", "postgres://everyone@db")?
///     .with("infisical://prod/shared/db/POSTGRES_POOL_MAX", "10")?
///     .with("infisical://prod/services/api/db/POSTGRES_DSN", "postgres://api@db")?;
/// let resolver = Resolver::builder(source).environment("prod").build()?;
///
/// let db = FolderOverlay::of_transport("infisical:///", "api", "db");
/// let resolved = Figment::from(db.load(&resolver).await?).resolve_secrets(&resolver).await?;
/// assert_eq!(resolved.extract_inner::<String>("postgres_dsn")?, "postgres://api@db");
/// assert_eq!(resolved.extract_inner::<u16>("postgres_pool_max")?, 10);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct FolderOverlay {
    /// The lowest first; at least one.
    folders: Vec<SecretFolder>,
    optional: bool,
}

impl FolderOverlay {
    /// Begins with the lowest folder.
    pub fn new(lowest: SecretFolder) -> Self {
        Self {
            folders: vec![lowest],
            optional: false,
        }
    }

    /// Lays `shared/<transport>` beneath `services/<service>/<transport>`, both in `root`, a folder such as
    /// `infisical:///` or `infisical://prod/`.
    pub fn of_transport(root: &str, service: &str, transport: &str) -> Self {
        let root = FolderRef::parse(root);
        let folder = |names: &[&str]| {
            let parsed = root.clone().and_then(|root| {
                let names: Vec<_> = names
                    .iter()
                    .map(|name| encoded_segment(name).to_string())
                    .collect();
                FolderRef::parse(&format!("{root}{}/", names.join("/")))
            });
            SecretFolder::of(parsed)
        };
        Self::new(folder(&["shared", transport])).with(folder(&["services", service, transport]))
    }

    /// Lays a folder over those so far.
    pub fn with(mut self, folder: SecretFolder) -> Self {
        self.folders.push(folder);
        self
    }

    /// Changes each of the folders alike, such as by `|folder| folder.split("__")`.
    pub fn each(mut self, change: impl Fn(SecretFolder) -> SecretFolder) -> Self {
        self.folders = self.folders.into_iter().map(change).collect();
        self
    }

    /// Lets all of the folders be missing: nothing is provided then.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Lists the folders, on the executor that polls the future.
    ///
    /// # Errors
    ///
    /// Fails where a folder cannot be listed, where none exists, and where two secrets claim one key in a way
    /// that one does not simply override the other.
    pub fn load<R: AsRef<Resolver>>(
        &self,
        resolver: &R,
    ) -> impl Future<Output = Result<LoadedFolder, FolderError>> + Send + use<R> {
        let (overlay, resolver) = (self.clone(), resolver.as_ref().clone());
        async move {
            let mut layers: Vec<Layer> = Vec::new();
            let mut missing = None;
            let mut exists = overlay.optional;
            for folder in &overlay.folders {
                match folder.layer(&resolver).await {
                    Ok(layer) => {
                        exists = true;
                        layers.extend(layer);
                    }
                    Err(error) if error.is_missing() => missing = missing.or(Some(error)),
                    Err(error) => return Err(error),
                }
            }
            match missing.filter(|_| !exists) {
                Some(error) => Err(error.of_all(&overlay.folders)),
                None => LoadedFolder::of(layers),
            }
        }
    }

    /// Lists the folders on the driver of `resolver`, and blocks the calling thread meanwhile.
    ///
    /// # Errors
    ///
    /// Fails as [`load`](Self::load) does, and on the driver's own thread.
    pub fn load_blocking(
        &self,
        resolver: &impl AsRef<BlockingResolver>,
    ) -> Result<LoadedFolder, FolderError> {
        let resolver = resolver.as_ref();
        let refused = |error: SecretError| Err(FolderError::listing(&self.folders[0], error));
        resolver
            .block_on(self.load(resolver.resolver()))
            .unwrap_or_else(refused)
    }
}
