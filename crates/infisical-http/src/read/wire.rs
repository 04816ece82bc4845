//! What the server sends, read leniently: unknown fields are ignored, and only keys are required.

use std::fmt;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, Visitor};

use crate::object::only_objects;
use crate::read::unexpanded::holds_a_reference;
use crate::tolerant::tolerant;

/// What a server writes in place of a value that the identity may not read, sometimes without saying so.
const HIDDEN: &str = "<hidden-by-infisical>";

/// The answer to a list.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct ListBody {
    pub(crate) secrets: Vec<Row>,
    #[serde(default)]
    pub(crate) imports: Option<Vec<Import>>,
}

/// The answer to a look-up of one secret.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct GetBody {
    pub(crate) secret: Row,
}

/// The folders in a folder.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct FoldersBody {
    pub(crate) folders: Vec<FolderRow>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct FolderRow {
    pub(crate) name: String,
}

/// The secrets of one folder that another imports. Some servers leave all but the secrets out.
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
pub(crate) struct Import {
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) environment: Option<String>,
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) secret_path: Option<String>,
    /// Absent where the imported folder does not exist any more.
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) folder_id: Option<String>,
    pub(crate) secrets: Vec<Row>,
}

/// One secret.
#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) secret_key: String,
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) secret_value: Option<Value>,
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) secret_value_hidden: Option<bool>,
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) version: Option<u64>,
    #[serde(default, rename = "type", deserialize_with = "tolerant")]
    pub(crate) secret_type: Option<String>,
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) environment: Option<String>,
    #[serde(default, deserialize_with = "tolerant")]
    pub(crate) secret_path: Option<String>,
    /// Present, if only as an empty list, unless the row comes from another folder.
    #[serde(default)]
    tags: Option<IgnoredAny>,
}

impl Row {
    /// Tells whether a look-up by name found this in a folder that the one asked for imports, where the server
    /// does not name the folder: a row of its own has tags, as recorded with a server of October 2024.
    pub(crate) fn is_from_an_unnamed_folder(&self) -> bool {
        self.secret_path.is_none() && self.environment.is_some() && self.tags.is_none()
    }

    /// Tells whether this is a user's override of a shared secret.
    pub(crate) fn is_personal(&self) -> bool {
        self.secret_type.as_deref() == Some("personal")
    }

    /// Tells whether the value holds a reference that the server should have expanded.
    pub(crate) fn is_unexpanded(&self) -> bool {
        let value = self.secret_value.as_ref();
        value.is_some_and(|value| value.is_unexpanded)
    }

    /// Tells whether the server withheld the value.
    pub(crate) fn is_hidden(&self) -> bool {
        self.secret_value_hidden == Some(true)
            || self
                .secret_value
                .as_ref()
                .is_some_and(|value| value.is_placeholder)
    }
}

/// A value, wrapped as soon as it is read, and what had to be seen of it.
pub(crate) struct Value {
    pub(crate) text: SecretString,
    /// It still holds a reference that the server should have expanded.
    pub(crate) is_unexpanded: bool,
    is_placeholder: bool,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value {
                    text: text.into(),
                    is_unexpanded: holds_a_reference(text),
                    is_placeholder: text == HIDDEN,
                })
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// The answer to a look-up of a project.
#[derive(Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct ProjectBody {
    pub(crate) id: String,
}

only_objects!(
    ListBody,
    GetBody,
    FoldersBody,
    FolderRow,
    Import,
    Row,
    ProjectBody
);

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn everything_but_the_key_may_be_missing_or_of_another_type() {
        let body = br#"{"secrets":[
            {"secretKey":"BARE"},
            {"secretKey":"NULL","secretValue":null,"version":null,"type":null},
            {"secretKey":"ODD","secretValue":"v","version":"3","type":7,"secretValueHidden":"no",
             "environment":{},"secretPath":[],"new":{"a":[1]}}
        ],"more":1}"#;
        let list: ListBody = serde_json::from_slice(body).unwrap();
        assert!(list.imports.is_none());
        assert!(list.secrets[0].secret_value.is_none() && list.secrets[1].secret_value.is_none());
        let odd = &list.secrets[2];
        assert_eq!(
            (odd.version, odd.secret_type.as_deref(), odd.is_hidden()),
            (None, None, false)
        );
        assert_eq!(odd.secret_value.as_ref().unwrap().text.expose_secret(), "v");
    }

    #[test]
    fn an_array_is_no_row_and_no_body() {
        for body in [
            r#"{"secrets":[["K","v"]]}"#,
            r#"[[{"secretKey":"K"}]]"#,
            "[[]]",
        ] {
            assert!(serde_json::from_str::<ListBody>(body).is_err(), "{body}");
        }
        for body in [r#"{"secret":["K","v"]}"#, r#"[{"secretKey":"K"}]"#] {
            assert!(serde_json::from_str::<GetBody>(body).is_err(), "{body}");
        }
    }

    #[test]
    fn values_come_out_as_they_were_stored() {
        let body = br#"{"secret":{"secretKey":"K","secretValue":" \u00e9\"\n\\ \ud83d\ude00 "}}"#;
        let body: GetBody = serde_json::from_slice(body).unwrap();
        assert_eq!(
            body.secret.secret_value.unwrap().text.expose_secret(),
            " é\"\n\\ 😀 "
        );
    }

    #[test]
    fn the_placeholder_is_hidden_even_where_the_server_does_not_say_so() {
        let body = br#"{"secret":{"secretKey":"K","secretValue":"<hidden-by-infisical>"}}"#;
        let body: GetBody = serde_json::from_slice(body).unwrap();
        assert!(body.secret.is_hidden());
    }
}
