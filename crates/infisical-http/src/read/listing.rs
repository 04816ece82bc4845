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
    found: BTreeMap<String, Found>,
    /// The server would have answered the same if the folder did not exist.
    pub(crate) may_not_exist: bool,
    /// What the server calls this state of the folder.
    pub(crate) validator: Option<Validator>,
}

/// A row, and the folder it was imported from.
struct Found {
    row: Row,
    import: Option<(Option<String>, Option<String>)>,
}

impl Listing {
    /// Orders the rows of a list by precedence.
    pub(crate) fn new(body: ListBody, unknown_folders_are_empty: bool) -> Self {
        let may_not_exist = unknown_folders_are_empty
            && body.secrets.is_empty()
            && body.imports.as_ref().is_none_or(Vec::is_empty);
        let mut found = BTreeMap::new();
        let mut add = |row: Row, import: Option<(Option<String>, Option<String>)>| {
            if !row.is_personal() {
                found
                    .entry(row.secret_key.clone())
                    .or_insert(Found { row, import });
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
            found,
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

    /// Tells whether there is a row for a key.
    pub(crate) fn holds(&self, key: &str) -> bool {
        self.found.contains_key(key)
    }

    /// Tells whether a value holds a reference that the server should have expanded.
    pub(crate) fn shows_a_reference(&self, key: &str) -> bool {
        self.found
            .get(key)
            .is_some_and(|found| found.row.is_unexpanded())
    }

    /// Takes the value of a row of the same key where that one is expanded; tells whether it did.
    pub(crate) fn correct(&mut self, row: Row) -> bool {
        let Some(found) = self.found.get_mut(&row.secret_key) else {
            return false;
        };
        if row.secret_value.is_none() || row.is_hidden() || row.is_unexpanded() {
            return false;
        }
        // What the server calls this state does not cover a value that it got wrong.
        self.validator = None;
        found.row.secret_value = row.secret_value;
        found.row.version = row.version.or(found.row.version);
        true
    }

    /// Returns the keys in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.found.keys().map(String::as_str)
    }

    /// Returns the secret of one address in this folder.
    pub(crate) fn secret(
        &self,
        address: &SecretAddress,
        place: Place<'_>,
    ) -> Result<Secret, SecretError> {
        let Some(Found { row, import }) = self.found.get(address.key()) else {
            return Err(self.missing(address.key(), place));
        };
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
mod tests {
    use secrecy::ExposeSecret;
    use secret_ref::FolderPath;
    use secret_source::ErrorKind;

    use super::*;

    fn folder() -> FolderAddress {
        FolderAddress::new("infisical", "dev", &FolderPath::parse("/app").unwrap())
    }

    fn look_up(body: &str, old_server: bool, key: &str) -> Result<Secret, SecretError> {
        let listing = Listing::new(serde_json::from_str(body).unwrap(), old_server);
        let folder = folder();
        let place = Place {
            host: "host",
            project: Some("p"),
            folder: Some(&folder),
        };
        listing.secret(&folder.secret(key), place)
    }

    fn value(body: &str, key: &str) -> String {
        look_up(body, false, key)
            .unwrap()
            .value()
            .expose_secret()
            .to_owned()
    }

    const IMPORTS: &str = r#"{"secrets":[{"secretKey":"OWN","secretValue":"own"}],"imports":[
        {"secretPath":"/one","environment":"dev","folderId":"f1","secrets":[
            {"secretKey":"OWN","secretValue":"1"},{"secretKey":"BOTH","secretValue":"1"}]},
        {"secretPath":"/two","environment":"prod","folderId":"f2","secrets":[
            {"secretKey":"BOTH","secretValue":"2"}]}]}"#;

    const WITHOUT_A_FOLDER: &str = r#"{"secrets":[],"imports":[
        {"secretPath":"/one","environment":"dev","folderId":"f1","secrets":[
            {"secretKey":"LABELLED","secretValue":"l","environment":"dev"}]},
        {"secrets":[{"secretKey":"BARE","secretValue":"b","environment":"staging"}]}]}"#;

