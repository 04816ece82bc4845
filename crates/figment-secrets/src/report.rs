//! [`Report`]: which key came from where.

use std::fmt;
use std::time::Duration;

use secret_ref::SecretRef;
use secret_source::{Freshness, Origin, Secret};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::key_path::KeyPath;

/// Tells for every reference of a configuration how it was answered. It holds no value.
///
/// There is one [`Row`] for each occurrence of a reference, in the order of the keys: those inside
/// templates, those answered by their `default` and the optional ones that were left out included.
/// It serialises to an array of rows.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Report {
    rows: Vec<Row>,
}

/// Tells how one occurrence of a reference was answered.
///
/// It serialises to `key`, `reference`, `origin`, `freshness`, `version` and `age_seconds`. An
/// optional secret that is missing has the origin `absent` and null in the last three.
#[derive(Clone)]
pub struct Row {
    key: KeyPath,
    reference: SecretRef,
    answer: Option<Answer>,
}

#[derive(Clone, Debug)]
struct Answer {
    origin: Origin,
    freshness: Freshness,
    version: Option<u64>,
    age: Duration,
    cached: bool,
}

impl Report {
    pub(crate) fn new(rows: Vec<Row>) -> Self {
        Self { rows }
    }

    /// Returns the rows in the order of the keys.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

impl Row {
    pub(crate) fn new(key: KeyPath, reference: SecretRef, secret: Option<&Secret>) -> Self {
        let answer = secret.map(|secret| Answer {
            origin: secret.origin().clone(),
            freshness: secret.freshness(),
            version: secret.version(),
            age: secret.age(),
            cached: secret.is_cached(),
        });
        Self {
            key,
            reference,
            answer,
        }
    }

    /// Returns the configuration key, with dots between its parts.
    pub fn key(&self) -> String {
        self.key.to_string()
    }

    /// Returns the reference.
    pub fn reference(&self) -> &SecretRef {
        &self.reference
    }

    /// Returns where the value came from; `None` where an optional secret is missing.
    pub fn origin(&self) -> Option<&Origin> {
        self.answer.as_ref().map(|answer| &answer.origin)
    }

    /// Returns whether the value was current.
    pub fn freshness(&self) -> Option<Freshness> {
        self.answer.as_ref().map(|answer| answer.freshness)
    }

    /// Returns the version that the source gave.
    pub fn version(&self) -> Option<u64> {
        self.answer.as_ref()?.version
    }

    /// Returns how old the value was when it was written into the configuration.
    pub fn age(&self) -> Option<Duration> {
        self.answer.as_ref().map(|answer| answer.age)
    }

    /// Tells whether a cache answered.
    pub fn is_cached(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.cached)
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({} = {}", self.key, self.reference)?;
        match &self.answer {
            Some(answer) => write!(f, " from {}, {})", answer.origin, answer.freshness),
            None => f.write_str(", absent)"),
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let origin = self
            .origin()
            .map_or_else(|| "absent".to_owned(), ToString::to_string);
        let mut row = serializer.serialize_struct("Row", 6)?;
        row.serialize_field("key", &self.key())?;
        row.serialize_field("reference", &self.reference.to_string())?;
        row.serialize_field("origin", &origin)?;
        row.serialize_field("freshness", &self.freshness().map(Freshness::as_str))?;
        row.serialize_field("version", &self.version())?;
        row.serialize_field("age_seconds", &self.age().map(|age| age.as_secs()))?;
        row.end()
    }
}
