//! What counts of a list, and what is handed out of it.

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
