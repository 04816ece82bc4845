//! Look-ups: what is at hand first, the rest as one batch, in order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use secret_ref::FolderPath;
use secret_source::{
    BlockingResolver, Driver, ErrorKind, ExposeSecret, FolderAddress, Freshness, Missing, Origin,
    Resolver, Secret, SecretAddress, SecretError, SecretSource, SourceExt, Summary, async_trait,
    get_concurrently,
};

/// Has what begins with `READY` at hand, and records what it is asked for.
#[derive(Debug, Default)]
struct Partial {
    batches: Mutex<Vec<Vec<String>>>,
    answers_missing: usize,
    running: AtomicUsize,
    most_running: AtomicUsize,
}

#[async_trait]
impl SecretSource for Partial {
    fn origin(&self) -> Origin {
        Origin::new("partial")
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        let secret = || Secret::new(address.key(), self.origin());
        address.key().starts_with("READY").then(secret)
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_running.fetch_max(running, Ordering::SeqCst);
        tokio::task::yield_now().await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        Ok(Secret::new(address.key(), self.origin()))
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let keys = addresses.iter().map(|address| address.key().to_owned());
        self.batches.lock().unwrap().push(keys.collect());
        let answered = &addresses[..addresses.len() - self.answers_missing];
        get_concurrently(self, answered, 2).await
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        Ok(vec![(
            folder.secret("LISTED"),
            Secret::new("listed", self.origin()),
        )])
    }
}

fn addresses(keys: &[&str]) -> Vec<SecretAddress> {
    let folder = FolderAddress::new("infisical", "dev", &FolderPath::root());
    keys.iter().map(|key| folder.secret(key)).collect()
}

fn values(answers: &[Result<Secret, SecretError>]) -> Vec<&str> {
    let value = |answer: &Result<Secret, SecretError>| answer.is_ok();
    assert!(answers.iter().all(value));
    answers
        .iter()
        .flatten()
        .map(|secret| secret.value().expose_secret())
        .collect()
}

#[tokio::test]
async fn what_is_at_hand_is_not_asked_for_again() {
    let source = Partial::default();
    let keys = ["A", "READY1", "B", "READY2", "A"];
    let answers = source.lookup_many(&addresses(&keys)).await;
    assert_eq!(values(&answers), keys);
    assert_eq!(*source.batches.lock().unwrap(), [["A", "B", "A"]]);
    source.lookup_many(&addresses(&["READY1"])).await;
    assert_eq!(
        source.batches.lock().unwrap().len(),
        1,
        "nothing was left to ask for"
    );
}

#[tokio::test]
async fn a_source_that_answers_too_little_is_found_out() {
    let source = Partial {
        answers_missing: 1,
        ..Partial::default()
    };
    let answers = source.lookup_many(&addresses(&["A", "B"])).await;
    assert_eq!(answers[0].as_ref().unwrap().value().expose_secret(), "A");
    assert_eq!(answers[1].as_ref().unwrap_err().kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn concurrent_look_ups_are_bounded_and_in_order() {
    let source = Partial::default();
    let keys: Vec<String> = (0..50).map(|number| format!("K{number}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let answers = get_concurrently(&source, &addresses(&keys), 3).await;
    assert_eq!(values(&answers), keys);
    assert_eq!(source.most_running.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn pointers_pass_everything_on() {
    let shared: Arc<dyn SecretSource> = Partial::default().shared();
    let boxed: Box<dyn SecretSource> = Box::new(Arc::clone(&shared));
    let asked = addresses(&["READY", "A"]);
    for source in [&shared as &dyn SecretSource, &boxed] {
        assert!(source.peek(&asked[0]).is_some());
        assert_eq!(values(&source.get_many(&asked).await), ["READY", "A"]);
        assert_eq!(
            source.list(&asked[0].folder_address()).await.unwrap().len(),
            1
        );
        assert_eq!(source.origin().name(), "partial");
    }
}

#[test]
fn a_summary_counts_each_entry_once() {
    let secret = || Secret::new("value", Origin::new("memory"));
    let stale = Freshness::Stale {
        age: std::time::Duration::from_secs(1),
    };
    let answers = [
        Ok(secret()),
        Ok(secret().served_from_cache(Freshness::Fresh)),
        Ok(secret().served_from_cache(stale)),
        Err(SecretError::not_found(Missing::Secret)),
        Ok(secret()),
    ];
    let summary = Summary::of(&answers).to_string();
    assert_eq!(summary, "1 cached, 2 fetched, 1 stale, 1 failed");
}

#[test]
fn a_blocking_resolver_answers_on_any_thread_and_refuses_its_own() {
    let resolver = Resolver::builder(Partial::default()).build().unwrap();
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver);
    let reference: secret_ref::SecretRef = "infisical://dev/A".parse().unwrap();
    let secret = blocking.answer(&reference).unwrap().unwrap();
    assert_eq!(secret.value().expose_secret(), "A");
    let answers = blocking.answer_many(&[reference.clone(), reference.clone()]);
    assert!(answers.iter().all(Result::is_ok));

    let inner = blocking.clone();
    let nested = blocking
        .block_on(async move { inner.answer(&reference) })
        .unwrap();
    let error = nested.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.hint().unwrap().contains("await"), "{error:?}");
    let panicked = blocking.block_on::<()>(async { panic!("planted by this test") });
    assert_eq!(panicked.unwrap_err().kind(), ErrorKind::Unavailable);
}
