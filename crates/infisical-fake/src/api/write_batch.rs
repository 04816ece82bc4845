//! Writing many secrets of one folder: all of them, or none.

use serde_json::{Value, json};

use crate::answer::refusal::{self, Refusal};
use crate::answer::validation::Issues;
use crate::api::write::{Write, written};
use crate::api::write_target::{Target, required_value};
use crate::era::Era;
use crate::http::call::Call;
use crate::http::route::Api;
use crate::store::project::StoredSecret;
use crate::store::state::{Caller, State};

/// One entry of a batch.
struct Item {
    key: String,
    new_key: Option<String>,
    value: Option<String>,
    comment: String,
}

/// Writes the secrets that the body names.
pub(crate) fn many(
    state: &mut State,
    caller: Caller,
    (api, write): (Api, Write),
    call: &Call,
) -> Result<Value, Refusal> {
    let body = call.body()?;
    let era = state.era;
    let mut issues = Issues::default();
    issues.field(&body, "environment");
    issues.finish(era)?;
    let items = items(era, write, &body)?;
    let target = Target::of(state, caller, (api, write), &body)?;
    if let Some(approval) = target.approval(state) {
        return Ok(approval);
    }
    let folder = target.folder(state, write)?;
    let rows = folder.secrets.iter().map(|secret| secret.key.clone());
    let there: Vec<_> = rows
        .filter(|key| items.iter().any(|item| item.key == *key))
        .collect();
    let missing: Vec<_> = items
        .iter()
        .map(|item| item.key.clone())
        .filter(|key| !there.contains(key))
        .collect();
    // One row for each entry is what a server counts, so a key that has two rows is refused as well.
    let fits = there.len() == items.len();
    let upserts = api == Api::V4 && body["mode"] == "upsert";
    let ignores = api == Api::V4 && body["mode"] == "ignore";
    let keys: Vec<_> = items.iter().map(|item| item.key.clone()).collect();
    let twice = |key: &String| keys.iter().filter(|known| *known == key).count() > 1;
    let mut secrets: Vec<StoredSecret> = Vec::new();
    match write {
        Write::Create => {
            if !there.is_empty() {
                return Err(refusal::secrets_exist(era, &there));
            }
            // A server of 2024 looks at what was there before, and so writes one key twice.
            if era != Era::V2024 && missing.iter().any(twice) {
                return Err(refusal::secrets_exist(era, &missing));
            }
            for item in items {
                let value = item.value.unwrap_or_default();
                let mut secret = StoredSecret::new(&folder.id, &item.key, &value);
                item.comment.clone_into(&mut secret.comment);
                secrets.push(secret);
            }
            folder.secrets.extend(secrets.iter().cloned());
        }
        Write::Update => {
            if !fits && !upserts && !ignores {
                return Err(refusal::secrets_missing(era, write, &there, &missing));
            }
            for item in items {
                let known = folder.secret(&item.key).is_some();
                if !known && ignores {
                    continue;
                }
                folder.set(&item.key, &item.value.unwrap_or_default());
                if let (Some(new), Some(secret)) = (&item.new_key, folder.secret_mut(&item.key)) {
                    new.clone_into(&mut secret.key);
                }
                secrets.extend(
                    folder
                        .secret(item.new_key.as_ref().unwrap_or(&item.key))
                        .cloned(),
                );
            }
        }
        Write::Delete => {
            if !fits {
                return Err(refusal::secrets_missing(era, write, &there, &missing));
            }
            secrets.extend(keys.iter().filter_map(|key| folder.secret(key).cloned()));
            folder.secrets.retain(|known| !keys.contains(&known.key));
        }
    }
    let rows: Vec<_> = secrets
        .iter()
        .map(|secret| written(state, &target, secret))
        .collect();
    Ok(json!({ "secrets": rows }))
}

fn items(era: Era, write: Write, body: &Value) -> Result<Vec<Item>, Refusal> {
    let invalid = |issue: Value| Refusal::invalid(era.validation_status(), vec![issue]);
    let items = body["secrets"].as_array().map_or(&[][..], Vec::as_slice);
    if items.is_empty() {
        return Err(invalid(json!({
            "code": "too_small", "minimum": 1, "type": "array", "inclusive": true, "exact": false,
            "message": "Array must contain at least 1 element(s)", "path": ["secrets"],
        })));
    }
    let read = |(index, item): (usize, &Value)| {
        let Some(key) = item["secretKey"].as_str() else {
            return Err(invalid(json!({
                "code": "invalid_type", "expected": "string", "received": "undefined",
                "path": ["secrets", index, "secretKey"], "message": "Required",
            })));
        };
        let path = ["secrets".into(), index.into()];
        let value = match write {
            Write::Delete => None,
            _ => Some(required_value(era, item, &path)?),
        };
        Ok(Item {
            key: key.trim().to_owned(),
            new_key: item["newSecretName"].as_str().map(str::to_owned),
            value,
            comment: item["secretComment"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        })
    };
    items.iter().enumerate().map(read).collect()
}
