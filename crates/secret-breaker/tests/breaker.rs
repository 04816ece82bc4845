//! What callers see of a circuit breaker.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::error::Error;
use std::time::Duration;

use mockall::mock;
use secret_breaker::{BreakerConfig, BreakerExt, BreakerState, CircuitBreaker};
use secret_source::{
    ErrorKind, FolderAddress, MemorySource, Missing, Origin, Secret, SecretAddress, SecretError,
    SecretSource, async_trait,
};
use secret_testkit::{Fixture, LogCollector, ScriptedSource, laws};

mock! {
    #[derive(Debug)]
    Source {}

    #[async_trait]
    impl SecretSource for Source {
        fn origin(&self) -> Origin;
        fn peek(&self, address: &SecretAddress) -> Option<Secret>;
        async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError>;
        async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>>;
        async fn list(&self, folder: &FolderAddress) -> Result<Vec<(SecretAddress, Secret)>, SecretError>;
        async fn list_recursive(&self, folder: &FolderAddress) -> Result<Vec<(SecretAddress, Secret)>, SecretError>;
    }
}

const RESET: Duration = Duration::from_secs(60);

fn source() -> MockSource {
    let mut source = MockSource::new();
    source.expect_origin().returning(|| Origin::new("mock"));
    source
}

fn folder() -> FolderAddress {
    FolderAddress::new("infisical", "prod", &"/db".parse().unwrap())
}

fn address() -> SecretAddress {
    folder().secret("PASSWORD")
}

fn value() -> Result<Secret, SecretError> {
    Ok(Secret::new("correct horse", Origin::new("mock")))
}

fn down() -> SecretError {
    SecretError::unavailable("the server is down")
}

async fn fail_until_open(breaker: &CircuitBreaker<MockSource>) {
    for _ in 0..5 {
        breaker.get(&address()).await.unwrap_err();
    }
}

#[tokio::test]
async fn the_laws_hold_over_a_healthy_source() {
    let fixture = Fixture::example("memory", "dev");
    let memory = MemorySource::new();
    for (address, value) in fixture.values() {
        memory.set(address, value);
    }
    laws::all(&memory.with_breaker(BreakerConfig::new()), &fixture).await;
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_fails_at_once_and_says_when_it_tries_again() {
    let mut source = source();
    source.expect_get().times(5).returning(|_| Err(down()));
    let breaker = source.with_breaker(BreakerConfig::new());
    fail_until_open(&breaker).await;
    tokio::time::advance(Duration::from_secs(18)).await;

    let error = breaker.get(&address()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(42)));
    assert_eq!(error.address(), Some(&address()));
    assert!(error.hint().unwrap().contains("42 s"), "{error:?}");
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("the server is down")
    );
}

