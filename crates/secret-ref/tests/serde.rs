//! References, folders and templates in an application's own types.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use secret_ref::{FolderPath, FolderRef, JsonPointer, SecretRef, Template};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Service {
    password: SecretRef,
    folder: FolderRef,
    path: FolderPath,
    field: JsonPointer,
    dsn: Template,
}

const SERVICE: &str = r#"{"password":"infisical://dev/PASSWORD?optional","folder":"infisical:///shared/","path":"/shared/db","field":"/a~1b/0","dsn":"a${infisical://dev/K}b"}"#;

#[test]
fn an_applications_type_is_read_and_written_with_canonical_texts() {
    let service: Service = serde_json::from_str(SERVICE).unwrap();
    assert_eq!(
        service.password,
        SecretRef::parse("infisical://dev/PASSWORD?optional").unwrap()
    );
    assert_eq!(serde_json::to_string(&service).unwrap(), SERVICE);
}

#[test]
fn another_spelling_is_written_back_canonically() {
    let reference: SecretRef =
        serde_json::from_str(r#""INFISICAL://dev/K?encode=none&%6Fptional""#).unwrap();
    assert_eq!(
        serde_json::to_string(&reference).unwrap(),
        r#""infisical://dev/K?optional""#
    );
}

#[test]
fn a_mistake_is_reported_with_what_to_do() {
    let error = serde_json::from_str::<SecretRef>(r#""infisical://dev/K?optinal""#).unwrap_err();
    assert!(
        error.to_string().contains("unknown option: `optinal`"),
        "{error}"
    );
    assert!(
        error.to_string().contains("did you mean `optional`?"),
        "{error}"
    );
}

#[test]
fn anything_but_a_string_is_refused_by_name() {
    let error = serde_json::from_str::<Template>("7").unwrap_err();
    assert!(error.to_string().contains("expected a template"), "{error}");
}

#[test]
fn owned_and_borrowed_strings_are_both_read() {
    let value = serde_json::json!("/shared/db/");
    assert_eq!(
        serde_json::from_value::<FolderPath>(value)
            .unwrap()
            .as_str(),
        "/shared/db"
    );
    // An escape makes the JSON parser hand out a string of its own instead of a part of the input.
    assert_eq!(
        serde_json::from_str::<FolderPath>(r#""\/a""#)
            .unwrap()
            .as_str(),
        "/a"
    );
}
