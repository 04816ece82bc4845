//! The exchanges that were recorded with a real server, through the client's decoding and judgement.
//!
//! `tests/recorded/exchanges.jsonl` at the root of the workspace holds 284 exchanges with a self-hosted
//! server of October 2024, tokens and credentials replaced. `kinds.txt` beside it says what each one means.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use secret_ref::FolderPath;
use secret_source::{ErrorKind, FolderAddress, Missing};
use serde_json::Value;

use crate::answer::failure::Failure;
use crate::answer::place::Place;
use crate::answer::status::Remedy;
use crate::auth::login_body::LoginBody;
use crate::http::request::Operation;
use crate::http::send::Reply;
use crate::read::listing::Listing;
use crate::read::wire::{FoldersBody, GetBody, ListBody, ProjectBody};
use crate::write::wire::{Answer, WriteBody};

const EXCHANGES: &str = include_str!("../../../tests/recorded/exchanges.jsonl");
const KINDS: &str = include_str!("../../../tests/recorded/kinds.txt");

/// The answer to one recorded request.
struct Recorded {
    name: String,
    is_conditional: bool,
    status: u16,
    headers: HeaderMap,
    body: String,
}

fn answers() -> Vec<Recorded> {
    let read = |line: &str| {
        let exchange: Value = serde_json::from_str(line).unwrap();
        let response = &exchange["response"];
        Recorded {
            name: exchange["name"].as_str().unwrap().to_owned(),
            is_conditional: exchange["request"]["headers"]["if-none-match"].is_string(),
            status: response["status"].as_u64().unwrap().try_into().unwrap(),
            headers: headers(&response["headers"]),
            body: response["body"].as_str().unwrap().to_owned(),
        }
    };
    EXCHANGES.lines().map(read).collect()
}

/// All headers of an answer, so that what must mean nothing is seen to mean nothing.
fn headers(recorded: &Value) -> HeaderMap {
    let pairs = recorded.as_object().unwrap().iter();
    let header = |(name, value): (&String, &Value)| {
        let value = HeaderValue::try_from(value.as_str().unwrap()).unwrap();
        (HeaderName::try_from(name).unwrap(), value)
    };
    pairs.map(header).collect()
}

/// The reviewed table: how each exchange is asked, if the client asks it, and its outcome.
fn kinds() -> BTreeMap<&'static str, (Option<Operation>, &'static str)> {
    let lines = KINDS
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &'static str| {
        let [name, operation, outcome] = line.split('|').map(str::trim).collect::<Vec<_>>()[..]
        else {
            panic!("not three columns: {line}")
        };
        let operation = match operation {
            "other" => return (name, (None, outcome)),
            "login" => Operation::Login,
            "list" => Operation::List,
            "tree" => Operation::Tree,
            "get" => Operation::Get,
            "folders" => Operation::Folders,
            "project" => Operation::Project,
            "revoke" => Operation::Revoke,
            "create" => Operation::Create,
            "update" => Operation::Update,
            "delete" => Operation::Delete,
            "create folder" => Operation::CreateFolder,
            other => panic!("unknown operation {other}"),
        };
        (name, (Some(operation), outcome))
    };
    lines.map(row).collect()
}

fn outcome(operation: Option<Operation>, answer: &Recorded) -> String {
    let body = answer.body.clone().into_bytes();
    let reply = Reply::new(answer.status, &answer.headers, body.into());
    if reply.is_success(answer.is_conditional) {
        return match operation {
            _ if reply.is_not_modified() => "not modified".to_owned(),
            Some(operation) => success(operation, &reply.body),
            None => "not read".to_owned(),
        };
    }
    // What refuses a call that the client does not make refuses others in the same way.
    let failure = Failure::of_reply(operation.unwrap_or(Operation::Project), &reply);
    let kind = match failure.kind {
        ErrorKind::Denied => "denied",
        ErrorKind::Unauthenticated => "unauthenticated",
        ErrorKind::RateLimited => "rate limited",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Invalid => "invalid",
        ErrorKind::NotFound(Missing::Secret) => "secret not found",
        ErrorKind::NotFound(_) => "not found",
        ErrorKind::Protocol => "protocol",
        _ => "another kind",
    };
    let remedy = match failure.remedy {
        Remedy::Nothing => return kind.to_owned(),
        Remedy::Retry => "retry",
        Remedy::NewToken => "new token",
        Remedy::OnceMore => "once more",
        Remedy::OlderDialect => "older dialect",
        Remedy::Update => "update",
        Remedy::ProbeEnvironment => "probe",
        Remedy::OneByOne => "one by one",
    };
    format!("{kind}, {remedy}")
}

