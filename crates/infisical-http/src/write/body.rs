//! [`Body`]: what a write sends, in memory that is wiped.

use std::io::{self, Write};

use secrecy::{ExposeSecret, SecretString};
use secret_source::{Entry, FolderAddress, SecretError};
use serde::{Serialize, Serializer};

use crate::dialect::Dialect;

/// The largest body that a server reads: Fastify's `bodyLimit`, which no release raises.
const LARGEST: usize = 1024 * 1024;

/// The JSON body of a write, but for the name under which each dialect wants the project.
pub(crate) struct Body {
    project: String,
    /// A JSON object.
    fields: SecretString,
    length: usize,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    environment: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_path: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    secret_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_value: Option<Plain<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<Vec<Item<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    secret_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_value: Option<Plain<'a>>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    secret_type: Option<&'a str>,
}

/// A value, unwrapped at the last moment.
struct Plain<'a>(&'a SecretString);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl Body {
    /// Spells one value out, for a route that names the secret.
    pub(crate) fn value(
        project: &str,
        folder: &FolderAddress,
        value: &SecretString,
    ) -> Result<Self, SecretError> {
        let fields = Fields {
            secret_type: Some("shared"),
            secret_value: Some(Plain(value)),
            ..Fields::of(folder)
        };
        Self::new(project, &fields)
    }

    /// Spells a batch of values out.
    pub(crate) fn values<'a>(
        project: &str,
        folder: &FolderAddress,
        entries: impl IntoIterator<Item = &'a Entry>,
        mode: Option<&str>,
    ) -> Result<Self, SecretError> {
        let item = |entry: &'a Entry| Item {
            secret_key: entry.address().key(),
            secret_value: Some(Plain(entry.value())),
            secret_type: None,
        };
        let fields = Fields {
            mode,
            secrets: Some(entries.into_iter().map(item).collect()),
            ..Fields::of(folder)
        };
        Self::new(project, &fields)
    }

    /// Spells out that one secret goes, for a route that names it.
    pub(crate) fn deletion(project: &str, folder: &FolderAddress) -> Result<Self, SecretError> {
        let fields = Fields {
            secret_type: Some("shared"),
            ..Fields::of(folder)
        };
        Self::new(project, &fields)
    }

    /// Spells out which secrets of a folder go.
    pub(crate) fn deletions<'a>(
        project: &str,
        folder: &FolderAddress,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SecretError> {
        let item = |key| Item {
            secret_key: key,
            secret_value: None,
            secret_type: Some("shared"),
        };
        let fields = Fields {
            secrets: Some(keys.into_iter().map(item).collect()),
            ..Fields::of(folder)
        };
        Self::new(project, &fields)
    }

    /// Spells out the folder `name` in the folder at `parent`.
    pub(crate) fn folder(
        project: &str,
        environment: &str,
        parent: &str,
        name: &str,
    ) -> Result<Self, SecretError> {
        let fields = Fields {
            environment,
            name: Some(name),
            path: Some(parent),
            ..Fields::default()
        };
        Self::new(project, &fields)
    }

    /// Returns the body with the project under the name that a dialect has for it.
    pub(crate) fn in_dialect(&self, dialect: Dialect) -> SecretString {
        let name = match dialect {
            Dialect::V4 => "projectId",
            Dialect::V3 => "workspaceId",
        };
        let mut body = String::with_capacity(self.length);
        body.push_str("{\"");
        body.push_str(name);
        body.push_str("\":");
        body.push_str(&self.project);
        body.push(',');
        // The object's own brace is written above.
        body.push_str(self.fields.expose_secret().trim_start_matches('{'));
        body.into()
    }

    fn new(project: &str, fields: &Fields<'_>) -> Result<Self, SecretError> {
        let unwritable = |_| SecretError::invalid("the value cannot be written as JSON");
        // Measured first and written into a buffer of that size, so that no copy is left behind.
        let mut length = Length(0);
        serde_json::to_writer(&mut length, fields).map_err(unwritable)?;
        let project = serde_json::Value::from(project).to_string();
        let whole = length.0 + project.len() + "{\"workspaceId\":,".len();
        if whole > LARGEST {
            return Err(SecretError::invalid(
                "the value is larger than a request to Infisical may be",
            )
            .with_hint("a request holds up to 1 MiB, in which every quote and line break of a value counts twice"));
        }
        let mut text = Vec::with_capacity(length.0);
        serde_json::to_writer(&mut text, fields).map_err(unwritable)?;
        let text = String::from_utf8(text)
            .map_err(|_| SecretError::invalid("the value cannot be written as JSON"))?;
        Ok(Self {
            project,
            fields: text.into(),
            length: whole,
        })
    }
}

impl<'a> Fields<'a> {
    fn of(folder: &'a FolderAddress) -> Self {
        Self {
            environment: folder.environment(),
            secret_path: Some(folder.path()),
            ..Self::default()
        }
    }
}

/// Counts bytes and keeps none.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns how many bytes an entry takes in a batch.
pub(crate) fn length_in_a_batch(entry: &Entry) -> usize {
    let mut length = Length(0);
    let item = Item {
        secret_key: entry.address().key(),
        secret_value: Some(Plain(entry.value())),
        secret_type: None,
    };
    // What cannot be counted cannot be written either, and is refused when that is tried.
    let _ = serde_json::to_writer(&mut length, &item);
    length.0 + 1
}

#[cfg(test)]
mod tests {
    use secret_ref::FolderPath;

    use super::*;

    fn folder() -> FolderAddress {
        FolderAddress::new("infisical", "dev", &FolderPath::parse("/db").unwrap())
    }

    #[test]
    fn each_dialect_finds_the_project_under_its_own_name() {
        let body = Body::value("p", &folder(), &"a\"b\n".into()).unwrap();
        let rest =
            r#""environment":"dev","secretPath":"/db","type":"shared","secretValue":"a\"b\n"}"#;
        for (dialect, name) in [(Dialect::V4, "projectId"), (Dialect::V3, "workspaceId")] {
            let expected = format!(r#"{{"{name}":"p",{rest}"#);
            assert_eq!(body.in_dialect(dialect).expose_secret(), expected);
        }
    }

    #[test]
    fn a_batch_and_a_deletion_have_the_documented_form() {
        let entry = Entry::new(folder().secret("K"), "v");
        let body = Body::values("p", &folder(), [&entry], Some("upsert")).unwrap();
        assert_eq!(
            body.in_dialect(Dialect::V4).expose_secret(),
            r#"{"projectId":"p","environment":"dev","secretPath":"/db","mode":"upsert","secrets":[{"secretKey":"K","secretValue":"v"}]}"#
        );
        let body = Body::deletions("p", &folder(), ["K"]).unwrap();
        assert_eq!(
            body.in_dialect(Dialect::V3).expose_secret(),
            r#"{"workspaceId":"p","environment":"dev","secretPath":"/db","secrets":[{"secretKey":"K","type":"shared"}]}"#
        );
    }

    #[test]
    fn a_value_that_no_request_can_hold_is_refused() {
        let value = SecretString::from("x".repeat(LARGEST));
        assert!(Body::value("p", &folder(), &value).is_err());
        let value = SecretString::from("x".repeat(LARGEST - 200));
        assert!(Body::value("p", &folder(), &value).is_ok());
        let value = SecretString::from("\n".repeat(LARGEST - 200));
        assert!(Body::value("p", &folder(), &value).is_err());
    }
}
