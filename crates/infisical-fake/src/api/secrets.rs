//! Reading secrets: the list and the single look-up.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::api::parameters::{GetParameters, ListParameters, Personal};
use crate::api::read::{Read, Unexpanded};
use crate::api::row::{Row, Shape};
use crate::era::Era;
use crate::http::query::Query;
use crate::http::route::Api;
use crate::store::project::StoredSecret;
use crate::store::short_expansions::ListDraws;
use crate::store::state::{Caller, State};

/// Lists a folder, or a tree of folders.
pub(crate) fn list(
    state: &State,
    caller: Caller,
    api: Api,
    query: &Query,
    short_expansions: Option<ListDraws>,
) -> Result<Value, Refusal> {
    let parameters = ListParameters::read(state.era, api, query)?;
    let ListParameters {
        place,
        recursive,
        tags,
    } = &parameters;
    let mut read = Read::new(state, caller, place, "Failed to find project by slug")?;
    read.short_expansions = short_expansions;
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
            for is_personal in types(secret, state.is_user(caller), place.personal) {
                let row = Row {
                    project: read.project,
                    place: *folder,
                    secret,
                    is_personal,
                };
                let stored = row.current();
                let value = read.value((row, None), stored, place.expand, Unexpanded::Literal)?;
                let mut row =
                    row.to_json(state.era, Shape::Listed, value.as_deref(), row.version());
                if let Some(tags) = tags {
                    keep_tags(&mut row, tags);
                }
                secrets.push(row);
            }
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
    let own = found.folder.secret(key).map(|secret| Row {
        project: read.project,
        place: found,
        secret,
        is_personal: parameters.personal,
    });
    // Only users have values of their own, and those are not imported.
    let has_one = |row: &Row<'_>| state.is_user(caller) && row.secret.personal.is_some();
    let (row, importer, shape) = match own {
        own if parameters.personal => (own.filter(has_one), None, Shape::Single),
        Some(own) => (Some(own), None, Shape::Single),
        None => {
            let imported = read.imported(found, key);
            (imported, Some(found), Shape::SingleImported)
        }
    };
    let row = row.ok_or_else(missing)?;
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
        _ => row.version(),
    };
    let stored = row.at(version).ok_or_else(missing)?;
    let value = read.value((row, importer), stored, place.expand, Unexpanded::Refused)?;
    Ok(json!({ "secret": row.to_json(state.era, shape, value.as_deref(), version) }))
}

/// Tells which rows of a secret a list shows: for each, whether it is the user's own.
fn types(secret: &StoredSecret, is_user: bool, personal: Personal) -> Vec<bool> {
    match personal {
        Personal::Beside if is_user && secret.personal.is_some() => vec![false, true],
        Personal::Instead if is_user && secret.personal.is_some() => vec![true],
        _ => vec![false],
    }
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
