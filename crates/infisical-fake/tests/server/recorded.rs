//! The fake of 2024 answers recorded requests as the real server did.
//!
//! `tests/recorded/exchanges.jsonl` of the workspace holds 284 exchanges with a self-hosted server of October 2024 (tokens and secrets replaced
//! by placeholders). The fake is seeded with the state they imply. Status and body must be equal, after ids
//! and dates are replaced and arrays sorted; [`SHAPE_ONLY`] lists where only status and keys are compared.

use std::collections::{BTreeMap, BTreeSet};

use infisical_fake::{Era, Fake, FakeBuilder, Fault, Identity, SecretSeed, Seed};
use serde_json::Value;

use crate::wire::{Reply, login, post, send};

/// Exchanges whose values the fake does not repeat, each with the reason.
const SHAPE_ONLY: &[(&str, &str)] = &[
    ("devonly-folders", OTHER_FOLDERS),
    ("folders-list", OTHER_FOLDERS),
    ("folders-list-directory", OTHER_FOLDERS),
    ("status", THE_FAKE),
    ("rl-status", THE_FAKE),
    ("rl-folders", OTHER_FOLDERS),
    ("cs-before-revoke", ANOTHER_VERSION),
    ("cs-revoked-token-use", ANOTHER_VERSION),
    ("rl-single-get", ANOTHER_VERSION),
];

/// Exchanges that are not played, each group with the reason. Writes are played in `recorded_writes.rs`.
const NOT_PLAYED: &[(&str, &[&str])] = &[
    (
        "the fake knows tags of secrets by name, and no other way",
        &[
            "batch-create-bad-tag",
            "batch-create-same-tag-twice",
            "batch-patch-same-tag-twice",
            "create-bad-tag",
            "create-bad-tag-nonuuid",
            "tags-list",
        ],
    ),
    (
        "the entity tag depends on ids: `etags.rs` plays these",
        &["etag-304", "etag-401-inm", "etag-404-inm"],
    ),
    (
        "the fake has no client secret that expires",
        &["cs-ttl-expired-login"],
    ),
    (
        "time passes or something is revoked before it: `tokens.rs` and `logins.rs` play these",
        &[
            "cs-revoked-login",
            "short-after-ttl",
            "short-after-ttl-again",
            "short-after-ttl-renew",
            "short-jwt-expired",
            "short-jwt-expired-renew",
            "short-renew1-t2",
            "short-renew2-t4",
            "short-renew3-t6-pastmax",
            "short-use-after-failed-renew",
        ],
    ),
    (
        "an edit came before it",
        &["batch-get-dup", "get-after-patch"],
    ),
    ("the answer has no body to compare", &["head"]),
    (
        "the fake has no such route: it changes or shows what no client of ours asks for",
        &[
            "checkauth",
            "create-env",
            "env-get",
            "env-get2",
            "identity-get",
            "identity-memberships",
            "imports-secrets-raw",
            "legacy-v1-list",
            "secret-versions",
            "seed-v3-list",
            "user-me",
            "v3-encrypted-list",
            "webhook-create",
            "webhook-create-badenv",
            "webhook-create-badurl",
            "webhook-create-nosecret",
            "webhook-delete",
            "webhook-delete-again",
            "webhook-disable",
            "webhook-list",
            "webhook-test",
            "webhook-test-nobody",
            "webhooks-create-identity",
            "webhooks-identity",
            "ws-list-org",
            "ws-list-v1",
        ],
    ),
];

const THE_FAKE: &str = "the fake says that it is one";
const ANOTHER_VERSION: &str = "recordings of another moment saw another version";
const OTHER_FOLDERS: &str = "recordings of other moments saw other folders";

/// Lists in which the server followed the references of one value one step only.
const STOPPED_EARLY: &[&str] = &["devonly-imports-consumer", "list-imports"];

/// Lets the fake do so with the same values of its first two lists.
const EARLY: u64 = 225;

const PROJECT: &str = "4b7605fe-685e-40fd-a757-a40f06d3a8ee";
const CLIENT_ID: &str = "fd74b545-6597-44d5-a4e7-f1230137b78d";
const LIMITED_CLIENT_ID: &str = "05bcce40-47ee-4b38-848e-9dea23170181";
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Exchange {
    name: String,
    request: Value,
    response: Value,
}

impl Exchange {
    fn body(&self) -> Option<Value> {
        serde_json::from_str(self.response["body"].as_str().unwrap_or_default()).ok()
    }
}

fn recorded() -> Vec<Exchange> {
    let lines = include_str!("../../../../tests/recorded/exchanges.jsonl").lines();
    lines
        .map(|line| {
            let mut exchange: Value = serde_json::from_str(line).unwrap();
            Exchange {
                name: exchange["name"].as_str().unwrap().to_owned(),
                request: exchange["request"].take(),
                response: exchange["response"].take(),
            }
        })
        .collect()
}

