//! Servers with folders of keys, and the layers that ask them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use infisical_fake::{Fake, FakeBuilder, Seed};
use infisical_http::{Infisical, InfisicalBuilder};
use keyfob::{SecretString, Stack, StackBuilder};
use secret_breaker::{BreakerConfig, BreakerExt, Bulkhead};
use secret_cache::{CacheConfig, CacheExt, TokioClock};
use secret_source::{
    FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource, SourceExt, async_trait,
};
use tokio::time::Instant;

/// Names the keys of a server: `/f0/KEY0` and so on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    pub(crate) folders: usize,
    pub(crate) in_each: usize,
}

impl Keys {
    pub(crate) fn len(self) -> usize {
        self.folders * self.in_each
    }

    /// Returns folder and key of one of them.
    pub(crate) fn place(self, number: usize) -> (String, String) {
        let (folder, key) = (number / self.in_each, number % self.in_each);
        (format!("/f{folder}"), format!("KEY{key}"))
    }

    pub(crate) fn reference(self, number: usize) -> String {
        let (folder, key) = self.place(number);
        format!("infisical://dev{folder}/{key}")
    }

    pub(crate) fn address(self, number: usize) -> SecretAddress {
        let (folder, key) = self.place(number);
        FolderAddress::new("infisical", "dev", &folder.parse().unwrap()).secret(&key)
    }

    /// Sets a server up that holds all of them.
    pub(crate) fn server(self, value: impl Fn(usize) -> String) -> FakeBuilder {
        let seed = (0..self.len()).fold(Seed::new().project("bench"), |seed, number| {
            let (folder, key) = self.place(number);
            seed.secret("dev", &folder, &key, &value(number))
        });
        Fake::builder().seed(seed)
    }
}

/// Begins a stack that asks `server`.
pub(crate) fn stack_of(server: &Fake) -> StackBuilder {
    Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(SecretString::from(server.client_secret()))
        .project(&server.project_id())
        .environment("dev")
}

/// Begins a client that asks `server`.
pub(crate) fn client_of(server: &Fake) -> InfisicalBuilder {
    Infisical::builder(&server.url())
        .universal_auth(
            server.client_id(),
            SecretString::from(server.client_secret()),
        )
        .project(server.project_id())
}

/// Puts the layers of a stack around a client, in their order and with their defaults, but on tokio's clock.
pub(crate) fn layers(client: Infisical, seed: u64) -> (Arc<dyn SecretSource>, Calls) {
    let calls = Calls::default();
    let counted = Counted {
        inner: client,
        calls: calls.clone(),
    };
    let breaker = counted.with_breaker(BreakerConfig::new());
    let config = CacheConfig::new().clock(TokioClock::new()).seed(seed);
    let source = Bulkhead::new(breaker, 1_000).cached(config).shared();
    (source, calls)
}

/// Knows when each call of a client began and ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Call>>>);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) began: Instant,
    /// `None` while it lasts, and where it was given up.
    pub(crate) ended: Option<Instant>,
}

impl Calls {
    fn begin(&self) -> usize {
        let mut calls = self.0.lock().unwrap();
        calls.push(Call {
            began: Instant::now(),
            ended: None,
        });
        calls.len() - 1
    }

    fn end(&self, number: usize) {
        self.0.lock().unwrap()[number].ended = Some(Instant::now());
    }

    /// Returns the calls that began within a time.
    pub(crate) fn between(&self, from: Instant, to: Instant) -> Vec<Call> {
        let calls = self.0.lock().unwrap();
        let within = |call: &&Call| (from..to).contains(&call.began);
        calls.iter().filter(within).copied().collect()
    }
}

/// Counts what passes the circuit breaker.
#[derive(Debug)]
struct Counted {
    inner: Infisical,
    calls: Calls,
}

#[async_trait]
impl SecretSource for Counted {
    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let number = self.calls.begin();
        let answer = self.inner.get(address).await;
        self.calls.end(number);
        answer
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        let number = self.calls.begin();
        let answers = self.inner.get_many(addresses).await;
        self.calls.end(number);
        answers
    }
}

/// Allows for the resolution of tokio's timer: a deadline is due within the next millisecond.
pub(crate) const TICK: Duration = Duration::from_millis(1);
