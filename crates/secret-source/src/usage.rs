//! What a reference does with the value its address gave: pointer, then encoding.

use std::collections::BTreeMap;

use secrecy::SecretString;
use secret_ref::{Encoding, JsonPointer, SecretRef};
use serde_json::value::RawValue;

use crate::{ErrorKind, Missing, Origin, Secret, SecretError};

const NOT_JSON: &str = "the secret is not a JSON document, so no field can be taken from it";

/// Takes the field that `reference` points at, and lets `optional` or `default` excuse an absence.
///
/// `Ok(None)` means that the key is to be left out.
pub(crate) fn find(
    reference: &SecretRef,
    answer: Result<Secret, SecretError>,
) -> Result<Option<Secret>, SecretError> {
    let found = answer.and_then(|secret| match reference.pointer() {
        Some(pointer) => secret.derive(|document| field(document, pointer)),
        None => Ok(secret),
    });
    match found {
        Err(error) if error.kind().is_not_found() && reference.is_optional() => {
            let default = reference.default_text();
            Ok(default.map(|text| Secret::new(text, Origin::new("default"))))
        }
        other => other.map(Some),
    }
}

/// Writes the value as `reference` wants it.
pub(crate) fn encode(reference: &SecretRef, found: Secret) -> Secret {
    let encoding = reference.encoding();
    if encoding == Encoding::None {
        return found;
    }
    found.map(|value| SecretString::from(encoding.apply(value).into_owned()))
}

/// Takes one field out of a JSON document: strings unquoted, numbers and booleans as they are written.
fn field(document: &str, pointer: &JsonPointer) -> Result<SecretString, SecretError> {
    let mut value: &RawValue = parse(document, NOT_JSON)?;
    for token in pointer.tokens() {
        value = step(value, token)?.ok_or_else(|| {
            SecretError::not_found(Missing::Field)
                .with_hint(format!("the document has no field at `{pointer}`"))
        })?;
    }
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'"') => Ok(parse::<String>(text, NOT_JSON)?.into()),
        Some(b'{' | b'[') => Err(not_text(pointer, "holds an object or array")),
        Some(b'n') | None => Err(not_text(pointer, "holds null")),
        Some(_) => Ok(text.to_owned().into()),
    }
}

fn step<'a>(value: &'a RawValue, token: &str) -> Result<Option<&'a RawValue>, SecretError> {
    let text = value.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => parse::<BTreeMap<String, &RawValue>>(text, NOT_JSON)?.remove(token),
        Some(b'[') => match array_index(token) {
            Some(index) => parse::<Vec<&RawValue>>(text, NOT_JSON)?.get(index).copied(),
            None => None,
        },
        _ => None,
    })
}

/// Reads an array index as RFC 6901 writes it: digits, without a leading zero.
fn array_index(token: &str) -> Option<usize> {
    let digits = token.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = token == "0" || !token.starts_with('0');
    if digits && canonical {
        token.parse().ok()
    } else {
        None
    }
}

// serde_json's own message quotes what it could not read, so it is left out.
fn parse<'a, T: serde::Deserialize<'a>>(text: &'a str, problem: &str) -> Result<T, SecretError> {
    serde_json::from_str(text).map_err(|_| {
        SecretError::new(ErrorKind::Invalid, problem)
            .with_code("not-json")
            .with_hint(
                "store a JSON document under this key, or remove the `#…` from the reference",
            )
    })
}

fn not_text(pointer: &JsonPointer, what: &str) -> SecretError {
    SecretError::invalid(format!("the field at `{pointer}` {what}"))
        .with_code("field-not-text")
        .with_hint("point at a string, a number or a boolean")
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn apply(
        reference: &SecretRef,
        answer: Result<Secret, SecretError>,
    ) -> Result<Option<Secret>, SecretError> {
        Ok(find(reference, answer)?.map(|found| encode(reference, found)))
    }

    const DOCUMENT: &str = r#"{"user":"a\"b","port":5432,"ratio":1e5,"id":12345678901234567890123,
        "tls":true,"none":null,"list":[{"x":1},"two"],"a/b":"slash","":"empty"}"#;

    fn value(reference: &str) -> Result<Option<String>, SecretError> {
        let secret = Secret::new(DOCUMENT, Origin::new("memory"));
        let applied = apply(&reference.parse().unwrap(), Ok(secret))?;
        Ok(applied.map(|secret| secret.value().expose_secret().to_owned()))
    }

    #[test]
    fn fields_come_out_exactly_as_they_were_written() {
        for (pointer, expected) in [
            ("/user", "a\"b"),
            ("/port", "5432"),
            ("/ratio", "1e5"),
            ("/id", "12345678901234567890123"),
            ("/tls", "true"),
            ("/list/0/x", "1"),
            ("/list/1", "two"),
            ("/a~1b", "slash"),
            ("/", "empty"),
        ] {
            assert_eq!(
                value(&format!("x://e/K#{pointer}")).unwrap().as_deref(),
                Some(expected),
                "{pointer}"
            );
        }
    }

    #[test]
    fn a_missing_field_counts_as_not_found_and_takes_the_default() {
        let kind = value("x://e/K#/nope").unwrap_err().kind();
        assert_eq!(kind, ErrorKind::NotFound(Missing::Field));
        assert_eq!(
            value("x://e/K?default=d#/nope").unwrap().as_deref(),
            Some("d")
        );
        assert_eq!(value("x://e/K?optional#/list/00").unwrap(), None);
    }

    #[test]
    fn null_and_containers_are_errors_even_when_optional() {
        for pointer in ["/none", "/list", "/list/0"] {
            let error = value(&format!("x://e/K?optional#{pointer}")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Invalid, "{pointer}");
        }
    }

    #[test]
    fn a_document_that_is_not_json_is_not_quoted() {
        let secret = Secret::new("hunter2 is not json", Origin::new("memory"));
        let error = apply(&"x://e/K#/a".parse().unwrap(), Ok(secret)).unwrap_err();
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }

    #[test]
    fn a_document_that_breaks_on_the_way_is_not_taken_for_a_missing_field() {
        let secret = Secret::new(r#"{"a":"x","\ud800":1}"#, Origin::new("memory"));
        let error = apply(&"x://e/K?default=d#/a".parse().unwrap(), Ok(secret)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
    }

    #[test]
    fn the_encoding_applies_to_the_default_too() {
        let missing = Err(SecretError::not_found(Missing::Secret));
        let reference = "x://e/K?default=a%20b&encode=percent".parse().unwrap();
        let secret = apply(&reference, missing).unwrap().unwrap();
        assert_eq!(secret.value().expose_secret(), "a%20b");
        assert_eq!(secret.answered_by(), "default");
    }

    #[test]
    fn optional_excuses_nothing_but_absence() {
        let denied = Err(SecretError::denied("no"));
        assert!(apply(&"x://e/K?optional".parse().unwrap(), denied).is_err());
    }
}
