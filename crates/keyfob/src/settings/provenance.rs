//! [`Provenance`]: where the value of a setting came from.

use std::fmt;

use serde::{Serialize, Serializer};

/// Says where the effective value of a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// An environment variable.
    Variable(String),
    /// A file that an environment variable names.
    File {
        /// The variable, which ends in `_FILE`.
        variable: String,
        /// The path that it holds.
        path: String,
    },
    /// A key of a figment section.
    Section {
        /// The key.
        key: String,
        /// What figment calls the place, such as `app.toml TOML file`.
        place: String,
    },
    /// A call on the builder.
    Builder,
    /// Nothing was set.
    Default,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(variable) => f.write_str(variable),
            Self::File { variable, path } => write!(f, "{variable}, which names {path}"),
            Self::Section { key, place } => write!(f, "key `{key}` in {place}"),
            Self::Builder => f.write_str("builder"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Serialises as the text that people read.
impl Serialize for Provenance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
