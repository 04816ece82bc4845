//! [`Requirement`]: one secret that a service needs, and where it may be.

use std::fmt;

use secret_source::SecretAddress;
use serde::{Serialize, Serializer};

/// Says which secret is needed, under which name, and by whom. It holds no value.
///
/// It serialises to the fields `variable`, `candidates` (references), `required` and `wanted_by`.
#[derive(Clone, Debug, Serialize)]
pub struct Requirement {
    pub(crate) variable: String,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) required: bool,
    pub(crate) wanted_by: Vec<WantedBy>,
    #[serde(skip)]
    pub(crate) variable_turn: VariableTurn,
}

/// Says when the environment variable of its name is asked for the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum VariableTurn {
    Never,
    /// After all places: the name means something to programs, and may be set for another reason.
    Last,
    First,
}

/// Is one place where the secret may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) address: SecretAddress,
    pub(crate) allows_unresolved: bool,
}

/// Says who needs a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WantedBy {
    /// A key of a configuration, with its file where figment knows one.
    Config {
        /// The configuration key.
        key: String,
        /// The file that holds it.
        file: Option<String>,
    },
    /// A dependency of a contract.
    Contract {
        /// The contract's file.
        file: String,
        /// The line of the dependency, counted from 1.
        line: usize,
    },
}

impl Requirement {
    /// Returns the name of the variable that a child finds the secret in: the secret's key.
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// Returns where the secret may be, in the order in which it is looked for; at least one.
    pub fn candidates(&self) -> impl Iterator<Item = &SecretAddress> {
        self.candidates.iter().map(|candidate| &candidate.address)
    }

    /// Tells whether the service cannot do without it.
    pub fn required(&self) -> bool {
        self.required
    }

    /// Returns who needs it; at least one.
    pub fn wanted_by(&self) -> &[WantedBy] {
        &self.wanted_by
    }

    /// Takes over what another requirement says about the same secret.
    pub(crate) fn merge(&mut self, other: Self) {
        self.required |= other.required;
        self.variable_turn = self.variable_turn.max(other.variable_turn);
        for (mine, theirs) in self.candidates.iter_mut().zip(&other.candidates) {
            mine.allows_unresolved |= theirs.allows_unresolved;
        }
        for wanted in other.wanted_by {
            if !self.wanted_by.contains(&wanted) {
                self.wanted_by.push(wanted);
            }
        }
    }

    /// Tells whether both mean the same secrets in the same order, under the same name.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        self.variable == other.variable && self.candidates().eq(other.candidates())
    }
}

impl Candidate {
    pub(crate) fn new(address: SecretAddress) -> Self {
        Self {
            address,
            allows_unresolved: false,
        }
    }

    /// Returns the text of the reference that asks for the secret as a whole.
    pub(crate) fn reference(&self) -> String {
        // An address prints as the reference that means it.
        let text = self.address.to_string();
        match (self.allows_unresolved, text.contains('?')) {
            (false, _) => text,
            (true, false) => format!("{text}?unresolved=allow"),
            (true, true) => format!("{text}&unresolved=allow"),
        }
    }
}

impl Serialize for Candidate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.address)
    }
}

/// Prints the place as a person would look it up: `db.dsn in app.toml`, `contract.yaml:3`.
impl fmt::Display for WantedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config {
                key,
                file: Some(file),
            } => write!(f, "{key} in {file}"),
            Self::Config { key, file: None } => f.write_str(key),
            Self::Contract { file, line } => write!(f, "{file}:{line}"),
        }
    }
}

impl Serialize for WantedBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
