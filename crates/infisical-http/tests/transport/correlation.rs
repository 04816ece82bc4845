//! What ties a failure to the log, here and at the server.

use std::collections::BTreeSet;

use secret_testkit::LogCollector;

use crate::server::{Server, ask, status};

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
