//! What the answers of a flight do to the entries.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use secret_source::{ErrorKind, FolderAddress, Secret, SecretAddress, SecretError};

use crate::CacheConfig;
use crate::entries::Change;
use crate::entry::Entry;

/// Turns the answers of one flight into changes.
pub(crate) struct Landing<'a> {
    pub(crate) config: &'a CacheConfig,
    pub(crate) now: Duration,
    pub(crate) rng: &'a mut Rng,
    /// One draw per folder, so that a folder which was loaded together expires together.
    pub(crate) jitter: HashMap<FolderAddress, f64>,
}

impl Landing<'_> {
    /// Returns what an answer changes, if anything.
    pub(crate) fn change(
        &mut self,
        address: &SecretAddress,
        answer: &Result<Secret, SecretError>,
    ) -> Option<Change> {
        if self.config.ttl.is_zero() {
            return None;
        }
        match answer {
            // A value that was stale when it came here would become fresh by being kept.
            Ok(secret) if secret.freshness().is_stale() => None,
            Ok(secret) => {
                let rng = &mut *self.rng;
                let jitter = *self
                    .jitter
                    .entry(address.folder_address())
                    .or_insert_with(|| rng.f64());
                Some(Change::Put(Entry::value(
                    secret.clone(),
                    self.now,
                    jitter,
                    self.config,
                )))
            }
            Err(error) => match error.kind() {
                ErrorKind::NotFound(_) if self.config.negative_ttl.is_zero() => Some(Change::Drop),
                ErrorKind::NotFound(_) => Some(Change::Put(Entry::missing(
                    error.clone(),
                    self.now,
                    self.config,
                ))),
                ErrorKind::Denied => Some(Change::Drop),
                _ => None,
            },
        }
    }
}
