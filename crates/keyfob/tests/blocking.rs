//! A blocking stack works wherever it is called from, and nothing hangs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use futures_util::future::join_all;
use infisical_fake::{Fake, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{
    BlockingStack, ErrorKind, ExposeSecret, ResolveSecrets, SecretString, Stack, StackBuilder,
};
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

const LIMIT: Duration = Duration::from_secs(30);
const KEYS: [&str; 3] = [
    "infisical://dev/db/A",
    "infisical://dev/db/B",
    "infisical://dev/db/C",
];

fn server() -> Fake {
    let seed = ["A", "B", "C"].iter().fold(Seed::new(), |seed, key| {
        seed.secret("dev", "/db", key, "value")
    });
    Fake::builder().seed(seed).start_on_thread().unwrap()
}

/// Begins a stack that caches nothing, so that every look-up is a request.
fn over(fake: &Fake) -> StackBuilder {
    Stack::builder()
        .address(&fake.url())
        .client_id(&fake.client_id())
        .client_secret(SecretString::from(fake.client_secret()))
        .project(&fake.project_id())
        .cache_ttl(Duration::ZERO)
}

/// Fails where `body` does not end in time, instead of hanging with it.
fn within_limit(body: impl FnOnce(&Fake) + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let test = thread::spawn(move || {
        body(&server());
        done.send(()).unwrap();
    });
    if wait.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("not done within {LIMIT:?}");
    }
    test.join().unwrap();
}

fn answers_repeatedly(stack: &BlockingStack) {
    for key in KEYS.iter().cycle().take(9) {
        assert_eq!(stack.get(key).unwrap().value().expose_secret(), "value");
    }
    assert!(stack.get_many(&KEYS).iter().all(Result::is_ok));
}

async fn answers(stack: &Stack) {
    for key in KEYS {
        assert_eq!(
            stack.get(key).await.unwrap().value().expose_secret(),
            "value"
        );
    }
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn it_answers_on_plain_threads_without_a_runtime() {
    within_limit(|server| {
        let stack = over(server).build_blocking().unwrap();
        answers_repeatedly(&stack);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| answers_repeatedly(&stack));
            }
        });
    });
}

#[test]
fn it_answers_inside_a_current_thread_runtime_whose_own_stack_was_used_before() {
    within_limit(|server| {
        let (own, stack) = (
            over(server).build().unwrap(),
            over(server).build_blocking().unwrap(),
        );
        current_thread().block_on(async {
            for _ in 0..3 {
                answers(&own).await;
                answers_repeatedly(&stack);
            }
        });
    });
}

#[test]
fn it_answers_inside_a_multi_thread_runtime_whose_own_stack_was_used_before() {
    within_limit(|server| {
        let (own, stack) = (
            over(server).build().unwrap(),
            over(server).build_blocking().unwrap(),
        );
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            answers(&own).await;
            let tasks = (0..4).map(|_| {
                let stack = stack.clone();
                tokio::spawn(async move { answers_repeatedly(&stack) })
            });
            assert!(join_all(tasks).await.iter().all(Result::is_ok));
            answers(&own).await;
        });
    });
}

#[test]
fn it_answers_in_a_local_set() {
    within_limit(|server| {
        let stack = over(server).build_blocking().unwrap();
        let local = LocalSet::new();
        local.block_on(&current_thread(), async {
            let inner = stack.clone();
            tokio::task::spawn_local(async move { answers_repeatedly(&inner) })
                .await
                .unwrap();
        });
    });
}

#[test]
fn it_answers_when_built_inside_a_runtime_and_dropped_there() {
    within_limit(|server| {
        current_thread()
            .block_on(async { answers_repeatedly(&over(server).build_blocking().unwrap()) });
    });
}

#[test]
fn a_foreign_executor_can_await_it() {
    within_limit(|server| {
        let stack = over(server).build_blocking().unwrap();
        futures_executor::block_on(async {
            let asked = KEYS.map(|key| stack.run(move |stack| async move { stack.get(key).await }));
            for answer in join_all(asked).await {
                assert_eq!(answer.unwrap().unwrap().value().expose_secret(), "value");
            }
        });
    });
}

#[test]
fn it_resolves_a_figment_with_and_without_a_runtime() {
    within_limit(|server| {
        let stack = over(server).build_blocking().unwrap();
        let resolve = || {
            let figment = Figment::from(Toml::string(&format!(
                "a = '{}'\nb = '{}'",
                KEYS[0], KEYS[1]
            )));
            let resolved = figment.resolve_blocking(&stack).unwrap();
            assert_eq!(resolved.extract_inner::<String>("b").unwrap(), "value");
        };
        resolve();
        current_thread().block_on(async { resolve() });
    });
}

#[test]
fn blocking_on_its_own_thread_is_refused() {
    within_limit(|server| {
        let stack = over(server).build_blocking().unwrap();
        let inner = stack.clone();
        let error = stack
            .block_on(|_| async move { inner.get(KEYS[0]).unwrap_err() })
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        answers_repeatedly(&stack);
    });
}

#[test]
fn a_blocking_stack_is_shut_down_from_any_thread() {
    within_limit(|server| {
        let stack = over(server).build_blocking().unwrap();
        stack.get(KEYS[0]).unwrap();
        stack.shutdown().unwrap();
        assert!(
            stack
                .get(KEYS[0])
                .unwrap_err()
                .to_string()
                .contains("shut down")
        );
    });
}

#[test]
fn an_async_stack_on_a_second_runtime_or_on_none_says_that_it_cannot() {
    within_limit(|server| {
        let stack = over(server).build().unwrap();
        let first = current_thread();
        first.block_on(answers(&stack));
        let second = current_thread().block_on(stack.get(KEYS[0])).unwrap_err();
        let none = futures_executor::block_on(stack.get(KEYS[1])).unwrap_err();
        for error in [second, none] {
            assert_eq!(error.kind(), ErrorKind::Invalid, "{error:?}");
            assert!(
                error.hint().unwrap().contains("blocking stack"),
                "{error:?}"
            );
        }
        first.block_on(answers(&stack));
    });
}

#[test]
fn a_stack_without_a_runtime_answers_what_needs_none_and_explains_the_rest() {
    let memory = keyfob::testing::stack([("infisical://dev/KEY", "value")]).unwrap();
    let answers = futures_executor::block_on(memory.get_many(&["infisical://dev/KEY"]));
    assert!(answers[0].is_ok(), "{answers:?}");

    let fake = server();
    let stack = over(&fake).build().unwrap();
    let answers = futures_executor::block_on(stack.get_many(&KEYS));
    let error = answers.into_iter().next().unwrap().unwrap_err();
    assert!(error.hint().unwrap().contains("blocking"), "{error:?}");
}
