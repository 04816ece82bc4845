//! The laws of stores, over a server that keeps what it is sent.

use std::collections::BTreeMap;
use std::sync::Mutex;

use secret_testkit::{Fixture, laws};
use serde_json::Value;

use crate::writes_script::{Answer, Asked, Scripted, refusal, route_miss, row, secrets};

/// Folder and key, and under them value and version.
type Rows = BTreeMap<(String, String), (String, u64)>;

/// What a server of one generation keeps and how it answers; it refuses batches whole.
struct Kept {
    old: bool,
    rows: Mutex<Rows>,
}

impl Kept {
    fn answer(&self, asked: &Asked) -> Answer {
        let line = asked.line();
        let prefix = if self.old { " /api/v3/" } else { " /api/v4/" };
        if !line.contains(prefix) {
            return route_miss(asked);
        }
        let mut rows = self.rows.lock().unwrap();
        if asked.method == "GET" {
            return read(asked, &rows);
        }
        let folder = text(&asked.body, "secretPath");
        let project = if self.old { "workspaceId" } else { "projectId" };
        if text(&asked.body, "environment") != "dev" || text(&asked.body, project).is_empty() {
            return refusal(404, "Folder not found");
        }
        let batch = asked.body["secrets"].as_array().cloned();
        let is_batch = batch.is_some();
        let items: Vec<_> = match batch {
            Some(items) => items
                .iter()
                .map(|item| (text(item, "secretKey"), text(item, "secretValue")))
                .collect(),
            None => vec![(name(asked), text(&asked.body, "secretValue"))],
        };
        let is_there = |key: &str| rows.contains_key(&(folder.clone(), key.to_owned()));
        let existing: Vec<_> = items
            .iter()
            .map(|(key, _)| key.as_str())
            .filter(|key| is_there(key))
            .collect();
        let upsert = asked.body["mode"] == "upsert" && !self.old;
        if asked.method == "POST" && !existing.is_empty() {
            return refusal(
                400,
                &format!("Secret already exist: {}", existing.join(",")),
            );
        }
        if asked.method != "POST" && existing.len() < items.len() && !upsert {
            // Named are those that do exist, as servers of 2024 do it.
            let named = existing.join(",");
            return refusal(
                404,
                &match (asked.method.as_str(), is_batch) {
                    (_, false) => "Secret not found".to_owned(),
                    ("DELETE", _) => format!("One or more secrets does not exist: {named}"),
                    _ => format!("Secret does not exist: {named}"),
                },
            );
        }
        let mut changed = Vec::new();
        for (key, value) in items {
            let place = (folder.clone(), key.clone());
            let version = rows.get(&place).map_or(0, |(_, version)| *version);
            if asked.method == "DELETE" {
                rows.remove(&place);
                changed.push(row(&key, &value, version));
            } else {
                rows.insert(place, (value.clone(), version + 1));
                changed.push(row(&key, &value, version + 1));
            }
        }
        if is_batch {
            return secrets(changed);
        }
        (200, serde_json::json!({ "secret": changed[0] }).to_string())
    }
}

fn read(asked: &Asked, rows: &Rows) -> Answer {
    let folder = if asked.path.contains("secretPath=%2Fshared%2Fdb&") {
        "/shared/db"
    } else {
        "/"
    };
    if name(asked) == "secrets" || name(asked) == "raw" {
        let rows = rows.iter().filter(|((at, _), _)| at == folder);
        return secrets(
            rows.map(|((_, key), (value, version))| row(key, value, *version))
                .collect(),
        );
    }
    let key = name(asked);
    if asked.path.contains("type=personal") {
        return refusal(404, "Secret not found");
    }
    match rows.get(&(folder.to_owned(), key.clone())) {
        Some((value, version)) => {
            let row = row(&key, value, *version);
            (200, serde_json::json!({ "secret": row }).to_string())
        }
        None => refusal(404, "Secret not found"),
    }
}

fn name(asked: &Asked) -> String {
    let line = asked.line();
    line.rsplit('/').next().unwrap().to_owned()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_client_obeys_the_laws_of_stores_with_servers_of_both_generations() {
    for old in [false, true] {
        let fixture = Fixture::example("infisical", "dev").supports_personal_values();
        let rows = fixture
            .values()
            .map(|(address, value)| {
                let place = (address.folder().to_owned(), address.key().to_owned());
                (place, (value.to_owned(), 1))
            })
            .collect();
        let rows = Mutex::new(rows);
        let kept = Kept { old, rows };
        let server = Scripted::start(move |asked, _| kept.answer(asked)).await;
        laws::of_stores(&server.client(), &fixture).await;
    }
}
