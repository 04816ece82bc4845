//! [`Snapshot`]: what a cache hands to a store, and takes from it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secret_source::{Secret, SecretAddress};

use super::SnapshotError;

/// How far a clock may be behind the one that an entry was fetched by: five minutes.
const SKEW: Duration = Duration::from_secs(300);

/// Holds the secrets that a cache fetched, for a store to keep until the next start; `Debug` says how many.
#[derive(Clone)]
pub struct Snapshot {
    written: SystemTime,
    entries: Vec<SnapshotEntry>,
}

/// Holds one secret of a [`Snapshot`], which may stay sealed until it is asked for; `Debug` shows no name.
#[derive(Clone)]
pub struct SnapshotEntry {
    address: SecretAddress,
    fetched: SystemTime,
    value: Arc<dyn SnapshotValue>,
}

/// Holds a secret until it is asked for, in whatever form its store chooses; `Debug` shows no value.
///
/// A [`Secret`] is one that keeps the value as it is.
pub trait SnapshotValue: fmt::Debug + Send + Sync + 'static {
    /// Returns the secret with its origin, its version and the time at which it was fetched.
    ///
    /// # Errors
    ///
    /// Fails where what is held was changed.
    fn reveal(&self) -> Result<Secret, SnapshotError>;
}

impl SnapshotValue for Secret {
    fn reveal(&self) -> Result<Secret, SnapshotError> {
        Ok(self.clone())
    }
}

impl Snapshot {
    /// Collects entries that are, or were, written at a time of the wall clock.
    pub fn new(written: SystemTime, entries: Vec<SnapshotEntry>) -> Self {
        Self { written, entries }
    }

    /// Returns when the snapshot was written, by the wall clock.
    pub fn written(&self) -> SystemTime {
        self.written
    }

    /// Returns the entries, in no order.
    pub fn entries(&self) -> &[SnapshotEntry] {
        &self.entries
    }

    pub(super) fn into_entries(self) -> Vec<SnapshotEntry> {
        self.entries
    }
}

impl SnapshotEntry {
    /// Holds what an address was answered with at a time of the wall clock.
    pub fn new(address: SecretAddress, fetched: SystemTime, value: impl SnapshotValue) -> Self {
        Self {
            address,
            fetched,
            value: Arc::new(value),
        }
    }

    /// Returns the address that was answered.
    pub fn address(&self) -> &SecretAddress {
        &self.address
    }

    /// Returns when the secret was fetched, by the wall clock.
    pub fn fetched(&self) -> SystemTime {
        self.fetched
    }

    /// Returns the secret.
    ///
    /// # Errors
    ///
    /// Fails where what is held was changed.
    pub fn reveal(&self) -> Result<Secret, SnapshotError> {
        self.value.reveal()
    }

    /// Returns how long ago the secret was fetched, unless that is longer than it may be kept or lies in
    /// the future; a clock may be five minutes behind.
    pub fn age(&self, now: SystemTime, max_age: Duration) -> Option<Duration> {
        match now.duration_since(self.fetched) {
            Ok(age) => (age <= max_age).then_some(age),
            Err(ahead) => (ahead.duration() <= SKEW).then_some(Duration::ZERO),
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("written", &self.written)
            .field("entries", &self.entries.len())
            .finish()
    }
}

impl fmt::Debug for SnapshotEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnapshotEntry")
            .field("fetched", &self.fetched)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secret_source::{FolderAddress, Origin};

    use super::*;

    #[test]
    fn an_entry_has_an_age_until_it_is_too_old_and_none_from_the_future() {
        let folder = FolderAddress::new("infisical", "prod", &secret_ref::FolderPath::root());
        let now = SystemTime::now();
        let secret = Secret::new("hunter2", Origin::new("memory"));
        let entry = SnapshotEntry::new(folder.secret("KEY"), now, secret);
        let (hour, second) = (Duration::from_secs(3600), Duration::from_secs(1));
        assert_eq!(entry.age(now + hour, hour), Some(hour));
        assert_eq!(entry.age(now + hour + second, hour), None);
        assert_eq!(entry.age(now - SKEW, hour), Some(Duration::ZERO));
        assert_eq!(entry.age(now - SKEW - second, hour), None);
    }
}
