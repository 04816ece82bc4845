//! [`MountedSecrets`]: the source.

use std::fs;
use std::path::{Component, Path, PathBuf};

use secret_ref::SecretType;
use secret_source::{Origin, Secret, SecretAddress, SecretError, SecretSource, async_trait};

use crate::MountError;

/// Answers from a folder of files: environment, then folders, then a file named as the key.
///
/// It needs a tokio runtime, for the threads on which files are read.
#[derive(Clone, Debug)]
pub struct MountedSecrets {
    root: PathBuf,
}

impl MountedSecrets {
    /// Answers from what is mounted at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn read(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        // A coordinate that the store has no notion of is refused, never ignored: who asks for version
        // 3 must not get the current value.
        let refused = if address.version().is_some() {
            "mounted files have no versions"
        } else if address.secret_type() != SecretType::Shared {
            "mounted files are never personal"
        } else if address.project().is_some() {
            "mounted files belong to no project"
        } else {
            return self
                .value(address)
                .map_err(|error| error.into_secret_error(address));
        };
        Err(SecretError::unsupported(refused).with_address(address))
    }

    fn value(&self, address: &SecretAddress) -> Result<Secret, MountError> {
        let path = self.path(address)?;
        let bytes = fs::read(&path).map_err(|error| match path.parent() {
            Some(folder) if !folder.exists() => MountError::NoFolder,
            _ => MountError::Unreadable(error),
        })?;
        let mut text = String::from_utf8(bytes).map_err(|_| MountError::NotText)?;
        if text.ends_with('\n') {
            text.pop();
        }
        // From here on the value is wrapped: it is wiped when dropped, and `Debug` does not show it.
        // The origin of a value may say more than that of the source: here, which file.
        let origin = self.origin().with("file", path.display().to_string());
        Ok(Secret::new(text, origin))
    }

    /// Addresses come from configuration files, so each part of a path has to be a plain name.
    fn path(&self, address: &SecretAddress) -> Result<PathBuf, MountError> {
        let folders = address
            .folder()
            .split('/')
            .filter(|folder| !folder.is_empty());
        let mut path = self.root.clone();
        for name in [address.environment()]
            .into_iter()
            .chain(folders)
            .chain([address.key()])
        {
            let mut components = Path::new(name).components();
            match (components.next(), components.next()) {
                (Some(Component::Normal(only)), None) if only == name => path.push(only),
                _ => return Err(MountError::NotAPath),
            }
        }
        Ok(path)
    }
}

#[async_trait]
impl SecretSource for MountedSecrets {
    /// Names the store, for errors, reports and logs. Yours may add a host; never a credential.
    fn origin(&self) -> Origin {
        Origin::new("mount").with("root", self.root.display().to_string())
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        // Reading a file blocks, and a future must not. Being dropped while it waits harms nothing.
        let (source, asked) = (self.clone(), address.clone());
        let reading = tokio::task::spawn_blocking(move || source.read(&asked));
        reading.await.unwrap_or_else(|_| Err(interrupted(address)))
    }

    /// Optional: without it a batch is eight `get`s at a time. Override it where your store can do
    /// better, as most can. Here one trip to another thread serves the whole batch.
    ///
    /// One answer for each address, in the order asked, and a failure is that entry's own.
    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let (source, asked) = (self.clone(), addresses.to_vec());
        let reading = tokio::task::spawn_blocking(move || {
            asked.iter().map(|address| source.read(address)).collect()
        });
        reading.await.unwrap_or_else(|_| {
            addresses
                .iter()
                .map(|address| Err(interrupted(address)))
                .collect()
        })
    }

    // `peek` stays as it is, since nothing here is ready without reading a file, and so does `list`,
    // which answers "unsupported". A decorator, which wraps another source, overrides all five methods
    // under `#[deny(clippy::missing_trait_methods)]`, or it would hide those of the inner source.
}

fn interrupted(address: &SecretAddress) -> SecretError {
    SecretError::unavailable("the runtime ended before the file was read").with_address(address)
}
