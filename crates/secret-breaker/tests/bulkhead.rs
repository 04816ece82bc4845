//! How many calls may wait for a source, and what becomes of the rest.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use secret_breaker::Bulkhead;
use secret_source::{ErrorKind, FolderAddress, MemorySource, SecretAddress, SecretSource};
use secret_testkit::{Fixture, ScriptedSource, laws};
use tokio::task::JoinHandle;

fn address(key: &str) -> SecretAddress {
    FolderAddress::new("infisical", "prod", &"/".parse().unwrap()).secret(key)
}

/// Lets three look-ups hang, the last a batch, where three may.
async fn crowded() -> (
    ScriptedSource,
    Arc<Bulkhead<ScriptedSource>>,
    Vec<JoinHandle<bool>>,
) {
    let source = ScriptedSource::value("value");
    source.hold();
    let bulkhead = Arc::new(Bulkhead::new(source.clone(), 3));
    let mut calls = Vec::new();
    for size in 1..=3 {
        let bulkhead = Arc::clone(&bulkhead);
        calls.push(tokio::spawn(async move {
            let addresses: Vec<_> = (0..size).map(|key| address(&format!("K{key}"))).collect();
            bulkhead
                .get_many(&addresses)
                .await
                .iter()
                .all(Result::is_ok)
        }));
    }
    source.until_waiting(3).await;
    (source, bulkhead, calls)
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_bound_fails_at_once_and_reaches_nobody() {
    let (source, bulkhead, calls) = crowded().await;
    let error = bulkhead.get(&address("KEY")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("3 look-ups wait for"), "{error}");
    let refused = bulkhead.get_many(&[address("A"), address("B")]).await;
    for (answer, key) in refused.iter().zip(["A", "B"]) {
        let error = answer.as_ref().unwrap_err();
        assert_eq!(error.address(), Some(&address(key)));
    }
    assert!(
        bulkhead
            .list(&address("KEY").folder_address())
            .await
            .is_err()
    );
    assert_eq!(source.calls(), 3);

    source.release();
    for call in calls {
        assert!(call.await.unwrap());
    }
    for _ in 0..10 {
        assert!(bulkhead.get(&address("KEY")).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_given_up_makes_room_for_one() {
    let (source, bulkhead, mut calls) = crowded().await;
    let given_up = calls.remove(0);
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    let next = tokio::spawn({
        let bulkhead = Arc::clone(&bulkhead);
        async move { bulkhead.get(&address("KEY")).await.is_ok() }
    });
    source.until_waiting(3).await;
    assert!(bulkhead.get(&address("KEY")).await.is_err());
    source.release();
    assert!(next.await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_bulkhead_obeys_the_laws() {
    let fixture = Fixture::example("memory", "dev");
    let source = MemorySource::new();
    for (address, value) in fixture.values() {
        source.set(address, value);
    }
    laws::all(&Bulkhead::new(source, 10), &fixture).await;
}

#[tokio::test(start_paused = true)]
async fn a_refresh_is_bounded_too_and_passed_on_as_one() {
    let (source, bulkhead, _calls) = crowded().await;
    let refused = bulkhead.refresh_many(&[address("A")]).await;
    assert_eq!(
        refused[0].as_ref().unwrap_err().kind(),
        ErrorKind::Unavailable
    );
    source.release();
    tokio::task::yield_now().await;
    assert!(bulkhead.refresh_many(&[address("A")]).await[0].is_ok());
    assert_eq!(source.refreshes(), [[address("A")]]);
}
