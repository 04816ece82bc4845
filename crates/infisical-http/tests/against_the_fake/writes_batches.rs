//! Writes of many secrets: what goes into one request, and what each secret comes to.

use secret_source::{Change, Entry, ErrorKind, Missing, PutOptions, SecretError, SecretStore};

use crate::support::address;
use crate::writes_script::{
    Scripted, echo, echo_batch, entries, is_batch, put, refusal, route_miss, row, secrets,
};

const CREATE: PutOptions = PutOptions::create();
const UPDATE: PutOptions = PutOptions::update();
const UPSERT: PutOptions = PutOptions::upsert();

#[tokio::test]
async fn a_refused_batch_is_sent_again_entry_by_entry_and_the_names_in_the_refusal_are_not_believed()
 {
    // A server of 2024 names the secrets that do exist.
    let server = Scripted::start(|asked, _| match asked.line().as_str() {
        line if line.starts_with("PATCH") && is_batch(asked) => {
            refusal(404, "Secret does not exist: A,C")
        }
        line if line.starts_with("DELETE") && is_batch(asked) => {
            refusal(404, "One or more secrets does not exist: A,C")
        }
        line if line.ends_with("/B") => refusal(404, "Secret not found"),
        _ => echo(asked, 2),
    })
    .await;
    let client = server.client();
    let outcomes = client.put_many(&entries(&["A", "B", "C"]), UPDATE).await;
    let seen: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.as_ref().map(|written| written.change()))
        .map(|outcome| outcome.map_err(SecretError::kind))
        .collect();
    let missing = Err(ErrorKind::NotFound(Missing::Secret));
    assert_eq!(seen, [Ok(Change::Updated), missing, Ok(Change::Updated)]);

    let asked = ["A", "B", "C"].map(|key| address("/db", key));
    let outcomes = client.delete_many(&asked).await;
    let seen: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(seen, [true, false, true]);
    let error = outcomes[1].as_ref().unwrap_err();
    assert_eq!(error.address(), Some(&asked[1]));
}

#[tokio::test]
async fn a_failure_that_leaves_the_others_no_chance_ends_the_tries_one_by_one() {
    let server = Scripted::start(|asked, _| match asked.line().as_str() {
        _ if is_batch(asked) => refusal(400, "one of them"),
        line if line.ends_with("/A") => refusal(400, "this one"),
        _ => refusal(503, "down"),
    })
    .await;
    let client = server.client();
    let asked = ["A", "B", "C"].map(|key| address("/db", key));
    let kinds =
        |outcome: &Result<_, SecretError>| outcome.as_ref().map_err(SecretError::kind).copied();
    let outcomes = client.delete_many(&asked).await;
    let deleted: Vec<_> = outcomes.iter().map(kinds).collect();
    let down = Err(ErrorKind::Unavailable);
    assert_eq!(deleted, [Err(ErrorKind::Invalid), down, down]);
    assert_eq!(server.lines().len(), 1 + 2);
    let outcomes = client.put_many(&entries(&["A", "B", "C"]), UPDATE).await;
    assert!(outcomes.iter().all(Result::is_err), "{outcomes:?}");
    assert_eq!(server.lines().len(), 2 * (1 + 2));
}

#[tokio::test]
async fn an_upsert_of_many_is_one_request_once_the_server_is_known_to_be_current() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        "GET" => secrets(vec![row("A", "value of A", 1)]),
        _ if is_batch(asked) => {
            let rows = vec![row("A", "value of A", 2), row("B", "value of B", 1)];
            secrets(rows)
        }
        _ => echo(asked, 1),
    })
    .await;
    let client = server.client();
    client.delete(&address("/db", "X")).await.unwrap();
    let outcomes = client.put_many(&entries(&["A", "B"]), UPSERT).await;
    let changes: Vec<_> = outcomes
        .into_iter()
        .map(|it| it.unwrap().change())
        .collect();
    assert_eq!(changes, [Change::Updated, Change::Created]);
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        (asked[1].method.as_str(), &asked[1].body["mode"]),
        ("PATCH", &"upsert".into())
    );
}

#[tokio::test]
async fn an_upsert_of_many_updates_what_an_old_server_lists_and_creates_the_rest() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        _ if asked.path.starts_with("/api/v4") => route_miss(asked),
        "GET" => secrets(vec![row("B", "old", 1)]),
        "PATCH" => echo_batch(asked, 2),
        _ => echo_batch(asked, 1),
    })
    .await;
    let outcomes = server
        .client()
        .put_many(&entries(&["A", "B", "C"]), UPSERT)
        .await;
    let changes: Vec<_> = outcomes
        .into_iter()
        .map(|it| it.unwrap().change())
        .collect();
    assert_eq!(changes, [Change::Created, Change::Updated, Change::Created]);
    let lines = server.lines();
    assert_eq!(
        lines[2..],
        [
            "PATCH /api/v3/secrets/batch/raw",
            "POST /api/v3/secrets/batch/raw"
        ]
    );
    assert!(server.asked()[3].body.get("mode").is_none());
}

#[tokio::test]
async fn a_name_that_no_route_leads_to_is_written_as_a_batch_of_one() {
    let server = Scripted::start(|asked, _| echo_batch(asked, 1)).await;
    let client = server.client();
    for key in ["batch", "move", &"N".repeat(101)] {
        assert!(put(&client, key, "v", CREATE).await.unwrap().is_confirmed());
        client.delete(&address("/db", key)).await.unwrap();
    }
    let lines = server.lines();
    assert!(
        lines
            .iter()
            .all(|line| line.ends_with("/api/v4/secrets/batch")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_large_batch_is_split_and_answered_in_order() {
    let server = Scripted::start(|asked, _| echo_batch(asked, 1)).await;
    let keys: Vec<_> = (0..250).map(|index| format!("KEY_{index}")).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let outcomes = server.client().put_many(&entries(&keys), CREATE).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let sizes: Vec<_> = server
        .asked()
        .iter()
        .map(|asked| asked.body["secrets"].as_array().unwrap().len())
        .collect();
    assert_eq!((outcomes.len(), sizes), (250, vec![100, 100, 50]));
}

#[tokio::test]
async fn two_spellings_of_a_project_do_not_hide_that_a_secret_is_named_twice() {
    let server = Scripted::start(|asked, _| echo(asked, 1)).await;
    let entry = Entry::new(address("/db", "KEY"), "one");
    let spelled_out = address("/db", "KEY").with_project(crate::writes_script::PROJECT);
    let outcomes = server
        .client()
        .put_many(&[entry, Entry::new(spelled_out, "two")], UPSERT)
        .await;
    for outcome in outcomes {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Invalid);
    }
    assert_eq!(server.lines(), [""; 0]);
}
