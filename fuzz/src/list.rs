//! Bodies of lists and of look-ups by name, from any bytes.

use std::collections::BTreeMap;

use infisical_http::fuzzing;
use secret_ref::FolderPath;
use secret_source::{ErrorKind, ExposeSecret, FolderAddress, Missing, Secret, SecretError};
use serde_json::Value;

use crate::canary::assert_unseen_in;

/// What a server writes in place of a value that the identity may not read.
const HIDDEN: &str = "<hidden-by-infisical>";

/// Checks that a body gives what its rows say, each as a value or as an error.
///
/// # Panics
///
/// Panics where a row is lost, misread, or shown in an error.
pub fn run(data: &[u8]) {
    let folder = FolderAddress::new("infisical", "dev", &FolderPath::root());
    // Deep documents and lone surrogates, which the client skips, are no values of this library's.
    let body = serde_json::from_slice::<Value>(data).ok();
    for old_server in [false, true] {
        match fuzzing::list(data, old_server, &folder) {
            Ok(rows) => {
                rows.iter()
                    .for_each(|row| check_error(row.1.as_ref().err()));
                if let Some(body) = &body {
                    check_rows(rows, body);
                }
            }
            Err(error) => check_unreadable(&error),
        }
    }
    let row = body.as_ref().and_then(|body| body.get("secret"));
    let key = row.and_then(|row| row["secretKey"].as_str());
    let key = key.unwrap_or("KEY");
    match fuzzing::get(data, &folder.secret(key)) {
        Ok(answer) => {
            check_error(answer.as_ref().err());
            if let Some(body) = &body {
                check_row(key, answer.as_ref(), &body["secret"]);
            }
        }
        Err(error) => check_unreadable(&error),
    }
}

/// Checks that every key is answered, from the row that has precedence, and no other.
fn check_rows(rows: Vec<(String, fuzzing::Outcome)>, body: &Value) {
    let expected = by_precedence(body);
    assert!(
        rows.iter()
            .map(|(key, _)| key.as_str())
            .eq(expected.keys().copied()),
        "other keys than in the list"
    );
    for ((key, answer), row) in rows.iter().zip(expected.into_values()) {
        check_row(key, answer.as_ref(), row);
    }
}

/// Finds the row of each key by the rules of Infisical's pages: own secrets beat imports, the last import wins,
/// of two rows of a folder the first counts, personal values do not.
fn by_precedence(body: &Value) -> BTreeMap<&str, &Value> {
    let imports = body["imports"].as_array().into_iter().flatten();
    let folders = imports
        .map(|import| &import["secrets"])
        .chain([&body["secrets"]]);
    let mut found = BTreeMap::new();
    for folder in folders {
        let rows = folder.as_array().into_iter().flatten().rev();
        let shared = rows.filter(|row| row["type"] != "personal");
        found.extend(shared.map(|row| (row["secretKey"].as_str().unwrap_or_default(), row)));
    }
    found
}

fn check_row(key: &str, answer: Result<&Secret, &SecretError>, row: &Value) {
    assert_eq!(row["secretKey"], key);
    let value = row["secretValue"].as_str();
    let is_hidden = row["secretValueHidden"] == true || value == Some(HIDDEN);
    match (answer, value) {
        (Err(error), _) if is_hidden => assert_eq!(error.kind(), ErrorKind::Denied),
        (Err(error), None) => assert_eq!(error.kind(), ErrorKind::Protocol),
        (Ok(secret), Some(value)) if !is_hidden => {
            assert_eq!(secret.value().expose_secret(), value);
            assert_eq!(secret.version(), row["version"].as_u64());
            assert!(!secret.is_cached());
        }
        (answer, _) => panic!("the row of {key:?} gives {answer:?}"),
    }
}

fn check_unreadable(error: &SecretError) {
    let kind = error.kind();
    let fits = kind == ErrorKind::Protocol || kind == ErrorKind::NotFound(Missing::Unknown);
    assert!(fits, "{error:?}");
    check_error(Some(error));
}

fn check_error(error: Option<&SecretError>) {
    if let Some(error) = error {
        assert_unseen_in(error);
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    }
}
