//! What a write sends, and what it makes of the answers.

use secret_source::{Change, Entry, ErrorKind, Missing, PutOptions, SecretStore, Written};
use secret_testkit::{Canary, LogCollector, assert_no_leak};

use crate::support::address;
use crate::writes_script::{
    Answer, Scripted, echo, entries, put, refusal, route_miss, row, secret, secrets,
};

const CREATE: PutOptions = PutOptions::create();
const UPDATE: PutOptions = PutOptions::update();
const UPSERT: PutOptions = PutOptions::upsert();

#[tokio::test]
async fn each_write_has_the_form_of_its_dialect() {
    for (old, base, project) in [
        (false, "/api/v4/secrets", "projectId"),
        (true, "/api/v3/secrets/raw", "workspaceId"),
    ] {
        let server = Scripted::start(move |asked, _| {
            if old && asked.path.starts_with("/api/v4") {
                return route_miss(asked);
            }
            echo(asked, 3)
        })
        .await;
        let client = server.client();
        let written = put(&client, "A b", "v", CREATE).await;
        // The answer's key is the encoded one, so the write is confirmed by no row.
        assert_eq!(written.unwrap().change(), Change::Created);
        let written = put(&client, "KEY", "v", UPDATE).await.unwrap();
        assert_eq!((written.version(), written.is_confirmed()), (Some(3), true));
        client.delete(&address("/db", "KEY")).await.unwrap();

        let asked: Vec<_> = server.asked();
        let writes: Vec<_> = asked
            .iter()
            .filter(|asked| asked.path.starts_with(base) && asked.method != "GET")
            .collect();
        let lines: Vec<_> = writes.iter().map(|asked| asked.line()).collect();
        assert_eq!(
            lines,
            [
                format!("POST {base}/A%20b"),
                format!("PATCH {base}/KEY"),
                format!("DELETE {base}/KEY"),
            ]
        );
        let expected = serde_json::json!({
            project: crate::writes_script::PROJECT, "environment": "dev", "secretPath": "/db",
            "type": "shared", "secretValue": "v"
        });
        assert_eq!(writes[1].body, expected);
        assert!(writes[2].body.get("secretValue").is_none());
        // The dialect is learned once.
        let misses = asked
            .iter()
            .filter(|asked| old && asked.path.starts_with("/api/v4"));
        assert_eq!(misses.count(), usize::from(old));
    }
}

#[tokio::test]
async fn creating_what_exists_and_updating_what_is_missing_are_told_apart() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        "POST" => refusal(400, "Secret already exist"),
        _ => refusal(404, "Secret not found"),
    })
    .await;
    let client = server.client();
    let error = put(&client, "KEY", "v", CREATE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.message().contains("exists"), "{error}");
    assert!(error.hint().unwrap().contains("upsert"));
    assert_eq!(error.address(), Some(&address("/db", "KEY")));
    let missing = ErrorKind::NotFound(Missing::Secret);
    let error = put(&client, "KEY", "v", UPDATE).await.unwrap_err();
    assert_eq!(error.kind(), missing);
    let error = client.delete(&address("/db", "KEY")).await.unwrap_err();
    assert_eq!(error.kind(), missing);
    assert_eq!(server.lines().len(), 3, "refusals are not repeated");
}

#[tokio::test]
async fn an_upsert_updates_else_creates_and_updates_once_more_where_another_was_faster() {
    let server = Scripted::start(|asked, number| match number {
        0 => refusal(404, "Secret with name 'KEY' not found"),
        1 => refusal(400, "Secret already exists"),
        _ => echo(asked, 2),
    })
    .await;
    let written = put(&server.client(), "KEY", "v", UPSERT).await.unwrap();
    assert_eq!(written.change(), Change::Updated);
    let methods: Vec<_> = server
        .asked()
        .into_iter()
        .map(|asked| asked.method)
        .collect();
    assert_eq!(methods, ["PATCH", "POST", "PATCH"]);
}

#[tokio::test]
async fn an_approval_means_that_nothing_is_stored_and_is_asked_for_once() {
    let approval = r#"{"approval":{"id":"a","status":"open"}}"#;
    let server = Scripted::start(move |_, _| (200, approval.to_owned())).await;
    let client = server.client();
    for outcome in client.put_many(&entries(&["A", "B"]), CREATE).await {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied);
        assert!(error.message().contains("approval"), "{error}");
    }
    assert_eq!(server.lines(), ["POST /api/v4/secrets/batch"]);
    let error = client.delete(&address("/db", "A")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
}

#[tokio::test]
async fn a_value_that_would_be_trimmed_is_refused_before_anything_is_sent() {
    let server = Scripted::start(|asked, _| echo(asked, 1)).await;
    let client = server.client();
    for value in [" v", "v ", "v\n\n", "\u{feff}v"] {
        let error = put(&client, "KEY", value, CREATE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid, "{value:?}");
    }
    assert_eq!(server.lines(), [""; 0]);
    put(&client, "KEY", "v\n", CREATE).await.unwrap();
}

