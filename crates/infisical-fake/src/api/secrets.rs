//! Reading secrets: the list and the single look-up.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::api::parameters::{GetParameters, ListParameters};
use crate::api::read::{Read, Unexpanded};
use crate::api::row::{Row, Shape};
use crate::era::Era;
use crate::http::query::Query;
use crate::http::route::Api;
use crate::store::project::StoredSecret;
use crate::store::state::{Caller, State};

/// Lists a folder, or a tree of folders.
pub(crate) fn list(
    state: &State,
    caller: Caller,
    api: Api,
    query: &Query,
) -> Result<Value, Refusal> {
    let parameters = ListParameters::read(state.era, api, query)?;
    let ListParameters {
        place,
        recursive,
        tags,
    } = &parameters;
    let read = Read::new(state, caller, place, "Failed to find project by slug")?;
    if !recursive {
        read.check_permission()?;
    }
    let Some(folders) = read.folders(*recursive)? else {
        // The `imports` nobody asked for are all that tells this from an empty folder.
        return Ok(json!({ "secrets": [], "imports": [] }));
    };

    let mut secrets = Vec::new();
    for folder in &folders {
        for secret in &folder.folder.secrets {
            if tags.as_ref().is_some_and(|tags| !has_tag(secret, tags)) {
                continue;
            }
            // In a tree, what may not be read is left out below the folder that was asked for.
            if secret.hidden && place.view && folder.path != place.folder {
                continue;
            }
            let row = Row {
                project: read.project,
                place: *folder,
                secret,
            };
            let value = read.value(row, secret.value(), place.expand, Unexpanded::Literal)?;
            let mut row = row.to_json(state.era, Shape::Listed, value.as_deref(), secret.version());
            if let Some(tags) = tags {
                keep_tags(&mut row, tags);
            }
            secrets.push(row);
        }
    }
    if !place.imports {
        return Ok(json!({ "secrets": secrets }));
    }
    Ok(json!({ "secrets": secrets, "imports": read.imports(&folders)? }))
}

/// Looks one secret up: the folder's own, else the last import that has it.
pub(crate) fn get(
    state: &State,
    caller: Caller,
    api: Api,
    key: &str,
    query: &Query,
) -> Result<Value, Refusal> {
    let parameters = GetParameters::read(state.era, api, query)?;
    let place = &parameters.place;
    let read = Read::new(state, caller, place, "Find project by slug")?;
    read.check_permission()?;
    let found = read
        .project
        .locate(&place.environment, &place.folder)
        .ok_or_else(|| {
            refusal::folder_missing_on_get(state.era, &place.environment, &place.folder)
        })?;
    let missing = || refusal::secret_missing(state.era, key);
    // Only users have personal values.
    if parameters.personal {
        return Err(missing());
    }
    let (row, shape) = match found.folder.secret(key) {
        Some(secret) => (
            Row {
                project: read.project,
                place: found,
                secret,
            },
            Shape::Single,
        ),
        None => (
            read.imported(found, key).ok_or_else(missing)?,
            Shape::SingleImported,
        ),
    };
    if row.secret.hidden && place.view {
        return Err(refusal::denied(
            "readValue",
            &place.environment,
            &place.folder,
        ));
    }
    // Old servers take the version and ignore it.
    let version = match parameters.version {
        Some(version) if state.era != Era::V2024 => version,
        _ => row.secret.version(),
    };
    let stored = row.secret.value_at(version).ok_or_else(missing)?;
    let value = read.value(row, stored, place.expand, Unexpanded::Refused)?;
    Ok(json!({ "secret": row.to_json(state.era, shape, value.as_deref(), version) }))
}

fn has_tag(secret: &StoredSecret, tags: &[String]) -> bool {
    secret.tags.iter().any(|tag| tags.contains(tag))
}

/// Leaves only the tags that were asked for, as a filtered list does.
fn keep_tags(row: &mut Value, tags: &[String]) {
    if let Some(Value::Array(shown)) = row.get_mut("tags") {
        shown.retain(|tag| {
            tag["slug"]
                .as_str()
                .is_some_and(|slug| tags.iter().any(|tag| tag == slug))
        });
    }
}
