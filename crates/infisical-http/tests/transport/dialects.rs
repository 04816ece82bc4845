//! Servers that are replaced by others while a client speaks to them.

use crate::server::{Answer, Server, ask, status, value};

fn miss() -> Answer {
    let text = r#"{"message":"Route GET:/x not found","error":"Not Found","statusCode":404}"#;
    status(404, &[], text)
}

#[tokio::test]
async fn a_server_that_was_upgraded_is_spoken_to_in_its_new_dialect() {
    let server = Server::start(None, |before| match before {
        0 | 3 => miss(),
        _ => value(before),
    })
    .await;
    let infisical = server.client().build().unwrap();
    for _ in 0..4 {
        assert_eq!(ask(&infisical).await.unwrap(), "a value");
    }
    let seen = server.seen();
    let asked: Vec<_> = seen.iter().map(|seen| &seen.path[..7]).collect();
    assert_eq!(
        asked,
        [
            "/api/v4", "/api/v3", "/api/v3", "/api/v3", "/api/v4", "/api/v4"
        ]
    );
}

#[tokio::test]
async fn what_has_no_dialect_at_all_is_asked_for_both_and_named_as_such() {
    let server = Server::start(None, |_| miss()).await;
    let infisical = server.client().build().unwrap();
    for look_ups in 1..3 {
        let error = ask(&infisical).await.unwrap_err();
        assert!(
            error.to_string().contains("has no Infisical API"),
            "{error}"
        );
        assert_eq!(server.seen().len(), 2 * look_ups);
    }
}

#[tokio::test]
async fn a_failure_of_an_old_server_shows_that_it_is_one() {
    let text = r#"{"statusCode":500,"message":"Something went wrong","error":"Find one"}"#;
    let server = Server::start(None, move |before| match before {
        0 => miss(),
        _ => status(500, &[], text),
    })
    .await;
    let infisical = server.client().retries(0).build().unwrap();
    for _ in 0..2 {
        assert!(ask(&infisical).await.is_err());
    }
    let seen = server.seen();
    let newest = seen.iter().filter(|seen| seen.path.starts_with("/api/v4"));
    assert_eq!(newest.count(), 1);
}
