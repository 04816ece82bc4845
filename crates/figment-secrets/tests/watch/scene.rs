//! [`Scene`]: a configuration whose secrets and layers a test changes.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment_secrets::{WatchBuilder, Watched};
use secret_source::{Origin, Resolver, Secret, SecretError};
use secret_testkit::ScriptedSource;
use serde::Deserialize;

pub(crate) const INTERVAL: Duration = Duration::from_secs(10);
/// Within which a change is seen.
pub(crate) const ROUND: Duration = Duration::from_secs(11);

#[derive(Debug, Deserialize)]
pub(crate) struct Config {
    pub(crate) password: String,
    pub(crate) port: u16,
    pub(crate) level: i64,
}

/// What the source and the layers say now.
pub(crate) struct Truth {
    pub(crate) password: String,
    pub(crate) port: String,
    pub(crate) level: i64,
    pub(crate) failure: Option<SecretError>,
}

pub(crate) struct Scene {
    pub(crate) source: ScriptedSource,
    truth: Arc<Mutex<Truth>>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let truth = Arc::new(Mutex::new(Truth {
            password: "correct horse".to_owned(),
            port: "5432".to_owned(),
            level: 1,
            failure: None,
        }));
        let script = Arc::clone(&truth);
        let source = ScriptedSource::new(move |address| {
            let truth = script.lock().unwrap();
            let value = match (&truth.failure, address.key()) {
                (Some(error), _) => return Err(error.clone()),
                (None, "PASSWORD") => &truth.password,
                (None, _) => &truth.port,
            };
            Ok(Secret::new(value.as_str(), Origin::new("script")))
        });
        Self { source, truth }
    }

    pub(crate) fn truth(&self) -> MutexGuard<'_, Truth> {
        self.truth.lock().unwrap()
    }

    pub(crate) fn down(&self) {
        self.truth().failure = Some(SecretError::unavailable("the server is down"));
    }

    pub(crate) fn resolver(&self) -> Resolver {
        Resolver::builder(self.source.clone()).build().unwrap()
    }

    /// Returns what makes the layers as they are when it is called.
    pub(crate) fn layers(&self) -> impl Fn() -> Figment + Send + Sync + 'static {
        let truth = Arc::clone(&self.truth);
        move || {
            let toml = "password = 'infisical://dev/PASSWORD'\nport = 'infisical://dev/PORT'";
            let level = truth.lock().unwrap().level;
            Figment::from(Toml::string(toml)).merge(Serialized::default("level", level))
        }
    }

    pub(crate) fn builder(&self) -> WatchBuilder<Config> {
        Watched::builder(self.layers()).interval(INTERVAL).seed(1)
    }

    pub(crate) async fn watched(&self) -> Watched<Config> {
        self.builder().start(&self.resolver()).await.unwrap()
    }
}

/// Lets time pass, and what is due then happen.
pub(crate) async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}
