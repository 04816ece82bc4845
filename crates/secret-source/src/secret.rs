//! [`Secret`]: a value, and what is known about it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};

use crate::{Freshness, Origin};

/// Holds a value together with where it came from, which version it is and how fresh.
///
/// Cloning shares one allocation; the value is wiped from it when the last clone goes. `Debug` shows
/// where it came from and how fresh it is.
#[derive(Clone)]
pub struct Secret {
    shared: Arc<Shared>,
    freshness: Freshness,
    cached: bool,
}

#[derive(Clone)]
struct Shared {
    value: SecretString,
    origin: Origin,
    version: Option<u64>,
    fetched_at: SystemTime,
    unexpanded: bool,
}

impl Secret {
    /// Wraps a value that was fetched just now.
    pub fn new(value: impl Into<SecretString>, origin: Origin) -> Self {
        let shared = Shared {
            value: value.into(),
            origin,
            version: None,
            fetched_at: SystemTime::now(),
            unexpanded: false,
        };
        Self {
            shared: Arc::new(shared),
            freshness: Freshness::Fresh,
            cached: false,
        }
    }

    /// Adds the version that the source gave.
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        self.changed(|shared| shared.version = Some(version))
    }

    /// Says when the value was fetched, where that was not just now.
    #[must_use]
    pub fn with_fetched_at(self, time: SystemTime) -> Self {
        self.changed(|shared| shared.fetched_at = time)
    }

    /// Marks a value that still holds references which its server should have expanded.
    ///
    /// The source only marks; whether such a value may be used is the [`Resolver`](crate::Resolver)'s
    /// policy and the reference's `unresolved=allow`.
    #[must_use]
    pub fn with_unexpanded(self, unexpanded: bool) -> Self {
        self.changed(|shared| shared.unexpanded = unexpanded)
    }

    /// Returns the same secret as a cache hands it out.
    #[must_use]
    pub fn served_from_cache(mut self, freshness: Freshness) -> Self {
        self.cached = true;
        self.freshness = freshness;
        self
    }

    /// Returns a secret with everything but the value kept, such as one field of a JSON document.
    ///
    /// # Errors
    ///
    /// Passes on the error of `derive`.
    pub(crate) fn derive<E>(
        &self,
        derive: impl FnOnce(&str) -> Result<SecretString, E>,
    ) -> Result<Self, E> {
        let value = derive(self.shared.value.expose_secret())?;
        Ok(self.clone().changed(|shared| shared.value = value))
    }

    /// Returns a secret with everything but the value kept.
    #[must_use]
    pub(crate) fn map(self, change: impl FnOnce(&str) -> SecretString) -> Self {
        let value = change(self.shared.value.expose_secret());
        self.changed(|shared| shared.value = value)
    }

    /// Returns the value, still wrapped.
    pub fn value(&self) -> &SecretString {
        &self.shared.value
    }

    /// Returns where the value came from.
    pub fn origin(&self) -> &Origin {
        &self.shared.origin
    }

    /// Returns the version that the source gave.
    pub fn version(&self) -> Option<u64> {
        self.shared.version
    }

    /// Returns when the value was fetched, by the wall clock.
    pub fn fetched_at(&self) -> SystemTime {
        self.shared.fetched_at
    }

    /// Returns how long ago the value was fetched; zero where the wall clock went backwards.
    pub fn age(&self) -> Duration {
        match self.freshness {
            Freshness::Stale { age } => age,
            Freshness::Fresh => self.shared.fetched_at.elapsed().unwrap_or_default(),
        }
    }

    /// Returns whether the value is current.
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Tells whether a cache answered.
    pub fn is_cached(&self) -> bool {
        self.cached
    }

    /// Tells whether the value still holds references which its server should have expanded.
    pub fn is_unexpanded(&self) -> bool {
        self.shared.unexpanded
    }

    /// Tells whether the value is the empty string.
    pub fn is_empty(&self) -> bool {
        self.shared.value.expose_secret().is_empty()
    }

    /// Returns who answered, for logs: `stale`, `cache`, `env`, `dotenv`, `default`, else `api`.
    pub fn answered_by(&self) -> &'static str {
        match (self.freshness, self.cached, self.origin().name()) {
            (Freshness::Stale { .. }, ..) => "stale",
            (_, true, _) => "cache",
            (_, _, "env") => "env",
            (_, _, "dotenv") => "dotenv",
            (_, _, "default") => "default",
            _ => "api",
        }
    }

    fn changed(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.shared));
        self
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret")
            .field("origin", self.origin())
            .field("version", &self.version())
            .field("freshness", &self.freshness)
            .field("cached", &self.cached)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_all_but_the_value() {
        let secret = Secret::new("hunter2", Origin::new("memory")).with_version(3);
        let text = format!("{secret:?}");
        assert!(!text.contains("hunter2"), "{text}");
        assert!(text.contains("memory") && text.contains("3"), "{text}");
    }

    #[test]
    fn a_derived_secret_keeps_what_is_known_about_it() {
        let secret = Secret::new("hunter2", Origin::new("memory")).with_version(3);
        let derived = secret
            .derive(|value| Ok::<_, ()>(value.to_uppercase().into()))
            .unwrap();
        assert_eq!(derived.value().expose_secret(), "HUNTER2");
        assert_eq!(derived.version(), Some(3));
        assert_eq!(secret.value().expose_secret(), "hunter2");
    }
}