fn secret_of(row: &Value) -> SecretSeed {
    let text = |name: &str| row[name].as_str().unwrap_or_default();
    let mut secret = SecretSeed::new(text("secretKey"), text("secretValue"))
        .comment(text("secretComment"))
        .version(row["version"].as_u64().unwrap())
        .skip_multiline_encoding(row["skipMultilineEncoding"].as_bool().unwrap());
    if text("secretKey") == "ROOT_KEY" && text("environment") == "dev" {
        secret = secret.personal("root-dev-personal");
    }
    for tag in row["tags"].as_array().into_iter().flatten() {
        secret = secret.tag(tag["slug"].as_str().unwrap());
    }
    secret
}

/// Builds the state from what unexpanded answers show.
fn seed(exchanges: &[Exchange]) -> Seed {
    let bodies: BTreeMap<&str, Value> = exchanges
        .iter()
        .filter_map(|exchange| Some((exchange.name.as_str(), exchange.body()?)))
        .collect();
    let rows = |value: &Value| value.as_array().unwrap().clone();
    let mut seed = Seed::new()
        .project("live-project")
        .project_id(PROJECT)
        .project_name("live");
    for name in [
        "list-basic",
        "list-unknown-param",
        "list-refs-raw",
        "list-root",
        "list-recursive-root-prod",
        "list-recursive-imports",
        "list-imports",
        "list-svc-expanded",
    ] {
        for row in rows(&bodies[name]["secrets"]) {
            let (environment, folder) = (&row["environment"], &row["secretPath"]);
            seed = seed.entry(
                environment.as_str().unwrap(),
                folder.as_str().unwrap(),
                secret_of(&row),
            );
        }
    }
    for (name, folder) in [
        ("get-ref-raw", "/services/api/db"),
        ("get-empty-value", "/values"),
        ("get-dotted", "/values"),
        ("get-version1", "/values"),
        ("get-name-100", "/w"),
        ("get-weird-name", "/w"),
    ] {
        seed = seed.entry("dev", folder, secret_of(&bodies[name]["secret"]));
    }
    for row in rows(&bodies["list-with-missing-import"]["imports"][0]["secrets"]) {
        seed = seed.entry("staging", "/shared/db", secret_of(&row));
    }
    let references = rows(&bodies["list-refs-expanded"]["secrets"]);
    let multiline = references
        .iter()
        .find(|row| row["secretKey"] == "MULTI")
        .unwrap();
    let multiline = multiline["secretValue"].as_str().unwrap();
    seed = seed.secret("dev", "/values", "MULTILINE", multiline);
    for (folder, environment, from) in [
        ("/consumer", "dev", "/shared/db"),
        ("/consumer", "dev", "/shared/kafka"),
        ("/consumer", "prod", "/shared/db"),
        ("/consumer", "dev", "/refs"),
        ("/chain/a", "dev", "/chain/b"),
        ("/chain/b", "dev", "/chain/c"),
        ("/impt", "staging", "/shared/db"),
        ("/impt", "staging", "/shared/db"),
        ("/impt", "dev", "/impt"),
        ("/impt", "dev", "/not/there"),
    ] {
        seed = seed.import("dev", folder, environment, from);
    }
    seed.folder("dev", "/empty")
        .project("other-project")
        .project_id("0d860a8d-fdb0-4eb4-afc8-60385f92e19f")
}

async fn start(exchanges: &[Exchange], builder: FakeBuilder) -> Fake {
    let identity = |name: &str| Identity::new(name).projects(["live-project"]);
    builder
        .era(Era::V2024)
        .seed(seed(exchanges))
        .identity(identity("admin").client_id(CLIENT_ID).client_secret(SECRET))
        .identity(
            identity("limited")
                .client_id(LIMITED_CLIENT_ID)
                .client_secret(SECRET)
                .client_secret_uses(1),
        )
        .identity(
            Identity::new("denied")
                .client_secret(SECRET)
                .client_id("denied")
                .projects([]),
        )
        .identity(
            identity("devonly")
                .client_secret(SECRET)
                .client_id("devonly")
                .environments(["dev"]),
        )
        .identity(
            identity("uses3")
                .client_secret(SECRET)
                .client_id("uses3")
                .token_uses(3),
        )
        .start()
        .await
        .unwrap()
}

async fn token(fake: &Fake, client_id: &str) -> String {
    let reply = login(fake, client_id, SECRET).await.json();
    reply["accessToken"].as_str().unwrap().to_owned()
}

