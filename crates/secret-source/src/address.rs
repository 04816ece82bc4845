//! [`SecretAddress`]: which secret, completely.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::num::NonZeroU64;
use std::sync::Arc;

use secret_ref::{FolderPath, SecretType, encoded_segment};

use crate::FolderAddress;

/// Names one secret completely: scheme, project or tenant, environment, folder, key, version, type.
///
/// Two references that mean the same secret have equal addresses, so an address is what caches and
/// sources use as a key. The text lives in one shared allocation and the hash is computed once:
/// cloning costs a reference count, hashing nothing.
///
/// # Examples
///
/// ```
/// use secret_source::{FolderAddress, SecretAddress};
///
/// let folder = FolderAddress::new("infisical", "prod", &"/shared/db".parse()?);
/// let address = folder.secret("PASSWORD");
/// assert_eq!(address.to_string(), "infisical://prod/shared/db/PASSWORD");
/// assert_eq!(address.key(), "PASSWORD");
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone)]
pub struct SecretAddress {
    /// Scheme, project, environment, folder and key, one after the other.
    text: Arc<str>,
    ends: [u32; 4],
    version: Option<NonZeroU64>,
    secret_type: SecretType,
    hash: u64,
}

/// A map keyed by addresses that uses the hash they carry.
pub type AddressMap<V> = HashMap<SecretAddress, V, BuildHasherDefault<AddressHasher>>;

impl SecretAddress {
    /// Names the current, shared value of `key` in a folder of the default project.
    pub fn new(scheme: &str, environment: &str, folder: &FolderPath, key: &str) -> Self {
        Self::assemble(
            [scheme, "", environment, folder.as_str(), key],
            None,
            SecretType::Shared,
        )
    }

    /// Names the same key in `project`, a project id, slug or tenant.
    #[must_use]
    pub fn with_project(self, project: &str) -> Self {
        let parts = [
            self.scheme(),
            project,
            self.environment(),
            self.folder(),
            self.key(),
        ];
        Self::assemble(parts, self.version, self.secret_type)
    }

    /// Names one version of the secret instead of the current one.
    #[must_use]
    pub fn with_version(self, version: NonZeroU64) -> Self {
        Self::assemble(self.parts(), Some(version), self.secret_type)
    }

    /// Names the value of another type, such as a user's personal override.
    #[must_use]
    pub fn with_type(self, secret_type: SecretType) -> Self {
        Self::assemble(self.parts(), self.version, secret_type)
    }

    /// Returns the scheme, in lower case, which chooses the source.
    pub fn scheme(&self) -> &str {
        self.part(0)
    }

    /// Returns the project id, slug or tenant; `None` leaves the choice to the source.
    pub fn project(&self) -> Option<&str> {
        Some(self.part(1)).filter(|project| !project.is_empty())
    }

    /// Returns the environment's slug.
    pub fn environment(&self) -> &str {
        self.part(2)
    }

    /// Returns the folder's absolute path, `/` for the root.
    pub fn folder(&self) -> &str {
        self.part(3)
    }

    /// Returns the secret's name within its folder.
    pub fn key(&self) -> &str {
        self.part(4)
    }

    /// Returns the version asked for; `None` means the current one.
    pub fn version(&self) -> Option<NonZeroU64> {
        self.version
    }

    /// Returns whether the shared or the personal value is meant.
    pub fn secret_type(&self) -> SecretType {
        self.secret_type
    }

    /// Returns the address of the folder that holds this secret.
    pub fn folder_address(&self) -> FolderAddress {
        FolderAddress::from_parts(
            self.scheme(),
            self.project(),
            self.environment(),
            self.folder(),
        )
    }

    /// Returns the hash that the address carries, equal for equal addresses of one build.
    pub fn hash64(&self) -> u64 {
        self.hash
    }

    pub(crate) fn assemble(
        parts: [&str; 5],
        version: Option<NonZeroU64>,
        secret_type: SecretType,
    ) -> Self {
        let text: Arc<str> = parts.concat().into();
        let mut ends = [0; 4];
        let mut end = 0;
        for (slot, part) in ends.iter_mut().zip(parts) {
            end += part.len() as u32;
            *slot = end;
        }
        let mut hasher = DefaultHasher::new();
        (&text, ends, version, secret_type).hash(&mut hasher);
        Self {
            text,
            ends,
            version,
            secret_type,
            hash: hasher.finish(),
        }
    }

    fn parts(&self) -> [&str; 5] {
        [
            self.part(0),
            self.part(1),
            self.part(2),
            self.part(3),
            self.part(4),
        ]
    }

    fn part(&self, index: usize) -> &str {
        let start = if index == 0 {
            0
        } else {
            self.ends[index - 1] as usize
        };
        let end = self
            .ends
            .get(index)
            .map_or(self.text.len(), |end| *end as usize);
        &self.text[start..end]
    }
}

impl PartialEq for SecretAddress {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && self.ends == other.ends
            && self.version == other.version
            && self.secret_type == other.secret_type
            && self.text == other.text
    }
}

impl Eq for SecretAddress {}

impl Hash for SecretAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// Prints the canonical reference to this address.
impl fmt::Display for SecretAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.folder_address(),
            encoded_segment(self.key())
        )?;
        let mut separator = '?';
        if let Some(version) = self.version {
            write!(f, "{separator}version={version}")?;
            separator = '&';
        }
        if self.secret_type != SecretType::Shared {
            write!(f, "{separator}type={}", self.secret_type)?;
        }
        Ok(())
    }
}

impl fmt::Debug for SecretAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretAddress({self})")
    }
}

/// Passes on the hash that a [`SecretAddress`] carries; of use for nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> SecretAddress {
        SecretAddress::new(
            "infisical",
            "prod",
            &FolderPath::parse("/a").unwrap(),
            "KEY",
        )
    }

    #[test]
    fn parts_that_only_concatenate_to_the_same_text_differ() {
        let one = SecretAddress::new("x", "ab", &FolderPath::root(), "c");
        let two = SecretAddress::new("x", "a", &FolderPath::root(), "c").with_project("b");
        let three = SecretAddress::new("x", "b", &FolderPath::root(), "c").with_project("a");
        assert_ne!(one, two);
        assert_ne!(two, three);
    }

    #[test]
    fn every_coordinate_tells_addresses_apart() {
        let one = NonZeroU64::MIN;
        assert_ne!(address(), address().with_version(one));
        assert_ne!(address(), address().with_type(SecretType::Personal));
        assert_ne!(address(), address().with_project("p"));
        assert_eq!(address().with_version(one), address().with_version(one));
        assert_eq!(address().hash64(), address().hash64());
    }

    #[test]
    fn display_is_the_canonical_reference() {
        let address = address()
            .with_project("p q")
            .with_type(SecretType::Personal);
        assert_eq!(
            address.to_string(),
            "infisical://p%20q@prod/a/KEY?type=personal"
        );
    }

    #[test]
    fn the_root_folder_prints_one_slash() {
        let address = SecretAddress::new("infisical", "prod", &FolderPath::root(), "KEY");
        assert_eq!(address.to_string(), "infisical://prod/KEY");
    }
}
