//! What is stored, what is asked for, and what has to come of it.

use std::num::NonZeroU64;

use infisical_fake::{Era, Fake, Seed};
use secret_ref::{FolderPath, SecretType};
use secret_source::{FolderAddress, SecretAddress};

use super::cell::Way;

/// Describes one way of reading; the fields that say nothing come from [`Scenario::NEW`].
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// Fills the server before it starts.
    pub(crate) seed: fn(Seed) -> Seed,
    /// Changes the running server, after the client has logged in and read something.
    pub(crate) edit: Option<fn(&Fake)>,
    pub(crate) environment: &'static str,
    pub(crate) folder: &'static str,
    pub(crate) key: &'static str,
    pub(crate) version: Option<u64>,
    pub(crate) secret_type: SecretType,
    pub(crate) project: Project,
    /// Asks for many other folders in the same batch, where it lists: one recursive list then answers all.
    pub(crate) in_tree: bool,
    /// Reads with the token of a user, and not as an identity.
    pub(crate) is_user: bool,
    /// What happens everywhere but in the cells of `except`.
    pub(crate) expected: &'static str,
    /// Outcomes of some cells, named by era, way or both, such as `v2024 get`; the first that fits counts.
    pub(crate) except: &'static [(&'static str, &'static str)],
}

/// Says which project the client is set to.
#[derive(Clone, Copy)]
pub(crate) enum Project {
    Id,
    Slug,
    Unknown,
}

impl Scenario {
    pub(crate) const NEW: Self = Self {
        name: "",
        seed: |seed| seed,
        edit: None,
        environment: "dev",
        folder: "/app",
        key: "KEY",
        version: None,
        secret_type: SecretType::Shared,
        project: Project::Id,
        in_tree: false,
        is_user: false,
        expected: "",
        except: &[],
    };

    /// Returns what has to come of a read.
    pub(crate) fn expected(&self, era: Era, way: Way) -> &'static str {
        let cell = format!("{era} {way}");
        let fits = |words: &str| {
            words
                .split(' ')
                .all(|word| cell.split(' ').any(|other| other == word))
        };
        let exception = self.except.iter().find(|(words, _)| fits(words));
        exception.map_or(self.expected, |(_, outcome)| outcome)
    }

    /// Returns the address that is read.
    pub(crate) fn address(&self) -> SecretAddress {
        let address = self.folder().secret(self.key).with_type(self.secret_type);
        match self.version.and_then(NonZeroU64::new) {
            Some(version) => address.with_version(version),
            None => address,
        }
    }

    pub(crate) fn folder(&self) -> FolderAddress {
        let path = FolderPath::parse(self.folder).unwrap();
        FolderAddress::new("infisical", self.environment, &path)
    }
}
