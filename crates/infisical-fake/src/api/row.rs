//! One secret as it appears in an answer.

use serde_json::{Map, Value, json};

use crate::era::Era;
use crate::store::id;
use crate::store::project::{Located, Project, StoredSecret};

/// What servers write where a value may not be seen.
pub(crate) const PLACEHOLDER: &str = "<hidden-by-infisical>";

/// Points to a secret and to where it lies.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) project: &'a Project,
    pub(crate) place: Located<'a>,
    pub(crate) secret: &'a StoredSecret,
}

/// Tells in which kind of answer a secret appears, since each leaves out other fields.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Shape {
    Listed,
    Single,
    /// Within `imports` of a list.
    Imported,
    /// Found by a look-up through an import.
    SingleImported,
}

impl Row<'_> {
    /// Writes the secret with the value to show; `None` is a value that may not be seen.
    pub(crate) fn to_json(
        self,
        era: Era,
        shape: Shape,
        value: Option<&str>,
        version: u64,
    ) -> Value {
        let secret = self.secret;
        let workspace = if shape == Shape::Imported && era == Era::V2024 {
            ""
        } else {
            &self.project.id
        };
        let mut fields = object(json!({
            "id": secret.id,
            "_id": secret.id,
            "workspace": workspace,
            "environment": self.place.environment.slug,
            "version": version,
            "type": "shared",
            "secretKey": secret.key,
            "secretValue": value.unwrap_or(PLACEHOLDER),
            "secretComment": secret.comment,
            "skipMultilineEncoding": secret.skip_multiline_encoding,
        }));
        if era == Era::V2024 {
            fields.insert("metadata".to_owned(), Value::Null);
        } else {
            fields.extend(object(json!({
                "secretValueHidden": value.is_none(),
                "secretMetadata": [],
                "isRotatedSecret": false,
                "rotationId": null,
                "actor": null,
            })));
        }
        if shape != Shape::Imported {
            fields.extend(object(json!({
                "secretReminderNote": null,
                "secretReminderRepeatDays": null,
                "createdAt": id::timestamp(0),
                "updatedAt": id::timestamp(version.saturating_sub(1)),
            })));
        }
        let has_path = match era {
            Era::V2024 => shape == Shape::Listed,
            Era::V4a | Era::V4b => shape != Shape::Imported,
        };
        if has_path {
            fields.insert("secretPath".to_owned(), self.place.path.into());
        }
        if matches!(shape, Shape::Listed | Shape::Single) {
            fields.insert(
                "tags".to_owned(),
                secret.tags.iter().map(|slug| tag(slug)).collect(),
            );
        }
        fields.into()
    }
}

fn tag(slug: &str) -> Value {
    json!({ "id": id::uuid(&format!("tag {slug}")), "slug": slug, "color": "#808080", "name": slug })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