/// Sends a recorded request, with the token and the state that its name calls for.
async fn repeat(fake: &Fake, exchange: &Exchange, used_thrice: &str) -> Reply {
    let name = exchange.name.as_str();
    let mut token = match name.split('-').next().unwrap() {
        "denied" => token(fake, "denied").await,
        "devonly" => token(fake, "devonly").await,
        "uses3" => used_thrice.to_owned(),
        _ if name.contains("-user") => fake.issue_user_token(),
        _ => fake.issue_token(),
    };
    match name {
        "tok-badsig" => token.push('x'),
        "revoke-again" | "revoked-use" | "revoked-renew" => {
            post(
                fake,
                "/api/v1/auth/token/revoke",
                &serde_json::json!({ "accessToken": token }),
            )
            .await;
        }
        "rl-refused" => fake.script(Fault::rate_limit(60)),
        _ => {}
    }
    let fill = |text: &str| {
        let text = text.replace("<jwt>", &token);
        text.replace("<client-secret>", SECRET)
            .replace("<hex64>", SECRET)
    };
    let request = &exchange.request;
    let mut headers: Vec<(&str, String)> = request["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), fill(value.as_str().unwrap())))
        .collect();
    if name == "login-form" {
        // The recorder left out the type that curl adds by itself.
        headers.push((
            "content-type",
            "application/x-www-form-urlencoded".to_owned(),
        ));
    }
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let body = request["body"].as_str().map(fill);
    let (method, path) = (
        request["method"].as_str().unwrap(),
        request["path"].as_str().unwrap(),
    );
    send(fake.address(), method, path, &headers, body.as_deref())
        .await
        .unwrap()
}

/// Replaces what differs from run to run, and sorts what has no order.
pub(crate) fn settle(value: &mut Value) {
    const VOLATILE: &[&str] = &[
        "id",
        "_id",
        "folderId",
        "envId",
        "parentId",
        "orgId",
        "createdAt",
        "updatedAt",
        "date",
        "accessToken",
        "color",
    ];
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if VOLATILE.contains(&name.as_str()) {
                    *field = Value::Null;
                }
                settle(field);
                // The order of imports decides which of them wins; rows come in any.
                if let Value::Array(items) = field
                    && name != "imports"
                {
                    items.sort_by_key(Value::to_string);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        _ => {}
    }
}

/// Collects the paths of all keys.
fn keys(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}.{name}");
                keys(field, &path, into);
                into.insert(path);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| keys(item, &format!("{path}[]"), into)),
        _ => {}
    }
}

fn shape(value: &Value) -> BTreeSet<String> {
    let mut shape = BTreeSet::new();
    keys(value, "", &mut shape);
    shape
}

#[tokio::test]
async fn recorded_requests_are_answered_as_the_real_server_answered_them() {
    let exchanges = recorded();
    let fake = start(&exchanges, Fake::builder()).await;
    let hasty = start(&exchanges, Fake::builder().short_expansions(EARLY)).await;
    let used_thrice = token(&fake, "uses3").await;
    let mut differences = Vec::new();
    let is_left_out = |name: &str| NOT_PLAYED.iter().any(|(_, names)| names.contains(&name));
    let is_a_write = |name: &str| crate::recorded_writes::STORY.contains(&name);
    let mut played = 0;
    for exchange in &exchanges {
        let name = exchange.name.as_str();
        if is_left_out(name) || is_a_write(name) {
            continue;
        }
        played += 1;
        let is_short = STOPPED_EARLY.contains(&name);
        let asked = if is_short { &hasty } else { &fake };
        let reply = repeat(asked, exchange, &used_thrice).await;
        let expected_status = exchange.response["status"].as_u64().unwrap();
        if u64::from(reply.status) != expected_status {
            let text = reply.text();
            differences.push(format!(
                "{name}: {expected_status} became {} {text}",
                reply.status
            ));
            continue;
        }
        for header in ["content-type", "retry-after"] {
            let expected = exchange.response["headers"][header].as_str();
            if reply.header(header) != expected {
                differences.push(format!(
                    "{name}: {header} {expected:?} became {:?}",
                    reply.header(header)
                ));
            }
        }
        let (mut expected, mut actual) = (exchange.body().unwrap(), reply.json());
        settle(&mut expected);
        settle(&mut actual);
        if exchange.name == "list-recursive-imports" {
            // The imports of several folders: which folder comes first is the database's choice.
            for answer in [&mut expected, &mut actual] {
                let imports = answer["imports"].as_array_mut().unwrap();
                imports.sort_by_key(Value::to_string);
            }
        }
        if SHAPE_ONLY.iter().any(|(exempt, _)| *exempt == name) {
            if shape(&expected) != shape(&actual) {
                let (expected, actual) = (shape(&expected), shape(&actual));
                differences.push(format!("{name}: shape {expected:?}\n  became {actual:?}"));
            }
            if expected == actual {
                differences.push(format!("{name}: needs no exception any more"));
            }
        } else if expected != actual {
            differences.push(format!("{name}:\n  {expected}\nbecame\n  {actual}"));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {}:\n{}",
        differences.len(),
        exchanges.len(),
        differences.join("\n")
    );
    let left_out: usize = NOT_PLAYED.iter().map(|(_, names)| names.len()).sum();
    let writes = crate::recorded_writes::STORY.len();
    assert_eq!(played + writes + left_out, 284, "{played} were played here");
}
