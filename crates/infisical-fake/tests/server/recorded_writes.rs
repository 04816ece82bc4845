//! The fake of 2024 answers recorded writes as the real server did, one after the other.

use std::collections::BTreeMap;

use infisical_fake::{Era, Fake, Identity, Seed};
use serde_json::Value;

use crate::recorded::settle;
use crate::wire::{login, send};

const EXCHANGES: &str = include_str!("../../../../tests/recorded/exchanges.jsonl");
const PROJECT: &str = "4b7605fe-685e-40fd-a757-a40f06d3a8ee";

/// The writes in an order that leads to the recorded answers. Those that name tags are left out, since the
/// fake knows tags by name only.
pub(crate) const STORY: &[&str] = &[
    "create-ok",
    "create-dup",
    "create-missing-value",
    "create-null-value",
    "create-malformed-json",
    "create-personal-identity",
    "create-unknown-env",
    "create-unknown-folder",
    "create-unknown-project",
    "create-weird-name",
    "create-ref-missing",
    "create-empty-name",
    "patch-ok",
    "patch-same-value",
    "patch-no-value",
    "patch-unknown",
    "patch-rename",
    "patch-rename-taken",
    "delete-query-only",
    "delete-ok",
    "delete-again",
    "delete-unknown-folder",
    "batch-create-ok",
    "batch-create-one-exists",
    "batch-create-one-invalid",
    "batch-create-empty",
    "batch-create-no-project",
    "batch-create-unknown-folder",
    "batch-create-intra-dup",
    "batch-patch-dup-key",
    "batch-delete-dup-named",
    "single-delete-dup",
    "batch-patch-one-missing",
    "batch-patch-intra-dup",
    "batch-patch-ok",
    "batch-delete-one-missing",
    "batch-delete-ok",
    "devonly-write",
    "devonly-patch",
    "devonly-delete",
    "viewer-write",
    "folders-create",
    "folders-create-again",
    "folders-create-unknown-env",
    "folders-create-badname",
    "folders-get-by-id",
    "folders-patch",
    "folders-delete",
    "folders-delete-again",
    "folders-delete-nonempty",
    "imports-create",
    "imports-create-dup",
    "imports-create-self",
    "imports-create-missing-folder",
    "imports-create-unknown-env",
    "imports-delete",
];

#[tokio::test]
async fn the_server_of_2024_answers_recorded_writes() {
    let exchanges: BTreeMap<String, Value> = EXCHANGES
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|exchange| (exchange["name"].as_str().unwrap().to_owned(), exchange))
        .collect();
    let identity = |name: &str| Identity::new(name).client_id(name).client_secret("s");
    let seed = Seed::new()
        .project("live-project")
        .project_id(PROJECT)
        .folder("dev", "/w")
        .folder("dev", "/impt")
        .secret("prod", "/", "ROOT_KEY", "r");
    let fake = Fake::builder()
        .era(Era::V2024)
        .seed(seed)
        .identity(identity("admin"))
        .identity(identity("devonly").environments(["dev"]).read_only())
        .identity(identity("viewer").read_only())
        .start()
        .await
        .unwrap();
    let mut wrong = Vec::new();
    let mut ids = Vec::new();
    for name in STORY {
        if let Err(difference) = replay(&fake, &exchanges[*name], &mut ids).await {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Plays one exchange. `ids` pairs what the recorded server called a folder or an import with what the fake
/// calls it, since later paths name them.
async fn replay(
    fake: &Fake,
    exchange: &Value,
    ids: &mut Vec<(String, String)>,
) -> Result<(), String> {
    let name = exchange["name"].as_str().unwrap();
    let limited = ["devonly", "viewer"]
        .into_iter()
        .find(|who| name.starts_with(who));
    let who = limited.unwrap_or("admin");
    let token = login(fake, who, "s").await.json()["accessToken"].take();
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    let request = &exchange["request"];
    let text = |field: &str| request[field].as_str().unwrap();
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    let body = request["body"].as_str();
    // Without a body there was no type of one.
    let headers = &headers[..if body.is_some() { 2 } else { 1 }];
    let path = ids
        .iter()
        .fold(text("path").to_owned(), |path, (there, here)| {
            path.replace(there, here)
        });
    let reply = send(fake.address(), text("method"), &path, headers, body)
        .await
        .unwrap();

    let expected = &exchange["response"];
    let mut recorded: Value = serde_json::from_str(expected["body"].as_str().unwrap()).unwrap();
    let mut answered = reply.json();
    for kind in ["folder", "secretImport"] {
        let id = |body: &Value| body[kind]["id"].as_str().map(str::to_owned);
        ids.extend(id(&recorded).zip(id(&answered)));
    }
    settle(&mut recorded);
    settle(&mut answered);
    if expected["status"] != reply.status || recorded != answered {
        let status = &expected["status"];
        return Err(format!(
            "{} {answered}\n  and not {status} {recorded}",
            reply.status
        ));
    }
    Ok(())
}
