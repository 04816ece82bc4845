//! Looking a secret up by its id, for which nobody needs to know where it lies.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::api::row::{Row, Shape};
use crate::store::project::Located;
use crate::store::state::{Caller, State};

/// Gives the secret of this id as it is stored, references and all. Only current servers have the route.
pub(crate) fn get(state: &State, caller: Caller, id: &str) -> Result<Value, Refusal> {
    let missing = || refusal::not_found(format!("Secret with ID '{id}' not found"));
    let row = rows(state)
        .find(|row| row.secret.id == id)
        .ok_or_else(missing)?;
    state.admit(caller, row.project)?;
    let (environment, folder) = (&row.place.environment.slug, row.place.path);
    if row.secret.hidden || !state.may_read(caller, row.project, environment, folder) {
        return Err(refusal::denied("readValue", environment, folder));
    }
    let value = Some(row.current());
    let secret = row.to_json(state.era, Shape::Single, value, row.version());
    Ok(json!({ "secret": secret }))
}

/// Goes through all secrets there are.
fn rows(state: &State) -> impl Iterator<Item = Row<'_>> {
    let places = state.projects.iter().flat_map(|project| {
        let environments = project.environments.iter();
        environments.flat_map(move |environment| {
            let folders = environment.folders.iter();
            folders.map(move |(path, folder)| (project, environment, path, folder))
        })
    });
    places.flat_map(|(project, environment, path, folder)| {
        let place = Located {
            environment,
            path,
            folder,
        };
        let secrets = folder.secrets.iter();
        secrets.map(move |secret| Row {
            project,
            place,
            secret,
            is_personal: false,
        })
    })
}
