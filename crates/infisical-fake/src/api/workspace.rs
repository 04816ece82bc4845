//! Projects, which the routes call workspaces.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::era::Era;
use crate::store::id;
use crate::store::project::{Environment, Project};
use crate::store::state::{Caller, State};

/// Describes a project found by id.
pub(crate) fn by_id(state: &State, caller: Caller, id: &str) -> Result<Value, Refusal> {
    let known = state.projects.iter().any(|project| project.id == id);
    if !known && state.era == Era::V2024 {
        return Err(refusal::server_error_named("Failed to find project by id"));
    }
    let project = state.project_by_id(caller, id)?;
    Ok(json!({ "workspace": describe(project) }))
}

/// Describes a project found by slug, which is how a client learns the id.
pub(crate) fn by_slug(state: &State, caller: Caller, slug: &str) -> Result<Value, Refusal> {
    let project = state.projects.iter().find(|project| project.slug == slug);
    let project = project
        .ok_or_else(|| refusal::unknown_slug(state.era, slug, "Failed to find project by slug"))?;
    state.admit(caller, project).map(describe)
}

fn describe(project: &Project) -> Value {
    let environments: Vec<Value> = project
        .environments
        .iter()
        .map(describe_environment)
        .collect();
    json!({
        "id": project.id,
        "_id": project.id,
        "name": project.name,
        "slug": project.slug,
        "autoCapitalization": true,
        "orgId": id::uuid("organization"),
        "createdAt": id::timestamp(0),
        "updatedAt": id::timestamp(0),
        "version": 3,
        "upgradeStatus": null,
        "pitVersionLimit": 10,
        "kmsCertificateKeyId": null,
        "auditLogsRetentionDays": null,
        "environments": environments,
    })
}

fn describe_environment(environment: &Environment) -> Value {
    json!({ "id": environment.id, "name": environment.name, "slug": environment.slug })
}
