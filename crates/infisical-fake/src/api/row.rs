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
    /// Tells whether it is a user's own value for the secret.
    pub(crate) is_personal: bool,
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

impl<'a> Row<'a> {
    /// Gives the number of the current version; a user's own value is not changed here.
    pub(crate) fn version(self) -> u64 {
        if self.is_personal {
            1
        } else {
            self.secret.version()
        }
    }

    /// Gives the stored value.
    pub(crate) fn current(self) -> &'a str {
        match &self.secret.personal {
            Some(own) if self.is_personal => own,
            _ => self.secret.value(),
        }
    }

    /// Gives the value that a version had, if it ever existed.
    pub(crate) fn at(self, version: u64) -> Option<&'a str> {
        if self.is_personal {
            Some(self.current()).filter(|_| version == self.version())
        } else {
            self.secret.value_at(version)
        }
    }

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
        let id = match self.is_personal {
            true => id::uuid(&format!("personal {}", secret.id)),
            false => secret.id.clone(),
        };
        let mut fields = object(json!({
            "id": id,
            "_id": id,
            "workspace": workspace,
            "environment": self.place.environment.slug,
            "version": version,
            "type": if self.is_personal { "personal" } else { "shared" },
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
