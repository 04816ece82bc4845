//! [`Applied`]: what a child process is given, and what not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::process::Command;

use env_fallback::Environment;
use secret_source::{ExposeSecret, SecretAddress};
use serde::{Serialize, Serializer};

use crate::variable;
use crate::{Prefetched, Unmet};

/// Lists the variables that a child was given, those that it was not, and those that nothing was found for. It
/// holds names only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    applied: Vec<String>,
    skipped: Vec<Skipped>,
    missing: Vec<String>,
}

/// Names a variable that was left as it is, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// The name of the variable.
    pub variable: String,
    /// Why it was left alone.
    pub reason: SkipReason,
}

/// Says why a variable was left alone. It serialises to its name, such as `already_set`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// The command has the variable, or inherits it, or was just given it, or has its `_FILE` form, or has that
    /// which it would be the `_FILE` form of.
    AlreadySet,
    /// Two different secrets would have this name.
    Ambiguous,
    /// Another requirement of this name is missing or failed, and this secret must not stand in for it.
    OtherUnmet,
    /// The name is not one that every shell and program can read.
    InvalidName,
    /// The name means something to programs, or makes them run other code.
    Reserved,
    /// The value holds a zero byte, which no environment can.
    InvalidValue,
}

impl Prefetched {
    /// Sets the variables of a child to what was fetched, and overwrites none.
    ///
    /// `inherited` is the environment that the child inherits; where the command does not inherit
    /// ([`Command::env_clear`]), pass an empty one. A variable counts as set where the command or the environment
    /// has it, or has it with `_FILE` at its end, since a program that reads both takes two for a mistake. So does
    /// a variable with `_FILE` at its end where that is without it; of two such secrets, the first is given.
    ///
    /// Values go into the environment of the child and nowhere else: not among its arguments, and not into the
    /// environment of this process. They are not wiped there, and whoever may look at the child's environment
    /// sees them, as always with environment variables.
    ///
    /// # Examples
    ///
    /// See the documentation of the crate.
    pub fn apply_to(&self, command: &mut Command, inherited: &Environment) -> Applied {
        let mut taken = Taken::of(command, inherited);
        let ambiguous = self.ambiguous();
        let unmet: BTreeSet<_> = self.unmet().collect();
        let mut outcome = Applied::default();
        let mut seen = BTreeSet::new();
        for fetched in &self.fetched {
            let name = fetched.variable();
            if !seen.insert(name) {
                continue;
            }
            let value = fetched.secret.value().expose_secret();
            let reason = if !variable::is_valid(name) {
                Some(SkipReason::InvalidName)
            } else if taken.has(name) {
                Some(SkipReason::AlreadySet)
            } else if variable::is_reserved(name) {
                Some(SkipReason::Reserved)
            } else if ambiguous.contains(name) {
                Some(SkipReason::Ambiguous)
            } else if unmet.contains(name) {
                Some(SkipReason::OtherUnmet)
            } else if value.contains('\0') {
                Some(SkipReason::InvalidValue)
            } else {
                None
            };
            match reason {
                Some(reason) => outcome.skip(name, reason),
                None => {
                    command.env(name, value);
                    taken.add(name);
                    outcome.applied.push(name.to_owned());
                }
            }
        }
        for name in self.unmet() {
            if !seen.insert(name) {
                continue;
            }
            if taken.has(name) {
                outcome.skip(name, SkipReason::AlreadySet);
            } else {
                outcome.missing.push(name.to_owned());
            }
        }
        outcome
    }

    /// Returns the names of what is missing, then of what failed.
    fn unmet(&self) -> impl Iterator<Item = &str> {
        let unmet = self.missing.iter().chain(&self.errors);
        unmet.map(Unmet::variable)
    }

    /// Finds the names that more than one secret would have.
    fn ambiguous(&self) -> BTreeSet<&str> {
        let mut owners: BTreeMap<&str, &SecretAddress> = BTreeMap::new();
        let mut ambiguous = BTreeSet::new();
        for fetched in &self.fetched {
            let owner = owners.entry(fetched.variable()).or_insert(&fetched.address);
            if **owner != fetched.address {
                ambiguous.insert(fetched.variable());
            }
        }
        ambiguous
    }
}

impl Applied {
    /// Returns the variables that were set.
    pub fn applied(&self) -> &[String] {
        &self.applied
    }

    /// Returns the variables that were left as they are.
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// Returns the variables that nothing was fetched for, and that are not set either.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    fn skip(&mut self, variable: &str, reason: SkipReason) {
        self.skipped.push(Skipped {
            variable: variable.to_owned(),
            reason,
        });
    }
}

/// The names that a child has already.
struct Taken(BTreeSet<String>);

impl Taken {
    fn of(command: &Command, inherited: &Environment) -> Self {
        let mut names: BTreeSet<String> = inherited.names().map(str::to_owned).collect();
        for (name, value) in command.get_envs() {
            let name = name.to_string_lossy().into_owned();
            match value {
                Some(_) => names.insert(name),
                // The command was told not to inherit it.
                None => names.remove(&name),
            };
        }
        Self(names)
    }

    fn add(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    /// Tells whether a program that reads a variable and its `_FILE` form would find one of both.
    fn has(&self, name: &str) -> bool {
        let plain = name.strip_suffix("_FILE");
        self.0.contains(name)
            || self.0.contains(&format!("{name}_FILE"))
            || plain.is_some_and(|plain| self.0.contains(plain))
    }
}

impl SkipReason {
    /// Returns the name that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlreadySet => "already_set",
            Self::Ambiguous => "ambiguous",
            Self::OtherUnmet => "other_unmet",
            Self::InvalidName => "invalid_name",
            Self::Reserved => "reserved",
            Self::InvalidValue => "invalid_value",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for SkipReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
