//! [`Summary`]: how a batch went, in numbers.

use std::fmt;

use serde::Serialize;

use crate::{Secret, SecretError};

/// Counts how the entries of a batch were answered; every entry is in exactly one count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Answered fresh by a cache.
    pub cached: usize,
    /// Answered by the source.
    pub fetched: usize,
    /// Answered by a cache with a value past its time to live.
    pub stale: usize,
    /// Not answered.
    pub failed: usize,
}

impl Summary {
    /// Counts the entries of a batch.
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Result<Secret, SecretError>>) -> Self {
        let mut summary = Self::default();
        for answer in answers {
            let count = match answer {
                Ok(secret) if secret.freshness().is_stale() => &mut summary.stale,
                Ok(secret) if secret.is_cached() => &mut summary.cached,
                Ok(_) => &mut summary.fetched,
                Err(_) => &mut summary.failed,
            };
            *count += 1;
        }
        summary
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            cached,
            fetched,
            stale,
            failed,
        } = self;
        write!(
            f,
            "{cached} cached, {fetched} fetched, {stale} stale, {failed} failed"
        )
    }
}
