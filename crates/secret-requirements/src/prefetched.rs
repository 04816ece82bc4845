//! [`Prefetched`]: what became of each requirement.

use std::error::Error;
use std::fmt;

use secret_source::{Origin, Secret, SecretAddress, SecretError};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::Requirement;

/// Says whether a missing secret is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Required {
    /// It is listed as missing, whatever its requirement says.
    #[default]
    No,
    /// It is an error where its requirement is required, and listed as missing where not.
    Yes,
}

/// Lists what was fetched, what is missing, and what failed. Neither `Debug` nor serialising shows a value.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Prefetched {
    pub(crate) fetched: Vec<Fetched>,
    pub(crate) missing: Vec<Unmet>,
    pub(crate) errors: Vec<Unmet>,
}

/// Is a requirement with its secret.
///
/// It serialises to the fields `variable`, `reference` and `origin`.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub(crate) requirement: Requirement,
    pub(crate) address: SecretAddress,
    pub(crate) secret: Secret,
}

/// Is a requirement without a secret, and why.
///
/// It serialises to the fields `variable`, `candidates`, `required`, `wanted_by`, `kind`, `message` and `hint`.
#[derive(Clone, Debug)]
pub struct Unmet {
    pub(crate) requirement: Requirement,
    pub(crate) error: SecretError,
}

/// Lists the requirements that could not be met.
#[derive(Clone, Debug)]
pub struct PrefetchError {
    errors: Vec<Unmet>,
}

impl Prefetched {
    /// Returns what was fetched, in the order of the requirements.
    pub fn fetched(&self) -> &[Fetched] {
        &self.fetched
    }

    /// Returns what is in none of its places.
    pub fn missing(&self) -> &[Unmet] {
        &self.missing
    }

    /// Returns what could not be looked up, and what is missing and was asked for as [`Required::Yes`].
    pub fn errors(&self) -> &[Unmet] {
        &self.errors
    }

    /// Fails if there are errors.
    ///
    /// # Errors
    ///
    /// Lists all of them.
    pub fn into_result(self) -> Result<Self, PrefetchError> {
        match self.errors.is_empty() {
            true => Ok(self),
            false => Err(PrefetchError {
                errors: self.errors,
            }),
        }
    }
}

impl Fetched {
    /// Returns the name of the variable.
    pub fn variable(&self) -> &str {
        self.requirement.variable()
    }

    /// Returns the requirement that this is for.
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// Returns the address that was answered, of those that the secret might have had.
    pub fn address(&self) -> &SecretAddress {
        &self.address
    }

    /// Returns where the value came from.
    pub fn origin(&self) -> &Origin {
        self.secret.origin()
    }

    /// Returns the secret.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl Unmet {
    /// Returns the name of the variable.
    pub fn variable(&self) -> &str {
        self.requirement.variable()
    }

    /// Returns the requirement that this is for.
    pub fn requirement(&self) -> &Requirement {
        &self.requirement
    }

    /// Returns what the last look-up failed of.
    pub fn error(&self) -> &SecretError {
        &self.error
    }
}

impl PrefetchError {
    /// Returns the requirements; at least one.
    pub fn errors(&self) -> &[Unmet] {
        &self.errors
    }
}

/// Prints who needs the secret, what failed, and the hint on a line of its own.
impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted: Vec<_> = self
            .requirement
            .wanted_by()
            .iter()
            .map(ToString::to_string)
            .collect();
        write!(
            f,
            "{} ({}): {}",
            self.variable(),
            wanted.join(", "),
            self.error
        )?;
        match self.error.hint() {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// Prints each of the requirements.
impl fmt::Display for PrefetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, unmet) in self.errors.iter().enumerate() {
            write!(f, "{}{unmet}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl Error for PrefetchError {}

impl Serialize for Fetched {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Fetched", 3)?;
        fields.serialize_field("variable", self.variable())?;
        fields.serialize_field("reference", &self.address.to_string())?;
        fields.serialize_field("origin", &self.origin().to_string())?;
        fields.end()
    }
}

impl Serialize for Unmet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Unmet", 7)?;
        let requirement = &self.requirement;
        fields.serialize_field("variable", &requirement.variable)?;
        fields.serialize_field("candidates", &requirement.candidates)?;
        fields.serialize_field("required", &requirement.required)?;
        fields.serialize_field("wanted_by", &requirement.wanted_by)?;
        fields.serialize_field("kind", self.error.kind().as_str())?;
        fields.serialize_field("message", self.error.message())?;
        fields.serialize_field("hint", &self.error.hint())?;
        fields.end()
    }
}
