//! Creating folders.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::era::Era;
use crate::http::call::Call;
use crate::store::id;
use crate::store::project::normal_path;
use crate::store::state::{Caller, State};

/// Creates a folder below a path, with whatever of the path is missing.
pub(crate) fn create(
    state: &mut State,
    caller: Caller,
    project_parameter: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let era = state.era;
    let mut issues = Issues::default();
    let project_id = issues.field(&body, project_parameter).to_owned();
    let environment = issues.field(&body, "environment").to_owned();
    let name = issues.field(&body, "name").to_owned();
    issues.finish(era)?;
    let parent = body["path"]
        .as_str()
        .or(body["directory"].as_str())
        .unwrap_or("/");
    let path = normal_path(&format!("{parent}/{name}"));

    let project = state.project_by_id(caller, &project_id)?;
    let Some(known) = project.environment(&environment) else {
        return Err(refusal::environment_missing_on_folder(era, &environment));
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if !name.chars().all(is_plain) {
        return Err(match era {
            Era::V2024 => refusal::server_error_named("Find by secret path"),
            Era::V4a | Era::V4b => refusal::bad_request("Invalid folder name"),
        });
    }
    if era != Era::V2024 && known.folders.contains_key(&path) {
        return Err(refusal::bad_request("Folder already exists"));
    }
    if !state.may_write(caller, project, &environment, &path) {
        return Err(refusal::denied("create", &environment, &path));
    }
    let env_id = known.id.clone();
    let index = state
        .projects
        .iter()
        .position(|project| project.id == project_id);
    let made = index.map(|index| {
        let project = &mut state.projects[index];
        let id = project.folder_or_new(&environment, &path).id.clone();
        (id, project.folder_or_new(&environment, parent).id.clone())
    });
    let (folder_id, parent_id) = made.unzip();
    Ok(json!({ "folder": {
        "id": folder_id, "name": name, "version": 1,
        "createdAt": id::timestamp(0), "updatedAt": id::timestamp(0),
        "envId": env_id, "parentId": parent_id, "isReserved": false,
    }}))
}
