//! Writing one secret: creating, changing and deleting it.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::api::row::{Row, Shape};
use crate::api::write_target::{Target, required_value, stored};
use crate::era::Era;
use crate::http::call::Call;
use crate::http::route::Api;
use crate::store::project::StoredSecret;
use crate::store::state::{Caller, State};

/// Says what a write does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Write {
    Create,
    Update,
    Delete,
}

/// Writes the secret that the path names.
pub(crate) fn one(
    state: &mut State,
    caller: Caller,
    (api, write): (Api, Write),
    name: &str,
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let era = state.era;
    let mut issues = Issues::default();
    issues.field(&body, "environment");
    issues.finish(era)?;
    let value = match write {
        Write::Create => Some(required_value(era, &body, &[])?),
        // A server of 2024 wants the value even where another field is to change.
        Write::Update if era == Era::V2024 => Some(required_value(era, &body, &[])?),
        Write::Update => body["secretValue"].as_str().map(stored),
        Write::Delete => None,
    };
    let target = Target::of(state, caller, (api, write), &body)?;
    if let Some(approval) = target.approval(state) {
        return Ok(approval);
    }
    let folder = target.folder(state, write)?;
    let name = name.trim();
    let secret = match write {
        Write::Create if body["type"] == "personal" => {
            return Err(refusal::bad_request(
                "Must be user to create personal secret",
            ));
        }
        Write::Create if folder.secret(name).is_some() => {
            return Err(refusal::secret_exists(era));
        }
        Write::Create => {
            let mut secret = StoredSecret::new(&folder.id, name, &value.unwrap_or_default());
            body["secretComment"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut secret.comment);
            folder.secrets.push(secret.clone());
            secret
        }
        Write::Update => {
            let new_name = body["newSecretName"].as_str().map(str::trim);
            if new_name.is_some_and(|new| new != name && folder.secret(new).is_some()) {
                return Err(refusal::new_name_taken(era));
            }
            let secret = folder.secret_mut(name);
            let secret = secret.ok_or_else(|| refusal::secret_missing(era, name))?;
            if let Some(value) = value {
                secret.revise(&value);
            }
            if let Some(new) = new_name {
                new.clone_into(&mut secret.key);
            }
            let mut answered = secret.clone();
            match body["secretComment"].as_str() {
                Some(comment) => comment.clone_into(&mut secret.comment),
                // A server of 2024 keeps the comment and shows none.
                None if era == Era::V2024 => answered.comment.clear(),
                None => {}
            }
            answered
        }
        Write::Delete => {
            let secret = folder.secret(name).cloned();
            let secret = secret.ok_or_else(|| refusal::secret_missing(era, name))?;
            folder.secrets.retain(|known| known.key != name);
            secret
        }
    };
    Ok(json!({ "secret": written(state, &target, &secret) }))
}

/// Shows a secret as an answer to a write does.
pub(crate) fn written(state: &State, target: &Target, secret: &StoredSecret) -> Value {
    let project = &state.projects[target.project];
    let place = project.locate(&target.environment, &target.path);
    place.map_or(Value::Null, |place| {
        let row = Row {
            project,
            place,
            secret,
            is_personal: false,
        };
        row.to_json(
            state.era,
            Shape::SingleImported,
            Some(secret.value()),
            secret.version(),
        )
    })
}