#[tokio::test(start_paused = true)]
async fn a_successful_probe_closes_the_circuit() {
    let mut source = source();
    source.expect_get().times(5).returning(|_| Err(down()));
    source.expect_get().times(2).returning(|_| value());
    let breaker = source.with_breaker(BreakerConfig::new());
    let handle = breaker.handle();
    fail_until_open(&breaker).await;
    assert_eq!(handle.state(), BreakerState::Open { remaining: RESET });

    tokio::time::advance(RESET).await;
    assert_eq!(handle.state(), BreakerState::HalfOpen);
    assert!(breaker.get(&address()).await.is_ok());
    assert_eq!(handle.state(), BreakerState::Closed { failures: 0 });
    assert!(breaker.get(&address()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_handle_closes_the_circuit_by_hand() {
    let mut source = source();
    source.expect_get().times(5).returning(|_| Err(down()));
    source.expect_get().times(1).returning(|_| value());
    let breaker = source.with_breaker(BreakerConfig::new());
    fail_until_open(&breaker).await;
    breaker.handle().reset();
    assert!(breaker.get(&address()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn only_failures_that_say_not_now_count() {
    for (kind, counts) in [
        (ErrorKind::NotFound(Missing::Secret), false),
        (ErrorKind::Denied, false),
        (ErrorKind::Unauthenticated, false),
        (ErrorKind::RateLimited, true),
        (ErrorKind::Unavailable, true),
        (ErrorKind::Invalid, false),
        (ErrorKind::Unsupported, false),
        (ErrorKind::Protocol, false),
    ] {
        let mut source = source();
        source
            .expect_get()
            .returning(move |_| Err(SecretError::new(kind, "no")));
        let breaker = source.with_breaker(BreakerConfig::new());
        fail_until_open(&breaker).await;
        let open = matches!(breaker.handle().state(), BreakerState::Open { .. });
        assert_eq!(open, counts, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_one_outcome() {
    let mut source = source();
    let all_down = |addresses: &[SecretAddress]| addresses.iter().map(|_| Err(down())).collect();
    source.expect_get_many().times(5).returning(all_down);
    let breaker = source.with_breaker(BreakerConfig::new());
    let batch = [address(), folder().secret("USER"), folder().secret("HOST")];
    for failures in 0..5 {
        assert_eq!(breaker.handle().state(), BreakerState::Closed { failures });
        breaker.get_many(&batch).await;
    }
    let refused = breaker.get_many(&batch).await;
    assert_eq!(refused.len(), 3);
    for (answer, address) in refused.iter().zip(&batch) {
        assert_eq!(answer.as_ref().unwrap_err().address(), Some(address));
    }
}

#[tokio::test(start_paused = true)]
async fn one_answer_within_a_batch_shows_that_the_source_is_alive() {
    for alive in [value, || Err(SecretError::denied("no"))] {
        let mut source = source();
        source
            .expect_get_many()
            .returning(move |_| vec![Err(down()), alive()]);
        let breaker = source.with_breaker(BreakerConfig::new());
        for _ in 0..10 {
            breaker
                .get_many(&[address(), folder().secret("USER")])
                .await;
        }
        assert_eq!(
            breaker.handle().state(),
            BreakerState::Closed { failures: 0 }
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_that_a_batch_asks_for_is_obeyed() {
    let mut source = source();
    source
        .expect_get_many()
        .returning(|_| vec![Err(down().with_retry_after(RESET * 5)), Err(down())]);
    let breaker = source.with_breaker(BreakerConfig::new().failures(1));
    breaker
        .get_many(&[address(), folder().secret("USER")])
        .await;
    let open = BreakerState::Open {
        remaining: RESET * 5,
    };
    assert_eq!(breaker.handle().state(), open);
}

#[tokio::test(start_paused = true)]
async fn lists_and_empty_batches_obey_the_same_rules() {
    let mut source = source();
    source.expect_list().times(3).returning(|_| Err(down()));
    source
        .expect_list_recursive()
        .times(2)
        .returning(|_| Err(down()));
    let breaker = source.with_breaker(BreakerConfig::new());
    for _ in 0..2 {
        breaker.list(&folder()).await.unwrap_err();
        breaker.list_recursive(&folder()).await.unwrap_err();
        assert!(breaker.get_many(&[]).await.is_empty());
    }
    breaker.list(&folder()).await.unwrap_err();
    for refused in [
        breaker.list(&folder()).await,
        breaker.list_recursive(&folder()).await,
    ] {
        assert_eq!(refused.unwrap_err().retry_after(), Some(RESET));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_is_one_outcome_and_refused_while_the_circuit_is_open() {
    let source = ScriptedSource::failing(down());
    let breaker = source.clone().with_breaker(BreakerConfig::new());
    for _ in 0..5 {
        let answers = breaker.refresh_many(&[address(), address()]).await;
        assert_eq!(answers[0].as_ref().unwrap_err().retry_after(), None);
    }
    let refused = breaker.refresh_many(&[address()]).await;
    assert_eq!(refused[0].as_ref().unwrap_err().retry_after(), Some(RESET));
    assert_eq!((source.refreshes().len(), source.calls()), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn a_peek_passes_through_an_open_circuit() {
    let mut source = source();
    source.expect_get().times(5).returning(|_| Err(down()));
    source.expect_peek().times(1).returning(|_| value().ok());
    let breaker = source.with_breaker(BreakerConfig::new());
    fail_until_open(&breaker).await;
    assert!(breaker.peek(&address()).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_probe_leaves_its_place_to_the_next_call() {
    let mut answers = vec![Err(down()); 5];
    answers.push(value());
    let source = ScriptedSource::queue(answers);
    let breaker = source.clone().with_breaker(BreakerConfig::new());
    for _ in 0..5 {
        breaker.get(&address()).await.unwrap_err();
    }
    tokio::time::advance(RESET).await;
    source.hold();
    let (probe, wanted) = (address(), address());
    let probe = tokio::time::timeout(Duration::from_secs(1), breaker.get(&probe));
    let (probe, meanwhile) = tokio::join!(probe, breaker.get(&wanted));
    assert!(probe.is_err(), "the probe hangs");
    assert_eq!(meanwhile.unwrap_err().kind(), ErrorKind::Unavailable);
    source.release();
    assert!(breaker.get(&address()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn opening_warns_and_closing_informs_without_naming_a_secret() {
    let log = LogCollector::new();
    let _installed = log.install();
    let source = ScriptedSource::queue([Err(down()), value()]);
    let breaker = source.with_breaker(BreakerConfig::new().failures(1));
    breaker.get(&address()).await.unwrap_err();
    tokio::time::advance(RESET).await;
    breaker.get(&address()).await.unwrap();
    let [opened, closed] = log.events().try_into().unwrap();
    assert_eq!(opened.level(), tracing::Level::WARN);
    assert_eq!(opened.field("kind"), Some("unavailable"));
    assert_eq!(opened.field("open_seconds"), Some("60"));
    assert_eq!(closed.level(), tracing::Level::INFO);
    assert!(!log.text().contains("PASSWORD"));
}
