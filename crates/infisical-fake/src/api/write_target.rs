//! [`Target`]: the folder that a write is for, and whether the caller may write to it.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::api::write::Write;
use crate::era::Era;
use crate::http::route::Api;
use crate::store::folder::Folder;
use crate::store::project::normal_path;
use crate::store::state::{Caller, State};

/// Points to the folder of a write, which need not exist.
pub(crate) struct Target {
    /// The index of the project.
    pub(crate) project: usize,
    pub(crate) environment: String,
    pub(crate) path: String,
}

impl Target {
    /// Finds the folder that a body names.
    pub(crate) fn of(
        state: &State,
        caller: Caller,
        (api, write): (Api, Write),
        body: &Value,
    ) -> Result<Self, Refusal> {
        let fields = match api {
            Api::V3 => ["workspaceId", "projectId", "workspaceSlug", "projectSlug"],
            Api::V4 => ["projectId"; 4],
        };
        let named = fields.iter().find_map(|field| body[*field].as_str());
        let named = named
            .ok_or_else(|| refusal::bad_request("Must provide either project slug or projectId"))?;
        let position = state
            .projects
            .iter()
            .position(|project| project.is_called(named));
        let project = position.ok_or_else(|| refusal::unknown_project(state.era, named))?;
        state.admit(caller, &state.projects[project])?;
        let target = Self {
            project,
            environment: body["environment"].as_str().unwrap_or_default().to_owned(),
            path: normal_path(body["secretPath"].as_str().unwrap_or("/")),
        };
        let action = match write {
            Write::Create => "create",
            Write::Update => "edit",
            Write::Delete => "delete",
        };
        let project = &state.projects[target.project];
        if state.may_write(caller, project, &target.environment, &target.path) {
            Ok(target)
        } else {
            Err(refusal::denied(action, &target.environment, &target.path))
        }
    }

    /// Answers instead of writing, where a change policy guards the folder.
    pub(crate) fn approval(&self, state: &State) -> Option<Value> {
        let project = &state.projects[self.project].id;
        let guarded = state.guarded.iter().any(|place| {
            place.project == *project
                && place.environment == self.environment
                && place.folder == self.path
        });
        guarded.then(
            || json!({ "approval": { "status": "open", "hasMerged": false, "conflicts": null } }),
        )
    }

    /// Returns the folder, which writes never create.
    pub(crate) fn folder<'a>(
        &self,
        state: &'a mut State,
        write: Write,
    ) -> Result<&'a mut Folder, Refusal> {
        let era = state.era;
        let folder = state.projects[self.project].folder_mut(&self.environment, &self.path);
        folder.ok_or_else(|| {
            let label = match write {
                Write::Create => "Create secret",
                Write::Update => "UpdateSecret",
                Write::Delete => "Delete secret",
            };
            refusal::folder_missing_on_write(era, label, &self.environment, &self.path)
        })
    }
}

/// Trims a value as servers do: white space at both ends goes, but for one final line break.
///
/// White space is what JavaScript takes for it: with the byte order mark, and without NEXT LINE.
pub(crate) fn stored(value: &str) -> String {
    let goes = |c: char| c != '\u{85}' && (c == '\u{feff}' || c.is_whitespace());
    let kept = value.trim_matches(goes);
    match value.chars().next_back() {
        Some('\n') => format!("{kept}\n"),
        _ => kept.to_owned(),
    }
}

/// Reads the value of a body, which must be text.
pub(crate) fn required_value(era: Era, body: &Value, path: &[Value]) -> Result<String, Refusal> {
    match &body["secretValue"] {
        Value::String(text) => Ok(stored(text)),
        other => {
            let received = if other.is_null() && body.get("secretValue").is_none() {
                "undefined"
            } else if other.is_null() {
                "null"
            } else {
                "object"
            };
            let path: Vec<_> = path.iter().cloned().chain(["secretValue".into()]).collect();
            let message = match received {
                "undefined" => "Required".to_owned(),
                _ => format!("Expected string, received {received}"),
            };
            Err(Refusal::invalid(
                era.validation_status(),
                vec![json!({
                    "code": "invalid_type", "expected": "string", "received": received,
                    "path": path, "message": message,
                })],
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_trimmed_but_for_one_final_line_break() {
        for (sent, kept) in [
            ("  a  ", "a"),
            ("x\n\n\n", "x\n"),
            ("a\r\nb\r\n", "a\r\nb\n"),
            ("\n", "\n"),
            (" \n", "\n"),
            ("\u{feff}x\u{feff}", "x"),
            ("\u{85}x\u{85}", "\u{85}x\u{85}"),
            ("-----BEGIN-----\n", "-----BEGIN-----\n"),
        ] {
            assert_eq!(stored(sent), kept, "{sent:?}");
        }
    }
}
