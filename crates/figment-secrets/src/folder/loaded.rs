//! [`LoadedFolder`]: what was found in folders, as a provider.

use std::fmt;

use figment::value::{Dict, Map, Tag};
use figment::{Error, Figment, Metadata, Profile, Provider};
use secret_source::{FolderAddress, SecretAddress};

use super::error::FolderError;
use super::layer::Layer;

/// Provides the keys of a [`SecretFolder`](crate::SecretFolder) or a [`FolderOverlay`](crate::FolderOverlay): for
/// each the reference of a secret, and no value.
///
/// Merge it before the secrets are resolved. Each key's metadata names the folder that its secret is in.
#[derive(Clone)]
pub struct LoadedFolder {
    layers: Vec<Layer>,
    figment: Figment,
}

impl LoadedFolder {
    /// Puts layers on top of each other, the lowest first.
    pub(super) fn of(layers: impl IntoIterator<Item = Layer>) -> Result<Self, FolderError> {
        let layers: Vec<Layer> = layers.into_iter().collect();
        let mut clashes = Vec::new();
        for (index, upper) in layers.iter().enumerate() {
            for lower in &layers[..index] {
                if upper.profile == lower.profile {
                    clashes.extend(upper.tables_of(lower));
                    clashes.extend(lower.tables_of(upper));
                }
            }
        }
        if !clashes.is_empty() {
            return Err(FolderError::clashes(clashes));
        }
        let folders = layers.iter().flat_map(|layer| {
            let of = |(folder, tree)| Folder {
                folder,
                profile: layer.profile.clone(),
                tree,
            };
            layer.trees().into_iter().map(of)
        });
        let figment = folders.fold(Figment::new(), Figment::merge);
        Ok(Self { layers, figment })
    }

    /// Returns each key with dots between its parts, and the secret that it stands for, in the order of the keys;
    /// of an overlay, the lower folder first, with the keys that the upper one overrides.
    pub fn keys(&self) -> impl Iterator<Item = (String, &SecretAddress)> {
        self.layers.iter().flat_map(Layer::keys)
    }
}

impl Provider for LoadedFolder {
    fn metadata(&self) -> Metadata {
        Metadata::named(NAME)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        self.figment.data()
    }

    // Without this, a key would name this provider instead of its folder.
    fn __metadata_map(&self) -> Option<Map<Tag, Metadata>> {
        self.figment.__metadata_map()
    }
}

impl fmt::Debug for LoadedFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: usize = self.layers.iter().map(Layer::len).sum();
        f.debug_struct("LoadedFolder")
            .field("folders", &self.layers.len())
            .field("keys", &keys)
            .finish()
    }
}

const NAME: &str = "secret folder";

/// Provides the keys of one folder.
struct Folder {
    folder: FolderAddress,
    profile: Profile,
    tree: Dict,
}

impl Provider for Folder {
    fn metadata(&self) -> Metadata {
        Metadata::named(NAME).source(self.folder.to_string())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(self.profile.collect(self.tree.clone()))
    }
}
