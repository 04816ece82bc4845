//! Writes to folders that do not exist.

use secret_source::{Change, Entry, ErrorKind, Missing, PutOptions, SecretStore};

use crate::support::folder;
use crate::writes_script::{
    Scripted, echo, echo_batch, is_batch, put, refusal, route_miss, row, secrets,
};

const CREATE: PutOptions = PutOptions::create();
const UPSERT: PutOptions = PutOptions::upsert();

#[tokio::test]
async fn a_missing_folder_is_made_where_that_is_asked_for_and_only_then() {
    for (options, many) in [(CREATE, false), (UPSERT, false), (CREATE, true)] {
        for old in [false, true] {
            let made = std::sync::atomic::AtomicBool::new(false);
            let server = Scripted::start(move |asked, _| {
                use std::sync::atomic::Ordering::SeqCst;
                match asked.line().as_str() {
                    line if old && line.contains("/v4/") => route_miss(asked),
                    // The environment exists.
                    _ if asked.path.contains("secretPath=%2F&") => secrets(vec![row("A", "v", 1)]),
                    "POST /api/v2/folders" | "POST /api/v1/folders" => {
                        made.store(true, SeqCst);
                        (200, r#"{"folder":{"id":"f"}}"#.to_owned())
                    }
                    line if line.starts_with("PATCH") && made.load(SeqCst) => {
                        refusal(404, "Secret not found")
                    }
                    _ if !made.load(SeqCst) => refusal(404, "Folder with path '/db/new' not found"),
                    _ if is_batch(asked) => echo_batch(asked, 1),
                    _ => echo(asked, 1),
                }
            })
            .await;
            let client = server.client();
            let folder = folder("dev", "/db/new");
            let keys: &[&str] = if many { &["A", "B"] } else { &["A"] };
            let entry = |key: &&str| Entry::new(folder.secret(key), "v");
            let entries: Vec<_> = keys.iter().map(entry).collect();

            for outcome in client.put_many(&entries, options).await {
                let error = outcome.unwrap_err();
                assert_eq!(
                    error.kind(),
                    ErrorKind::NotFound(Missing::Folder),
                    "{error:?}"
                );
                assert!(
                    error.hint().unwrap().contains("folder `/db/new`"),
                    "{error:?}"
                );
            }
            assert!(!server.lines().iter().any(|line| line.contains("folders")));

            for outcome in client.put_many(&entries, options.create_folders()).await {
                assert_eq!(outcome.unwrap().change(), Change::Created);
            }
            let asked = server.asked();
            let made: Vec<_> = asked
                .iter()
                .filter(|asked| asked.path.contains("folders"))
                .collect();
            assert_eq!(made.len(), 1, "{asked:?}");
            let project = if old { "workspaceId" } else { "projectId" };
            let expected = serde_json::json!({
                project: crate::writes_script::PROJECT, "environment": "dev", "name": "new", "path": "/db"
            });
            assert_eq!(made[0].body, expected);
        }
    }
}

#[tokio::test]
async fn a_missing_environment_is_not_taken_for_a_missing_folder() {
    let server = Scripted::start(|asked, _| {
        if asked.path.contains("folders") {
            return refusal(404, "Environment not found");
        }
        refusal(404, "Folder not found")
    })
    .await;
    let error = put(&server.client(), "KEY", "v", CREATE.create_folders())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
}
