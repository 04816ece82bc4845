//! What ties a failure to the log, here and at the server.

use std::collections::BTreeSet;

use infisical_http::Infisical;
use secret_source::{
    CorrelationId, ErrorKind, FolderAddress, Missing, Resolver, SecretError, SecretSource,
};
use secret_testkit::LogCollector;

use crate::server::{Answer, Server, ask, body, status};

#[tokio::test]
async fn all_requests_of_one_look_up_carry_the_id_that_its_error_and_the_log_have() {
    let server = Server::start(None, |_| status(503, &[], "")).await;
    let infisical = server.client().build().unwrap();
    assert!(ask(&infisical).await.is_err());
    let logs = LogCollector::new();
    let _installed = logs.install();
    let (mut ids, mut logged) = (BTreeSet::new(), 0);
    for look_up in 1..20 {
        let error = ask(&infisical).await.unwrap_err();
        let id = error.correlation_id().to_string();
        let seen = server.seen();
        let sent = &seen[look_up * 4..];
        assert_eq!(sent.len(), 4);
        assert!(
            sent.iter()
                .all(|request| request.headers["x-request-id"] == id)
        );
        logged += usize::from(logs.text().contains(&id));
        assert!(ids.insert(id), "each look-up has its own");
        // Collectors of other threads that come and go can hide an event, so this may take more tries.
        if logged == 2 {
            return;
        }
    }
    panic!("{}", logs.text());
}

/// What a server answers to each request of a look-up, and the look-up's error.
async fn refused(
    answering: impl Fn(usize) -> Answer + Send + Sync + 'static,
    look_up: impl AsyncFn(Infisical) -> SecretError,
) -> SecretError {
    let server = Server::start(None, answering).await;
    let error = look_up(server.client().build().unwrap()).await;
    let id = error.correlation_id().to_string();
    let seen = server.seen();
    assert!(!seen.is_empty());
    for request in seen {
        assert_eq!(request.headers["x-request-id"], id, "{error:?}");
    }
    error
}

fn answer(code: u16, error: &str, message: &str) -> Answer {
    let text = format!(r#"{{"reqId":"req-abc","error":"{error}","message":"{message}"}}"#);
    status(code, &[], &text)
}

fn folder() -> FolderAddress {
    FolderAddress::new("infisical", "dev", &"/app".parse().unwrap())
}

async fn two(infisical: Infisical) -> SecretError {
    let asked = [folder().secret("A"), folder().secret("B")];
    let mut answers = infisical.get_many(&asked).await;
    answers.remove(0).unwrap_err()
}

#[tokio::test]
async fn what_is_not_found_carries_the_id_that_was_sent() {
    let no_secret = |_| answer(404, "NotFound", "Secret with name 'KEY' not found");
    let error = refused(no_secret, async |infisical| {
        ask(&infisical).await.unwrap_err()
    })
    .await;
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Secret));

    let error = refused(|_| body(r#"{"secrets":[]}"#), two).await;
    assert_eq!(error.kind(), ErrorKind::NotFound(Missing::Secret));

    let no_folder = |_| {
        answer(
            404,
            "SecretPathNotFound",
            "Folder with path '/app' not found",
        )
    };
    let error = refused(no_folder, two).await;
    assert!(error.hint().unwrap().contains("req-abc"), "{error:?}");

    let error = refused(no_folder, async |infisical| {
        infisical.list(&folder()).await.unwrap_err()
    })
    .await;
    assert!(error.hint().unwrap().contains("req-abc"), "{error:?}");

    let hidden = r#"{"secrets":[{"secretKey":"A","secretValue":"<hidden-by-infisical>"}]}"#;
    let error = refused(move |_| body(hidden), two).await;
    assert_eq!(error.kind(), ErrorKind::Denied);
    let error = refused(
        move |_| body(hidden),
        async |infisical| infisical.list(&folder()).await.unwrap_err(),
    )
    .await;
    assert_eq!(error.kind(), ErrorKind::Denied);
}

#[tokio::test]
async fn the_id_of_a_resolvers_caller_reaches_the_server() {
    let id = CorrelationId::generate();
    let missing = |_| answer(404, "NotFound", "Secret with name 'KEY' not found");
    let error = refused(missing, async |infisical| {
        let resolver = Resolver::builder(infisical).environment("dev").build();
        let resolver = resolver.unwrap().correlated(id);
        let reference = "infisical:///app/KEY".parse().unwrap();
        resolver.answer(&reference).await.unwrap_err()
    })
    .await;
    assert_eq!(error.correlation_id(), id);
}
