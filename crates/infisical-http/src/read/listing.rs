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
mod tests {
    use reqwest::header::HeaderValue;
    use secrecy::ExposeSecret;
    use secret_ref::FolderPath;
    use secret_source::ErrorKind;

    use super::*;
    use crate::dialect::Dialect;

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
            assert!(!listing.correct("K", row(useless)), "{useless}");
        }
        listing.validator = Some(Validator {
            dialect: Dialect::V3,
            etag: HeaderValue::from_static("\"1\""),
        });
        assert!(listing.correct("K", row(r#"{"secretKey":"K","secretValue":"12"}"#)));
        assert!(!listing.shows_a_reference("K"));
        assert!(
            listing.validator.is_none(),
            "the server may call both states alike"
        );
    }

    #[test]
    fn of_values_as_they_are_stored_only_those_without_references_are_handed_out() {
        let body = r#"{"secrets":[{"secretKey":"PLAIN","secretValue":"p"},
            {"secretKey":"A","secretValue":"${X}"},{"secretKey":"B","secretValue":"${X}"},
            {"secretKey":"C","secretValue":"${X}"}]}"#;
        let listing = Listing::new(serde_json::from_str(body).unwrap(), false);
        let mut listing = listing.with_refusal(SecretError::denied("the list"));
        let looked_up = r#"{"secretKey":"B","secretValue":"still ${X}"}"#;
        assert!(listing.replace("B", serde_json::from_str(looked_up).unwrap()));
        listing.refuse("C", SecretError::unavailable("C itself"));
        let folder = folder();
        let place = Place {
            host: "host",
            project: None,
            folder: Some(&folder),
        };
        let kind = |key| {
            let answer = listing.secret(&folder.secret(key), place);
            answer.map_err(|error| error.kind())
        };
        assert!(kind("PLAIN").is_ok());
        assert_eq!(kind("A").unwrap_err(), ErrorKind::Denied);
        assert!(kind("B").unwrap().is_unexpanded());
        assert_eq!(kind("C").unwrap_err(), ErrorKind::Unavailable);
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
