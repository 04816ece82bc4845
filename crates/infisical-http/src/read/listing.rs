//! [`Listing`]: what a folder holds, after its imports.

use std::collections::BTreeMap;

use secret_source::{FolderAddress, Missing, Secret, SecretAddress, SecretError, suggest};

use crate::answer::place::Place;
use crate::read::kept_lists::Validator;
use crate::read::wire::{ListBody, Row};

/// Stands for the folder of a value that was imported from one that the server does not name.
pub(crate) const IMPORTED: &str = "(imported)";

/// Holds what a folder answers for each key.
///
/// Its own secrets beat imported ones, and of the imports the last one wins, as on the server and in its
/// pages, whatever some clients do. Of two rows with one key, which races on a server can leave behind, the
/// first one counts: it is the one that a look-up by name gives.
pub(crate) struct Listing {
    held: BTreeMap<String, Held>,
    /// Why values stand here as they are stored. Those with references are then not what they mean, and are
    /// looked up by name or refused.
    refusal: Option<SecretError>,
    /// Secrets that a look-up by name did not give.
    refused: BTreeMap<String, SecretError>,
    /// The server would have answered the same if the folder did not exist.
    pub(crate) may_not_exist: bool,
    /// What the server calls this state of the folder.
    pub(crate) validator: Option<Validator>,
}

/// A row, and the folder it was imported from.
struct Held {
    row: Row,
    import: Option<(Option<String>, Option<String>)>,
    /// It is of a look-up by name, and not of a list.
    is_looked_up: bool,
}

impl Listing {
    /// Orders the rows of a list by precedence.
    pub(crate) fn new(body: ListBody, unknown_folders_are_empty: bool) -> Self {
        let may_not_exist = unknown_folders_are_empty
            && body.secrets.is_empty()
            && body.imports.as_ref().is_none_or(Vec::is_empty);
        let mut held = BTreeMap::new();
        let mut add = |row: Row, import: Option<(Option<String>, Option<String>)>| {
            if !row.is_personal() {
                held.entry(row.secret_key.clone()).or_insert(Held {
                    row,
                    import,
                    is_looked_up: false,
                });
            }
        };
        body.secrets.into_iter().for_each(|row| add(row, None));
        let imports = body.imports.unwrap_or_default();
        // Where the folder of one import is gone, a server of 2024 shifts the labels of all others.
        let labels_hold = imports.iter().all(|import| import.folder_id.is_some());
        for import in imports.into_iter().rev() {
            let (environment, path) = match labels_hold {
                true => (import.environment, import.secret_path),
                false => (None, None),
            };
            for row in import.secrets {
                let environment = environment.clone().or_else(|| row.environment.clone());
                add(row, Some((environment, path.clone())));
            }
        }
        Self {
            held,
            refusal: None,
            refused: BTreeMap::new(),
            may_not_exist,
            validator: None,
        }
    }

    /// Holds rows that are all a folder's own, and not all that the folder has.
    pub(crate) fn of_own(rows: Vec<Row>) -> Self {
        let body = ListBody {
            secrets: rows,
            imports: None,
        };
        Self::new(body, false)
    }

    /// Notes what the server calls this state of the folder.
    pub(crate) fn with_validator(self, validator: Option<Validator>) -> Self {
        Self { validator, ..self }
    }

    /// Notes that the values stand as they are stored, since the server refused to follow their references.
    pub(crate) fn with_refusal(self, refusal: SecretError) -> Self {
        Self {
            refusal: Some(refusal),
            ..self
        }
    }

    /// Tells whether the values stand as they are stored.
    pub(crate) fn is_as_stored(&self) -> bool {
        self.refusal.is_some()
    }

    /// Tells whether there is a row for a key.
    pub(crate) fn holds(&self, key: &str) -> bool {
        self.held.contains_key(key)
    }

    /// Tells whether a value holds a reference that the server should have expanded.
    pub(crate) fn shows_a_reference(&self, key: &str) -> bool {
        self.held
            .get(key)
            .is_some_and(|held| held.row.is_unexpanded())
    }

    /// Takes the value of another row of a key where that one is expanded; tells whether it did.
    pub(crate) fn correct(&mut self, key: &str, row: Row) -> bool {
        let is_better = row.secret_value.is_some() && !row.is_hidden() && !row.is_unexpanded();
        is_better && self.replace(key, row)
    }

    /// Takes what a look-up by name gave for a key, whatever it is; tells whether it was about that key.
    pub(crate) fn replace(&mut self, key: &str, row: Row) -> bool {
        let Some(held) = self.held.get_mut(key).filter(|_| row.secret_key == key) else {
            return false;
        };
        // What the server calls this state does not cover a value that it got wrong.
        self.validator = None;
        held.is_looked_up = true;
        held.row.secret_value = row.secret_value;
        held.row.secret_value_hidden = row.secret_value_hidden;
        held.row.version = row.version.or(held.row.version);
        true
    }

    /// Notes that a look-up by name failed for a key, and why.
    pub(crate) fn refuse(&mut self, key: &str, error: SecretError) {
        self.validator = None;
        self.refused.insert(key.to_owned(), error);
    }

    /// Takes the row of a key out.
    pub(crate) fn take(&mut self, key: &str) -> Option<Row> {
        self.held.remove(key).map(|held| held.row)
    }

    /// Returns the keys in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.held.keys().map(String::as_str)
    }

    /// Returns the secret of one address in this folder.
    pub(crate) fn secret(
        &self,
        address: &SecretAddress,
        place: Place<'_>,
    ) -> Result<Secret, SecretError> {
        if let Some(error) = self.refused.get(address.key()) {
            return Err(error.clone());
        }
        let Some(held) = self.held.get(address.key()) else {
            return Err(self.missing(address.key(), place));
        };
        let Held { row, import, .. } = held;
        if let Some(refusal) = &self.refusal
            && row.is_unexpanded()
            && !held.is_looked_up
        {
            return Err(refusal.clone());
        }
        let origin = match import {
            None => place.origin(None, row.secret_path.as_deref()),
            Some((environment, path)) => {
                let path = path.as_deref().unwrap_or(IMPORTED);
                place.origin(environment.as_deref(), Some(path))
            }
        };
        row.secret(origin, place)
    }

    /// Returns all secrets of the folder, by key; one that is hidden fails the whole.
    pub(crate) fn all(
        &self,
        folder: &FolderAddress,
        place: Place<'_>,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        if self.may_not_exist {
            return Err(self.missing("", place));
        }
        let addresses = self.keys().map(|key| folder.secret(key));
        let answers = addresses.map(|address| match self.secret(&address, place) {
            Ok(secret) => Ok((address, secret)),
            Err(error) => Err(error.with_address(&address)),
        });
        answers.collect()
    }

    fn missing(&self, key: &str, place: Place<'_>) -> SecretError {
        if self.may_not_exist {
            return SecretError::not_found(Missing::Unknown).with_hint(format!(
                "{place} is empty or does not exist: this server answers both alike, and an unknown \
                 environment too"
            ));
        }
        let error = SecretError::not_found(Missing::Secret);
        match suggest(key, self.keys()) {
            Some(near) => error.with_hint(format!("did you mean `{near}`? Looked in {place}")),
            None => error.with_hint(format!("looked in {place}")),
        }
    }
}

#[cfg(test)]
mod tests;
