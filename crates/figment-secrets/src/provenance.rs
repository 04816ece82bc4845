//! [`Provenance`]: figment's metadata, extended by where each secret came from.

use std::collections::HashMap;

use figment::value::{Dict, Map, Tag, Value};
use figment::{Figment, Metadata, Profile, Provider};
use secret_source::Origin;

/// Makes tags whose metadata is that of the reference, with the secret's origin in its name.
///
/// Errors then read `… in app.toml TOML file (secret from …)`.
pub(crate) struct Provenance<'f> {
    figment: &'f Figment,
    // Two tags are equal to figment when only their profiles differ, so the profile is part of the key.
    tags: HashMap<(Tag, Profile, Vec<Origin>), Tag>,
    metadata: Map<Tag, Metadata>,
}

impl<'f> Provenance<'f> {
    pub(crate) fn new(figment: &'f Figment) -> Self {
        Self {
            figment,
            tags: HashMap::new(),
            metadata: Map::new(),
        }
    }

    /// Returns the tag of a value that stands where the value of `tag` stood and came from `origins`.
    pub(crate) fn tag(&mut self, tag: Tag, origins: Vec<Origin>) -> Tag {
        let profile = profile_of(tag, self.figment);
        let key = (tag, profile, origins);
        if let Some(known) = self.tags.get(&key) {
            return *known;
        }
        let (_, profile, origins) = &key;
        let marker = Marker {
            metadata: self.extended(tag, origins),
            profile: profile.clone(),
        };
        // Only figment makes tags: let it make one, and take over tag and metadata.
        let probe = Figment::from(marker);
        let made = probe
            .data()
            .ok()
            .and_then(|data| Some(data.get(profile)?.get(MARK)?.tag()));
        let made = made.unwrap_or(tag);
        self.metadata
            .extend(probe.__metadata_map().unwrap_or_default());
        self.tags.insert(key, made);
        made
    }

    /// Returns the metadata of all tags that were made.
    pub(crate) fn into_metadata(self) -> Map<Tag, Metadata> {
        self.metadata
    }

    fn extended(&self, tag: Tag, origins: &[Origin]) -> Metadata {
        let mut metadata = self.figment.get_metadata(tag).cloned().unwrap_or_default();
        let origins: Vec<_> = origins.iter().map(ToString::to_string).collect();
        metadata.name = format!("{} (secret from {})", metadata.name, origins.join(" and ")).into();
        metadata
    }
}

/// Returns the profile that a value of the effective tree belongs to.
pub(crate) fn profile_of(tag: Tag, figment: &Figment) -> Profile {
    // A tag knows the default and the global profile; any other one is the selected.
    tag.profile().unwrap_or_else(|| figment.profile().clone())
}

const MARK: &str = "mark";

struct Marker {
    metadata: Metadata,
    profile: Profile,
}

impl Provider for Marker {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(self
            .profile
            .collect(Dict::from([(MARK.to_owned(), Value::from(true))])))
    }
}
