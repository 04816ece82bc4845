//! Creating, renaming and deleting folders.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::api::folders::describe;
use crate::api::tree::TreePlace;
use crate::era::Era;
use crate::http::call::Call;
use crate::store::project::{Environment, normal_path};
use crate::store::state::{Caller, State};

/// Creates a folder below a path, with whatever of the path is missing.
pub(crate) fn create(
    state: &mut State,
    caller: Caller,
    parameter: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let era = state.era;
    let mut issues = Issues::default();
    let name = issues.field(&body, "name").to_owned();
    let parent = TreePlace::of(state, caller, parameter, &body, issues)?;
    let path = normal_path(&format!("{}/{name}", parent.path));
    let Some(known) = parent.environment(state) else {
        return Err(refusal::environment_missing_on_folder(
            era,
            &parent.environment,
        ));
    };
    check_name(era, &name)?;
    if era != Era::V2024 && known.folders.contains_key(&path) {
        return Err(refusal::bad_request("Folder already exists"));
    }
    let made = TreePlace { path, ..parent };
    if !made.may_be_written(state, caller) {
        return Err(refusal::denied("create", &made.environment, &made.path));
    }
    let TreePlace {
        project,
        environment,
        path,
    } = &made;
    state.projects[*project].folder_or_new(environment, path);
    Ok(json!({ "folder": made.environment(state).and_then(|known| describe(known, path)) }))
}

/// Gives a folder another name.
pub(crate) fn rename(
    state: &mut State,
    caller: Caller,
    parameter: &str,
    id: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let mut issues = Issues::default();
    let name = issues.field(&body, "name").to_owned();
    let parent = TreePlace::of(state, caller, parameter, &body, issues)?;
    check_name(state.era, &name)?;
    let from = child(state, &parent, id, "Update folder")?;
    if !parent.may_be_written(state, caller) {
        return Err(refusal::denied("edit", &parent.environment, &parent.path));
    }
    let to = normal_path(&format!("{}/{name}", parent.path));
    let environment = state.projects[parent.project].environment_or_new(&parent.environment);
    if to != from && environment.folders.contains_key(&to) {
        return Err(refusal::bad_request("Folder already exists"));
    }
    environment.move_folder(&from, &to);
    if let Some(folder) = environment.folders.get_mut(&to) {
        folder.version += 1;
    }
    Ok(json!({ "folder": describe(environment, &to) }))
}

/// Deletes a folder, and all in it and below it, without asking whether it is empty.
pub(crate) fn delete(
    state: &mut State,
    caller: Caller,
    parameter: &str,
    id_or_name: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let parent = TreePlace::of(state, caller, parameter, &body, Issues::default())?;
    let path = child(state, &parent, id_or_name, "Delete folder")?;
    if !parent.may_be_written(state, caller) {
        return Err(refusal::denied("delete", &parent.environment, &parent.path));
    }
    let environment = state.projects[parent.project].environment_or_new(&parent.environment);
    let folder = describe(environment, &path);
    environment.remove_folder(&path);
    Ok(json!({ "folder": folder }))
}

/// Finds the folder directly below another that has this id or name.
fn child(
    state: &State,
    parent: &TreePlace,
    id_or_name: &str,
    label: &'static str,
) -> Result<String, Refusal> {
    let named = normal_path(&format!("{}/{id_or_name}", parent.path));
    let find = |environment: &Environment| {
        let mut folders = environment.folders.iter();
        let found = folders.find(|(path, folder)| {
            let above = path.rsplit_once('/').map(|(above, _)| normal_path(above));
            path.as_str() != "/"
                && above.as_ref() == Some(&parent.path)
                && (folder.id == id_or_name || **path == named)
        });
        found.map(|(path, _)| path.clone())
    };
    let found = parent.environment(state).and_then(find);
    found.ok_or_else(|| match state.era {
        Era::V2024 => Refusal::new(404, label, "Folder not found"),
        Era::V4a | Era::V4b => {
            refusal::not_found(format!("Folder with ID or name '{id_or_name}' not found"))
        }
    })
}

fn check_name(era: Era, name: &str) -> Result<(), Refusal> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if name.chars().all(is_plain) {
        return Ok(());
    }
    Err(match era {
        Era::V2024 => refusal::server_error_named("Find by secret path"),
        Era::V4a | Era::V4b => refusal::bad_request("Invalid folder name"),
    })
}
