//! Puts a changed effective tree back into a figment.
//!
//! Merging the tree over the old figment would be wrong in every profile: a merge cannot remove a
//! key, and values of the global profile would stay above it. So the tree becomes a figment of its
//! own, each value in the profile it was in, with all the metadata of the old one. Whatever is
//! merged or joined later then meets the same profiles as before.

use std::cell::Cell;

use figment::value::{Dict, Map, Tag, Value};
use figment::{Figment, Metadata, Profile, Provider};

use crate::provenance::profile_of;

/// Makes a figment of the profile and metadata of `figment`, more metadata, and a new effective tree.
pub(crate) fn write_back(figment: &Figment, tree: Dict, added: Map<Tag, Metadata>) -> Figment {
    let mut metadata = figment.__metadata_map().unwrap_or_default();
    metadata.extend(added);
    let mut data = Map::new();
    split(tree, figment, &mut data);
    Figment::from(Tree {
        profile: figment.profile().clone(),
        data: Cell::new(data),
        metadata,
    })
}

/// Sorts the values of a tree by the profile each came from. An array came from one profile as a whole.
fn split(dict: Dict, figment: &Figment, data: &mut Map<Profile, Dict>) {
    for (key, value) in dict {
        match value {
            Value::Dict(tag, inner) if !inner.is_empty() => {
                let mut parts = Map::new();
                split(inner, figment, &mut parts);
                for (profile, part) in parts {
                    data.entry(profile)
                        .or_default()
                        .insert(key.clone(), Value::Dict(tag, part));
                }
            }
            value => {
                let profile = profile_of(value.tag(), figment);
                data.entry(profile).or_default().insert(key, value);
            }
        }
    }
}

struct Tree {
    profile: Profile,
    // Figment asks once, and a copy would be one more copy of every secret.
    data: Cell<Map<Profile, Dict>>,
    metadata: Map<Tag, Metadata>,
}

impl Provider for Tree {
    fn metadata(&self) -> Metadata {
        Metadata::named("resolved secrets")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(self.data.take())
    }

    fn profile(&self) -> Option<Profile> {
        Some(self.profile.clone())
    }

    fn __metadata_map(&self) -> Option<Map<Tag, Metadata>> {
        Some(self.metadata.clone())
    }
}