fn success(operation: Operation, body: &[u8]) -> String {
    let read = match operation {
        Operation::List | Operation::Tree => {
            serde_json::from_slice(body).map(|body: ListBody| match body.imports {
                Some(imports) => format!("secrets {} + {}", body.secrets.len(), imports.len()),
                None => format!("secrets {}", body.secrets.len()),
            })
        }
        Operation::Get => serde_json::from_slice(body).map(|_: GetBody| "secret".to_owned()),
        Operation::Create | Operation::Update | Operation::Delete => serde_json::from_slice(body)
            .map(|body: WriteBody| match body.answer() {
                Answer::Done(rows) => format!("written {}", rows.len()),
                Answer::Approval => "approval".to_owned(),
                Answer::Other => "unreadable".to_owned(),
            }),
        Operation::Login => serde_json::from_slice(body).map(|_: LoginBody| "token".to_owned()),
        Operation::Folders => serde_json::from_slice(body)
            .map(|body: FoldersBody| format!("folders {}", body.folders.len())),
        Operation::Project => {
            serde_json::from_slice(body).map(|_: ProjectBody| "project".to_owned())
        }
        // Nothing of these answers is read.
        Operation::Revoke | Operation::CreateFolder => return "fine".to_owned(),
    };
    read.unwrap_or_else(|_| "unreadable".to_owned())
}

#[test]
fn every_recorded_exchange_is_understood_as_it_was_meant() {
    let (answers, kinds) = (answers(), kinds());
    assert_eq!((answers.len(), kinds.len()), (284, 284));
    let mut misread = Vec::new();
    for answer in &answers {
        let (operation, expected) = kinds[answer.name.as_str()];
        let outcome = outcome(operation, answer);
        if outcome != expected {
            misread.push(format!("{}: {outcome}, and not {expected}", answer.name));
        }
    }
    assert!(misread.is_empty(), "{}", misread.join("\n"));
}

#[test]
fn no_recorded_answer_means_anything_else_for_being_the_last_that_a_window_allows() {
    let kinds = kinds();
    for mut answer in answers() {
        for (name, value) in [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "60")] {
            let value = HeaderValue::from_static(value);
            answer.headers.insert(HeaderName::from_static(name), value);
        }
        let (operation, expected) = kinds[answer.name.as_str()];
        assert_eq!(outcome(operation, &answer), expected, "{}", answer.name);
    }
}

/// What a list answers by the rules of Infisical's own pages, worked out here a second time: own secrets
/// beat imports, the last import wins, the first of two rows counts, personal values do not.
fn expected_values(body: &Value) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    let imports = body["imports"].as_array().into_iter().flatten();
    for import in imports {
        let rows: BTreeMap<_, _> = shared_rows(&import["secrets"]).collect();
        values.extend(rows);
    }
    values.extend(shared_rows(&body["secrets"]).collect::<BTreeMap<_, _>>());
    values
}

/// The shared rows with a value, the first of each key last.
fn shared_rows(rows: &Value) -> impl Iterator<Item = (String, String)> {
    let shared = rows.as_array().unwrap().iter().rev();
    shared.filter(|row| row["type"] == "shared").map(|row| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        (text("secretKey"), text("secretValue"))
    })
}

#[test]
fn no_recorded_value_is_lost_or_misread() {
    let kinds = kinds();
    let folder = FolderAddress::new("infisical", "dev", &FolderPath::parse("/any").unwrap());
    let place = Place {
        host: "host",
        project: None,
        folder: Some(&folder),
    };
    let mut compared = 0;
    for answer in answers().iter().filter(|answer| answer.status == 200) {
        let Ok(body) = serde_json::from_str::<Value>(&answer.body) else {
            continue;
        };
        match kinds[answer.name.as_str()].0 {
            Some(Operation::List | Operation::Tree) => {
                let listing = Listing::new(serde_json::from_str(&answer.body).unwrap(), true);
                let expected = expected_values(&body);
                assert!(listing.keys().eq(expected.keys()), "{}", answer.name);
                for (key, value) in expected {
                    let secret = listing.secret(&folder.secret(&key), place).unwrap();
                    assert_eq!(
                        secret.value().expose_secret(),
                        value,
                        "{} {key}",
                        answer.name
                    );
                    compared += 1;
                }
            }
            Some(Operation::Get) => {
                let row = serde_json::from_str::<GetBody>(&answer.body)
                    .unwrap()
                    .secret;
                let value = body["secret"]["secretValue"].as_str().unwrap();
                assert_eq!(
                    row.secret_key, body["secret"]["secretKey"],
                    "{}",
                    answer.name
                );
                assert_eq!(
                    row.version,
                    body["secret"]["version"].as_u64(),
                    "{}",
                    answer.name
                );
                assert_eq!(row.secret_value.unwrap().text.expose_secret(), value);
                compared += 1;
            }
            Some(Operation::Create | Operation::Update | Operation::Delete) => {
                let written: WriteBody = serde_json::from_str(&answer.body).unwrap();
                let Answer::Done(rows) = written.answer() else {
                    panic!("{}", answer.name)
                };
                let alone = std::slice::from_ref(&body["secret"]);
                let recorded = body["secrets"].as_array().map_or(alone, Vec::as_slice);
                assert_eq!(rows.len(), recorded.len(), "{}", answer.name);
                for (row, recorded) in rows.iter().zip(recorded) {
                    let value = row.secret_value.as_ref().unwrap().text.expose_secret();
                    assert_eq!(recorded["secretKey"], row.secret_key, "{}", answer.name);
                    assert_eq!(recorded["secretValue"], value, "{}", answer.name);
                    compared += 1;
                }
            }
            _ => {}
        }
    }
    assert_eq!(compared, 295, "values compared");
}