#[tokio::test]
async fn a_trimmed_value_is_confirmed_where_trimming_is_allowed() {
    let server = Scripted::start(|asked, _| {
        let value = asked.body["secretValue"].as_str().unwrap().trim();
        secret("KEY", value, 1)
    })
    .await;
    let written = put(&server.client(), "KEY", "  v ", CREATE.allow_trimming()).await;
    assert!(written.unwrap().is_confirmed());
}

#[tokio::test]
async fn a_value_that_the_answer_shows_otherwise_is_read_back_as_it_is_stored() {
    for (stored, expected) in [
        (Some("${OTHER}"), Ok(true)),
        (Some("another"), Err(ErrorKind::Protocol)),
        (Some("<hidden-by-infisical>"), Ok(false)),
        (None, Ok(false)),
    ] {
        let server = Scripted::start(move |asked, _| match (asked.method.as_str(), stored) {
            ("GET", Some(stored)) => secrets(vec![row("KEY", stored, 1)]),
            ("GET", None) => refusal(403, "You are not allowed to read on secrets"),
            _ => secret("KEY", "the one before", 1),
        })
        .await;
        let outcome = put(&server.client(), "KEY", "${OTHER}", CREATE).await;
        let seen = outcome
            .map(Written::is_confirmed)
            .map_err(|error| error.kind());
        assert_eq!(seen, expected, "{stored:?}");
        let asked = server.asked();
        assert!(asked[1].path.contains("expandSecretReferences=false"));
        assert!(asked[1].path.contains("include_imports=false"));
    }
}

#[tokio::test]
async fn nothing_is_listed_for_an_identity_that_the_answer_hides_the_value_from() {
    let server = Scripted::start(|_, _| secret("KEY", "<hidden-by-infisical>", 1)).await;
    let written = put(&server.client(), "KEY", "value", CREATE).await.unwrap();
    assert!(!written.is_confirmed());
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_confirmation_is_asked_for_once() {
    let server = Scripted::start(|asked, _| match asked.method.as_str() {
        "GET" => refusal(503, "Something went wrong"),
        _ => secret("KEY", "the one before", 1),
    })
    .await;
    let written = put(&server.client(), "KEY", "value", CREATE).await.unwrap();
    assert!(!written.is_confirmed());
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_write_is_repeated_only_where_it_certainly_was_not_carried_out() {
    let ok = (
        200,
        r#"{"secret":{"secretKey":"KEY","secretValue":"v"}}"#.to_owned(),
    );
    for (first, requests) in [
        (refusal(429, "Rate limit exceeded"), 2),
        (refusal(500, "Something went wrong"), 1),
        ((502, "<html>".to_owned()), 1),
        ((504, "<html>".to_owned()), 1),
        ((0, String::new()), 1),
    ] {
        for options in [CREATE, UPDATE] {
            let (first, ok) = (first.clone(), ok.clone());
            let status = first.0;
            let server = Scripted::start(move |_, number| match number {
                0 => first.clone(),
                _ => ok.clone(),
            })
            .await;
            let outcome = put(&server.client(), "KEY", "v", options).await;
            assert_eq!(server.lines().len(), requests, "status {status}");
            match outcome {
                Ok(_) => assert_eq!(status, 429),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Unavailable);
                    assert!(error.hint().unwrap().contains("carried out"), "{error:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn no_value_is_shown_however_a_write_ends() {
    let value = Canary::named("written value");
    let logs = LogCollector::new();
    let _installed = logs.install();
    let echoed = value.value().to_owned();
    let answers: Vec<Answer> = vec![
        secret("KEY", value.value(), 1),
        refusal(400, &format!("no {echoed}")),
        refusal(403, &format!("no {echoed}")),
        refusal(404, &format!("no {echoed}")),
        refusal(422, &format!("no {echoed}")),
        refusal(500, &format!("no {echoed}")),
        (200, format!(r#"{{"secret":"{echoed}"}}"#)),
        (200, format!(r#"{{"approval":"{echoed}"}}"#)),
        (200, echoed.clone()),
        (0, String::new()),
    ];
    for answer in answers {
        let server = Scripted::start(move |_, _| answer.clone()).await;
        let client = server.client();
        for options in [CREATE, UPSERT.create_folders()] {
            for keys in [&["KEY"][..], &["KEY", "OTHER"]] {
                let entry = |key: &&str| Entry::new(address("/db", key), value.value());
                let entries: Vec<_> = keys.iter().map(entry).collect();
                assert_no_leak(&format!("{entries:?}"), [&value]);
                for outcome in client.put_many(&entries, options).await {
                    let shown = match outcome {
                        Ok(written) => format!("{written:?}"),
                        Err(error) => {
                            let source =
                                std::error::Error::source(&error).map(|it| format!("{it} {it:?}"));
                            format!("{error} {error:?} {:?} {source:?}", error.hint())
                        }
                    };
                    assert_no_leak(&shown, [&value]);
                }
            }
        }
        for asked in server.asked() {
            assert_no_leak(&asked.path, [&value]);
        }
        assert!(client.requests().writes > 0);
    }
    assert!(
        logs.text().contains("request to Infisical"),
        "{}",
        logs.text()
    );
    logs.assert_no_leak([&value]);
}
