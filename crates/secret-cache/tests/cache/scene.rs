//! [`Scene`]: a cache over a source whose answers a test chooses.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secret_cache::{CacheConfig, CacheExt, CacheHandle, Cached, TokioClock};
use secret_source::{
    ErrorKind, ExposeSecret, FolderAddress, Origin, Secret, SecretAddress, SecretError,
    SecretSource, SourceExt,
};
use secret_testkit::ScriptedSource;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const TTL: Duration = Duration::from_secs(300);
pub(crate) const STALE: Duration = Duration::from_secs(600);

/// A cache over a source which answers each key with its name and the current round, `KEY@1`.
pub(crate) struct Scene {
    pub(crate) source: ScriptedSource,
    pub(crate) cached: Arc<Cached<ScriptedSource>>,
    pub(crate) handle: CacheHandle,
    mood: Arc<Mutex<Mood>>,
}

#[derive(Default)]
struct Mood {
    round: u32,
    all: Option<ErrorKind>,
    of_key: HashMap<String, ErrorKind>,
}

impl Scene {
    /// Sets the scene with the defaults.
    pub(crate) fn new() -> Self {
        Self::with(|config| config)
    }

    /// Sets the scene with a configuration that differs from the defaults.
    pub(crate) fn with(change: impl FnOnce(CacheConfig) -> CacheConfig) -> Self {
        let mood = Arc::new(Mutex::new(Mood {
            round: 1,
            ..Mood::default()
        }));
        let script = Arc::clone(&mood);
        let source = ScriptedSource::new(move |address| {
            let mood = script.lock().unwrap();
            match mood.all.or_else(|| mood.of_key.get(address.key()).copied()) {
                Some(kind) => Err(SecretError::new(kind, "scripted").with_address(address)),
                None => Ok(Secret::new(
                    format!("{}@{}", address.key(), mood.round),
                    Origin::new("script"),
                )),
            }
        });
        let config = CacheConfig::new().clock(TokioClock::new()).seed(1);
        let cached = Arc::new(source.clone().cached(change(config)));
        Self {
            source,
            handle: cached.handle(),
            cached,
            mood,
        }
    }

    /// Lets the source answer the next values.
    pub(crate) fn next_round(&self) {
        self.mood.lock().unwrap().round += 1;
    }

    /// Lets all look-ups fail, or none.
    pub(crate) fn fail(&self, kind: impl Into<Option<ErrorKind>>) {
        self.mood.lock().unwrap().all = kind.into();
    }

    /// Lets the look-ups of one key fail.
    pub(crate) fn fail_key(&self, key: &str, kind: ErrorKind) {
        self.mood
            .lock()
            .unwrap()
            .of_key
            .insert(key.to_owned(), kind);
    }

    /// Looks up one key of `/db`, and returns its value or the kind of error.
    pub(crate) async fn get(&self, key: &str) -> Result<String, ErrorKind> {
        text(self.secret(key).await)
    }

    /// Looks up one key of `/db`.
    pub(crate) async fn secret(&self, key: &str) -> Result<Secret, SecretError> {
        self.cached.lookup(&db(key)).await
    }

    /// Looks up several keys of `/db` as one batch.
    pub(crate) async fn get_many(&self, keys: &[&str]) -> Vec<Result<String, ErrorKind>> {
        let addresses: Vec<_> = keys.iter().map(|key| db(key)).collect();
        self.cached
            .get_many(&addresses)
            .await
            .into_iter()
            .map(text)
            .collect()
    }

    /// Tells whether a key of `/db` is answered from memory as it is now.
    pub(crate) fn has_fresh(&self, key: &str) -> bool {
        self.cached.peek(&db(key)).is_some()
    }

    /// Returns the keys of the last batch, in order of the alphabet.
    pub(crate) fn last_batch(&self) -> Vec<String> {
        let batches = self.source.batches();
        let mut keys: Vec<_> = batches
            .last()
            .unwrap()
            .iter()
            .map(|address| address.key().to_owned())
            .collect();
        keys.sort();
        keys
    }
}

/// Lets time pass.
pub(crate) async fn pass(time: Duration) {
    tokio::time::advance(time).await;
}

/// Returns an address in `/db`.
pub(crate) fn db(key: &str) -> SecretAddress {
    folder("/db").secret(key)
}

/// Returns a folder in production.
pub(crate) fn folder(path: &str) -> FolderAddress {
    FolderAddress::new("infisical", "prod", &path.parse().unwrap())
}

/// Returns the value of an answer, or the kind of error.
pub(crate) fn text(answer: Result<Secret, SecretError>) -> Result<String, ErrorKind> {
    answer
        .map(|secret| secret.value().expose_secret().to_owned())
        .map_err(|error| error.kind())
}

/// Returns what a test expects of a look-up that succeeds.
pub(crate) fn value(text: &str) -> Result<String, ErrorKind> {
    Ok(text.to_owned())
}
