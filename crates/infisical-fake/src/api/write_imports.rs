//! Listing, creating, changing and deleting the imports of a folder.
//!
//! Requests and answers are those of the recorded server; messages of current servers, and the changes that
//! were not recorded, are read from the public source of `secret-import-service.ts`.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::api::tree::TreePlace;
use crate::http::call::Call;
use crate::http::query::Query;
use crate::store::folder::Folder;
use crate::store::id;
use crate::store::project::normal_path;
use crate::store::state::{Caller, State};

/// Lists the imports of a folder, lowest precedence first.
pub(crate) fn list(
    state: &State,
    caller: Caller,
    parameter: &str,
    query: &Query,
) -> Result<Value, Refusal> {
    let named = [parameter, "environment", "path"];
    let fields = named.map(|name| Some((name.to_owned(), query.first(name)?.into())));
    let fields = Value::Object(fields.into_iter().flatten().collect());
    let place = TreePlace::of(state, caller, parameter, &fields, Issues::default())?;
    let count = folder(state, &place)?.imports.len();
    let imports: Vec<_> = (0..count)
        .map(|index| describe(state, &place, index))
        .collect();
    Ok(json!({ "message": "Successfully fetched secret imports", "secretImports": imports }))
}

/// Lets a folder import another, which need not exist, after the imports it has.
pub(crate) fn create(
    state: &mut State,
    caller: Caller,
    parameter: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let mut issues = Issues::default();
    let import = &body["import"];
    let environment = issues
        .nested_field(&body, "import", "environment")
        .to_owned();
    let path = normal_path(issues.nested_field(&body, "import", "path"));
    let place = TreePlace::of(state, caller, parameter, &body, issues)?;
    check_write(state, caller, &place, "create")?;
    let project = place.project(state);
    if !state.may_read(caller, project, &environment, &path) {
        return Err(refusal::denied("describeSecret", &environment, &path));
    }
    folder(state, &place)?;
    check_source(state, &place, import["environment"].as_str(), &path)?;
    let folder = state.projects[place.project].folder_or_new(&place.environment, &place.path);
    folder.import(&environment, &path);
    let index = folder.imports.len() - 1;
    let import = describe(state, &place, index);
    Ok(json!({ "message": "Successfully created secret import", "secretImport": import }))
}

/// Lets an import lead elsewhere, or moves it among the others.
pub(crate) fn change(
    state: &mut State,
    caller: Caller,
    parameter: &str,
    id: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let place = TreePlace::of(state, caller, parameter, &body, Issues::default())?;
    check_write(state, caller, &place, "edit")?;
    let missing = || refusal::bad_request("Secret import not found");
    let index = position(folder(state, &place)?, id).ok_or_else(missing)?;
    let import = &body["import"];
    let environment = import["environment"].as_str();
    let path = import["path"].as_str().map(normal_path);
    let current = folder(state, &place)?.imports[index].path.clone();
    check_source(
        state,
        &place,
        environment,
        path.as_ref().unwrap_or(&current),
    )?;

    let folder = state.projects[place.project].folder_or_new(&place.environment, &place.path);
    let mut link = folder.imports.remove(index);
    if let Some(environment) = environment {
        environment.clone_into(&mut link.environment);
    }
    if let Some(path) = path {
        link.path = path;
    }
    // Positions count from one, and zero says nothing.
    let moved = import["position"].as_u64().filter(|position| *position > 0);
    let moved = moved.and_then(|position| usize::try_from(position - 1).ok());
    let index = moved.unwrap_or(index).min(folder.imports.len());
    folder.imports.insert(index, link);
    let import = describe(state, &place, index);
    Ok(json!({ "message": "Successfully updated secret import", "secretImport": import }))
}

/// Deletes an import; those after it move up.
pub(crate) fn delete(
    state: &mut State,
    caller: Caller,
    parameter: &str,
    id: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let place = TreePlace::of(state, caller, parameter, &body, Issues::default())?;
    check_write(state, caller, &place, "delete")?;
    let missing = || refusal::import_missing(state.era, id);
    let index = position(folder(state, &place)?, id).ok_or_else(missing)?;
    let import = describe(state, &place, index);
    let folder = state.projects[place.project].folder_or_new(&place.environment, &place.path);
    folder.imports.remove(index);
    Ok(json!({ "message": "Successfully deleted secret import", "secretImport": import }))
}

fn folder<'a>(state: &'a State, place: &TreePlace) -> Result<&'a Folder, Refusal> {
    let located = place.project(state).locate(&place.environment, &place.path);
    let missing = || refusal::folder_missing_on_import(state.era, &place.environment, &place.path);
    located.map(|found| found.folder).ok_or_else(missing)
}

fn position(folder: &Folder, id: &str) -> Option<usize> {
    folder.imports.iter().position(|link| link.id == id)
}

fn check_write(
    state: &State,
    caller: Caller,
    place: &TreePlace,
    action: &str,
) -> Result<(), Refusal> {
    if place.may_be_written(state, caller) {
        return Ok(());
    }
    let TreePlace {
        environment, path, ..
    } = place;
    Err(refusal::denied_on(
        "secret-imports",
        action,
        environment,
        path,
    ))
}

/// Refuses an environment that does not exist, and two folders that would import each other.
fn check_source(
    state: &State,
    place: &TreePlace,
    environment: Option<&str>,
    path: &str,
) -> Result<(), Refusal> {
    let slug = environment.unwrap_or(&place.environment);
    let project = place.project(state);
    if project.environment(slug).is_none() {
        return Err(refusal::import_environment_missing(state.era));
    }
    let source = project.locate(slug, path);
    let leads_back = source.is_some_and(|source| {
        let mut imports = source.folder.imports.iter();
        imports.any(|link| link.environment == place.environment && link.path == place.path)
    });
    if leads_back {
        return Err(refusal::bad_request("Cyclic import not allowed"));
    }
    Ok(())
}

fn describe(state: &State, place: &TreePlace, index: usize) -> Value {
    let project = place.project(state);
    let Some(located) = project.locate(&place.environment, &place.path) else {
        return Value::Null;
    };
    let link = &located.folder.imports[index];
    let environment = project.environment(&link.environment);
    json!({
        "id": link.id,
        "version": 1,
        "importPath": link.path,
        "position": index + 1,
        "createdAt": id::timestamp(0),
        "updatedAt": id::timestamp(0),
        "folderId": located.folder.id,
        "isReplication": false,
        "isReplicationSuccess": null,
        "replicationStatus": null,
        "lastReplicated": null,
        "isReserved": false,
        "importEnv": environment.map(|known| {
            json!({ "name": known.name, "slug": known.slug, "id": known.id })
        }),
    })
}
