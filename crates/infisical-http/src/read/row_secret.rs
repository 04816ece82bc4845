//! How a row becomes a [`Secret`].

use secret_source::{Origin, Secret, SecretError};

use crate::answer::place::Place;
use crate::read::wire::Row;

impl Row {
    /// Makes a secret of the row, which must have a value that may be used.
    pub(crate) fn secret(&self, origin: Origin, place: Place<'_>) -> Result<Secret, SecretError> {
        if self.is_hidden() {
            return Err(SecretError::denied(
                "the identity may see this secret's name but not its value",
            )
            .with_code("hidden-value")
            .with_hint(format!("let the identity read the value in {place}")));
        }
        let Some(value) = &self.secret_value else {
            return Err(SecretError::protocol(format!(
                "{} listed this secret without a value",
                place.host
            ))
            .with_hint(format!(
                "check that it has a value in {place}, and that no proxy changes answers"
            )));
        };
        let secret = Secret::new(value.text.clone(), origin).with_unexpanded(value.is_unexpanded);
        Ok(match self.version {
            Some(version) => secret.with_version(version),
            None => secret,
        })
    }
}

#[cfg(test)]
mod tests {
    use secret_source::ErrorKind;

    use super::*;

    fn secret(row: &str) -> Result<Secret, SecretError> {
        let row: Row = serde_json::from_str(row).unwrap();
        let place = Place {
            host: "host",
            project: Some("p"),
            folder: None,
        };
        row.secret(place.origin(None, None), place)
    }

    fn kind(row: &str) -> ErrorKind {
        secret(row).unwrap_err().kind()
    }

    #[test]
    fn a_value_that_is_not_there_is_no_empty_value() {
        assert_eq!(kind(r#"{"secretKey":"K"}"#), ErrorKind::Protocol);
        let empty = secret(r#"{"secretKey":"K","secretValue":""}"#);
        assert!(empty.unwrap().is_empty());
    }

    #[test]
    fn a_value_that_is_withheld_is_denied_whether_the_server_says_so_or_not() {
        for row in [
            r#"{"secretKey":"K","secretValue":"x","secretValueHidden":true}"#,
            r#"{"secretKey":"K","secretValue":"<hidden-by-infisical>"}"#,
        ] {
            assert_eq!(kind(row), ErrorKind::Denied, "{row}");
        }
    }

    #[test]
    fn an_unexpanded_reference_marks_the_value_and_fails_nothing() {
        let secret = secret(r#"{"secretKey":"K","secretValue":"12${CHAIN3}","version":3}"#);
        let secret = secret.unwrap();
        assert!(secret.is_unexpanded());
        assert_eq!(secret.version(), Some(3));
    }
}