    #[test]
    fn own_secrets_beat_imports_and_the_last_import_wins() {
        assert_eq!(value(IMPORTS, "OWN"), "own");
        assert_eq!(value(IMPORTS, "BOTH"), "2");
    }

    #[test]
    fn an_imported_value_names_the_folder_it_really_came_from() {
        let origin = look_up(IMPORTS, false, "BOTH")
            .unwrap()
            .origin()
            .to_string();
        assert_eq!(
            origin,
            "infisical (host host, project p, environment prod, folder /two)"
        );
        let origin = look_up(IMPORTS, false, "OWN").unwrap().origin().to_string();
        assert_eq!(
            origin,
            "infisical (host host, project p, environment dev, folder /app)"
        );
    }

    #[test]
    fn where_one_import_has_no_folder_no_import_is_named() {
        for (key, environment) in [("BARE", "staging"), ("LABELLED", "dev")] {
            let secret = look_up(WITHOUT_A_FOLDER, false, key).unwrap();
            assert_eq!(
                secret.origin().detail("folder"),
                Some("(imported)"),
                "{key}"
            );
            assert_eq!(
                secret.origin().detail("environment"),
                Some(environment),
                "{key}"
            );
        }
    }

    #[test]
    fn an_expanded_value_takes_the_place_of_an_unexpanded_one_and_of_no_other() {
        let body = r#"{"secrets":[{"secretKey":"K","secretValue":"1${B}"}]}"#;
        let mut listing = Listing::new(serde_json::from_str(body).unwrap(), false);
        assert!(listing.shows_a_reference("K"));
        let row = |text: &str| serde_json::from_str::<Row>(text).unwrap();
        for useless in [
            r#"{"secretKey":"K","secretValue":"1${C}"}"#,
            r#"{"secretKey":"K"}"#,
            r#"{"secretKey":"K","secretValue":"x","secretValueHidden":true}"#,
            r#"{"secretKey":"OTHER","secretValue":"x"}"#,
        ] {
            assert!(!listing.correct(row(useless)), "{useless}");
        }
        assert!(listing.correct(row(r#"{"secretKey":"K","secretValue":"12"}"#)));
        assert!(!listing.shows_a_reference("K"));
    }

    #[test]
    fn of_two_rows_of_one_key_the_first_shared_one_counts() {
        let body = r#"{"secrets":[{"secretKey":"K","secretValue":"p","type":"personal"},
            {"secretKey":"K","secretValue":"a","type":"shared"},{"secretKey":"K","secretValue":"b"}]}"#;
        assert_eq!(value(body, "K"), "a");
    }

    #[test]
    fn a_hidden_own_secret_does_not_let_an_import_through() {
        let body = r#"{"secrets":[{"secretKey":"K","secretValue":"x","secretValueHidden":true}],
            "imports":[{"secrets":[{"secretKey":"K","secretValue":"y"}]}]}"#;
        assert_eq!(
            look_up(body, false, "K").unwrap_err().kind(),
            ErrorKind::Denied
        );
    }

    #[test]
    fn a_missing_key_comes_with_a_near_name_or_the_place() {
        let error = look_up(IMPORTS, false, "BOHT").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Secret));
        assert!(error.hint().unwrap().contains("`BOTH`"), "{error:?}");
        let error = look_up(IMPORTS, false, "OTHER").unwrap_err();
        assert_eq!(
            error.hint(),
            Some("looked in folder `/app` of environment `dev` in project `p`")
        );
    }

    #[test]
    fn an_empty_answer_of_an_old_server_cannot_tell_what_is_missing() {
        let empty = r#"{"secrets":[],"imports":[]}"#;
        let kind = |old_server| look_up(empty, old_server, "K").unwrap_err().kind();
        assert_eq!(kind(true), ErrorKind::NotFound(Missing::Unknown));
        assert_eq!(kind(false), ErrorKind::NotFound(Missing::Secret));
    }
}
