//! [`Changes`]: who wants to know each good version.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::contents::Contents;
use super::version::Version;

/// Gives each good version to one subscriber, at most once.
///
/// Who is slow misses the versions in between, and is told the keys that differ from what it saw last. A subscription
/// does not keep the watch going.
pub struct Changes<T> {
    versions: watch::Receiver<Arc<Version<T>>>,
    seen: Arc<Contents>,
}

/// Is a good version that a subscriber has not seen yet.
pub struct ConfigChange<T> {
    version: u64,
    config: Arc<T>,
    keys: Vec<String>,
}

impl<T> Changes<T> {
    /// Begins after the latest version.
    pub(super) fn new(mut versions: watch::Receiver<Arc<Version<T>>>) -> Self {
        let seen = Arc::clone(&versions.borrow_and_update().contents);
        Self { versions, seen }
    }

    /// Waits for the next good version, on any executor; `None` once the watch has ended.
    ///
    /// It may be given up and called again without losing anything.
    pub async fn next(&mut self) -> Option<ConfigChange<T>> {
        self.versions.changed().await.ok()?;
        let latest = Arc::clone(&self.versions.borrow_and_update());
        let keys = latest.contents.differing(&self.seen);
        self.seen = Arc::clone(&latest.contents);
        Some(ConfigChange {
            version: latest.number,
            config: Arc::clone(&latest.config),
            keys,
        })
    }
}

impl<T> ConfigChange<T> {
    /// Returns the number of the version.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the configuration.
    pub fn config(&self) -> &Arc<T> {
        &self.config
    }

    /// Returns the keys that differ from what the subscriber saw before, in the order of the configuration: `db.dsn`,
    /// `hosts.2`. None differ where a value changed and changed back unseen.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }
}

/// Shows nothing of the configuration.
impl<T> fmt::Debug for Changes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}

/// Shows the version and the names of the keys.
impl<T> fmt::Debug for ConfigChange<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigChange")
            .field("version", &self.version)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
