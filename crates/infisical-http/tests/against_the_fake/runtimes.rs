//! One client, one runtime.

use std::time::Duration;

use infisical_fake::{Fake, Seed};
use secret_source::{ErrorKind, SecretSource};
use tokio::runtime::{Builder, Runtime};

use crate::support::{address, client};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn fake_on_a_thread() -> Fake {
    let seed = Seed::new().secret("dev", "/", "KEY", "v");
    Fake::builder().seed(seed).start_on_thread().unwrap()
}

#[test]
fn a_second_runtime_is_refused_and_the_first_still_served() {
    let fake = fake_on_a_thread();
    let infisical = client(&fake);
    let (home, other) = (runtime(), runtime());
    let address = address("/", "KEY");
    let look_up = || infisical.get(&address);
    assert!(home.block_on(look_up()).is_ok());
    let error = other.block_on(look_up()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.hint().unwrap().contains("each runtime"), "{error:?}");
    assert!(other.block_on(infisical.revoke()).is_err());
    assert!(home.block_on(look_up()).is_ok());
}

#[test]
fn a_look_up_outside_a_runtime_is_refused_instead_of_panicking() {
    let fake = fake_on_a_thread();
    let infisical = client(&fake);
    let address = address("/", "KEY");
    let mut look_up = std::pin::pin!(infisical.get(&address));
    let waker = futures_util::task::noop_waker();
    let mut context = std::task::Context::from_waker(&waker);
    match look_up.as_mut().poll(&mut context) {
        std::task::Poll::Ready(Err(error)) => assert_eq!(error.kind(), ErrorKind::Invalid),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn a_client_serves_all_threads_of_its_runtime() {
    let fake = fake_on_a_thread();
    let infisical = client(&fake);
    let home = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    home.block_on(async {
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let infisical = infisical.clone();
                tokio::spawn(async move { infisical.get(&address("/", "KEY")).await.map(drop) })
            })
            .collect();
        for task in tasks {
            let answer = tokio::time::timeout(Duration::from_secs(20), task).await;
            assert!(answer.unwrap().unwrap().is_ok());
        }
    });
    assert_eq!(fake.counts().logins, 1);
}
