//! Listing and showing folders.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::era::Era;
use crate::http::query::Query;
use crate::store::id;
use crate::store::project::{Environment, normal_path};
use crate::store::state::{Caller, State};

/// Lists the folders directly below a path. A path that does not exist has none.
///
/// Reading folders is a permission of its own, so a role that may read no secret sees them.
pub(crate) fn list(
    state: &State,
    caller: Caller,
    project_parameter: &str,
    query: &Query,
) -> Result<Value, Refusal> {
    let era = state.era;
    let mut issues = Issues::default();
    let id = issues.required_text(query, project_parameter);
    let slug = issues.required_text(query, "environment");
    // `directory` is the older name, which the server of 2024 ignores here.
    let directory = if era == Era::V2024 {
        None
    } else {
        issues.text(query, "directory")
    };
    let path = issues.text(query, "path").or(directory).unwrap_or("/");
    issues.finish(era)?;

    let known = state.projects.iter().any(|project| project.id == id);
    if !known && era == Era::V2024 {
        return Err(refusal::not_a_member(era, id));
    }
    let project = state.project_by_id(caller, id)?;
    let environment = project
        .environment(slug)
        .ok_or_else(|| refusal::environment_missing(era, slug))?;
    Ok(json!({ "folders": children(environment, &normal_path(path)) }))
}

/// Shows the folder of this id, with its path and where it lies.
pub(crate) fn show(state: &State, caller: Caller, id: &str) -> Result<Value, Refusal> {
    let all = state.projects.iter().flat_map(|project| {
        let environments = project.environments.iter();
        environments.map(move |environment| (project, environment))
    });
    let mut all = all.flat_map(|(project, environment)| {
        let folders = environment.folders.iter();
        folders.map(move |(path, folder)| (project, environment, path, folder))
    });
    let missing = || match state.era {
        Era::V2024 => refusal::not_found("Folder not found"),
        Era::V4a | Era::V4b => refusal::not_found(format!("Folder with ID '{id}' not found")),
    };
    let (project, environment, path, _) = all
        .find(|(_, _, _, folder)| folder.id == id)
        .ok_or_else(missing)?;
    state.admit(caller, project)?;
    let mut folder = describe(environment, path).unwrap_or_default();
    folder["environment"] = json!({
        "envId": environment.id, "envName": environment.name, "envSlug": environment.slug,
    });
    folder["path"] = path.as_str().into();
    folder["projectId"] = project.id.as_str().into();
    Ok(json!({ "folder": folder }))
}

fn children(environment: &Environment, parent: &str) -> Vec<Value> {
    if !environment.folders.contains_key(parent) {
        return Vec::new();
    }
    let below = |path: &&String| {
        let above = path.rsplit_once('/').map(|(above, _)| normal_path(above));
        path.as_str() != "/" && above.as_deref() == Some(parent)
    };
    let paths = environment.folders.keys().filter(below);
    paths
        .filter_map(|path| describe(environment, path))
        .collect()
}

/// Writes one folder as every answer about folders shows it.
pub(crate) fn describe(environment: &Environment, path: &str) -> Option<Value> {
    let folder = environment.folders.get(path)?;
    let (above, name) = path.rsplit_once('/')?;
    let parent = environment.folders.get(&normal_path(above));
    Some(json!({
        "id": folder.id,
        "name": if path == "/" { "root" } else { name },
        "version": folder.version,
        "createdAt": id::timestamp(0),
        "updatedAt": id::timestamp(folder.version.saturating_sub(1)),
        "envId": environment.id,
        "parentId": parent.filter(|_| path != "/").map(|parent| parent.id.as_str()),
        "isReserved": false,
    }))
}
