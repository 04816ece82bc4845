//! The law of cancellation.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use secret_source::SecretSource;

use super::verdict::Law;
use crate::Fixture;

/// How often a look-up is polled at most before it is dropped.
const POLLS: usize = 8;

/// How long a look-up may take after others were dropped.
const LIMIT: Duration = Duration::from_secs(10);

/// A look-up may be dropped wherever it waits; the source then answers as before.
pub async fn cancelling_harms_nothing<S: SecretSource + ?Sized>(source: &S, fixture: &Fixture) {
    let law = Law("cancelling harms nothing");
    let secrets = law.secrets(fixture);
    let addresses: Vec<_> = fixture
        .addresses()
        .chain([fixture.missing()])
        .cloned()
        .collect();
    for polls in 0..=POLLS {
        for (address, value) in &secrets {
            poll_and_drop(source.get(address), polls).await;
            poll_and_drop(source.get_many(&addresses), polls).await;
            poll_and_drop(source.list(&address.folder_address()), polls).await;
            match tokio::time::timeout(LIMIT, source.get(address)).await {
                Ok(answer) => law.holds_value(address, &answer, value),
                Err(_) => law.broken(
                    address,
                    format!(
                        "no answer within {} s after others were dropped at poll {polls}",
                        LIMIT.as_secs()
                    ),
                ),
            }
        }
        match tokio::time::timeout(LIMIT, source.get_many(&addresses)).await {
            Ok(answers) => {
                law.complete(addresses.len(), &answers);
                for ((address, value), answer) in secrets.iter().zip(&answers) {
                    law.holds_value(address, answer, value);
                }
            }
            Err(_) => law.broken(
                "a batch",
                format!("no answer after others were dropped at poll {polls}"),
            ),
        }
    }
}

/// Polls with a waker that wakes nobody, letting other tasks run in between, and drops the future.
async fn poll_and_drop<T>(future: impl Future<Output = T>, polls: usize) {
    let mut future = pin!(future);
    for _ in 0..polls {
        if future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
        {
            return;
        }
        tokio::task::yield_now().await;
    }
}
