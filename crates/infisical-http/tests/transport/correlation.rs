//! What ties a failure to the log, here and at the server.

use std::collections::BTreeSet;

use secret_testkit::LogCollector;

use crate::server::{Server, ask, status};

#[tokio::test]
async fn all_requests_of_one_look_up_carry_the_id_that_its_error_and_the_log_have() {
    let server = Server::start(None, |_| status(503, &[], "")).await;
    let infisical = server.client().build().unwrap();
    // An event that is met for the first time on two threads at once may miss a new collector.
    assert!(ask(&infisical).await.is_err());
    let logs = LogCollector::new();
    let _installed = logs.install();
    let mut ids = BTreeSet::new();
    for look_up in 1..3 {
        let error = ask(&infisical).await.unwrap_err();
        let id = error.correlation_id().to_string();
        let seen = server.seen();
        let sent = &seen[look_up * 4..];
        assert_eq!(sent.len(), 4);
        assert!(
            sent.iter()
                .all(|request| request.headers["x-request-id"] == id)
        );
        assert!(logs.text().contains(&id), "{}", logs.text());
        ids.insert(id);
    }
    assert_eq!(ids.len(), 2, "each look-up has its own");
}
