//! Listing folders.

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

fn children(environment: &Environment, parent: &str) -> Vec<Value> {
    let Some(parent_folder) = environment.folders.get(parent) else {
        return Vec::new();
    };
    let prefix = if parent == "/" {
        "/".to_owned()
    } else {
        format!("{parent}/")
    };
    let mut children = Vec::new();
    for (path, folder) in &environment.folders {
        match path.strip_prefix(&prefix) {
            Some(name) if !name.is_empty() && !name.contains('/') => children.push(json!({
                "id": folder.id,
                "name": name,
                "version": 1,
                "createdAt": id::timestamp(0),
                "updatedAt": id::timestamp(0),
                "envId": environment.id,
                "parentId": parent_folder.id,
                "isReserved": false,
            })),
            _ => {}
        }
    }
    children
}
