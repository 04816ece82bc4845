//! [`WatchBuilder`]: collects how a configuration is watched.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secret_source::{BlockingResolver, Resolver};
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tracing::debug;

use super::error::WatchError;
use super::failure_log::FailureLog;
use super::loading::{Layers, Recipe};
use super::pace::Pace;
use super::state::State;
use super::task::{Reloader, Task};
use super::trigger::Trigger;
use super::verdict::Reason;
use super::version::Version;
use super::watched::{Keep, Watched};

const INTERVAL: Duration = Duration::from_secs(60);
/// How long a load may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Collects how a configuration is watched, and begins with it.
#[must_use]
pub struct WatchBuilder<T> {
    recipe: Recipe<T>,
    interval: Duration,
    limit: Duration,
    seed: Option<u64>,
}

impl<T: DeserializeOwned + Send + Sync + 'static> WatchBuilder<T> {
    pub(super) fn new(layers: Layers) -> Self {
        Self {
            recipe: Recipe {
                layers,
                validation: None,
            },
            interval: INTERVAL,
            limit: LIMIT,
            seed: None,
        }
    }

    /// Sets how long to wait between the end of a reload and the next one, 60 s by default; up to a tenth is added at
    /// random.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets how long a load may take until it is given up and has failed, 60 s by default.
    ///
    /// That ends what is waited for: the source, and layers that are a future. Synchronous layers, `validate` and the
    /// application's type must not block, since nothing can end them, and the thread does nothing else meanwhile.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Requires of each configuration, the first one included, what `validate` does; the last such call counts.
    ///
    /// A reason that is a `&'static str` is shown as it is: what is written in a program quotes nothing. Any other is
    /// shown if it would be the same without the secrets, and kept back otherwise; to find that out, `validate` is
    /// called again with masks in the place of secrets. So it must have no effects: one that tries a login, say, would
    /// do so with passwords that were made up, and could lock the account. Prefer reasons that are a `&'static str`.
    pub fn validate<E: fmt::Display + 'static>(
        mut self,
        validate: impl Fn(&T) -> Result<(), E> + Send + Sync + 'static,
    ) -> Self {
        let validation = move |config: &T| validate(config).map_err(|reason| Reason::of(&reason));
        self.recipe.validation = Some(Box::new(validation));
        self
    }

    /// Makes the jitter the same in every run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Loads the first configuration, and watches it on the runtime of the caller.
    ///
    /// The first load is an ordinary one: what a cache holds is good enough, and the environment may stand in for a
    /// source that fails.
    ///
    /// # Errors
    ///
    /// Fails where the first configuration cannot be loaded or is refused, where the interval is zero, and outside a
    /// tokio runtime.
    pub fn start(
        self,
        resolver: &impl AsRef<Resolver>,
    ) -> impl Future<Output = Result<Watched<T>, WatchError>> + Send {
        self.begin(resolver.as_ref().clone(), None)
    }

    /// Loads the first configuration, and watches it on the driver of `resolver`. It blocks the calling thread until the
    /// first load has ended.
    ///
    /// # Errors
    ///
    /// Fails as [`start`](Self::start) does, and on the driver's own thread.
    pub fn start_blocking(
        self,
        resolver: &impl AsRef<BlockingResolver>,
    ) -> Result<Watched<T>, WatchError> {
        let driver = resolver.as_ref();
        let beginning = self.begin(driver.resolver().clone(), Some(driver.clone()));
        driver
            .block_on(beginning)
            .map_err(|error| WatchError::driver(&error))?
    }

    async fn begin(
        self,
        resolver: Resolver,
        driver: Option<BlockingResolver>,
    ) -> Result<Watched<T>, WatchError> {
        let Self {
            recipe,
            interval,
            limit,
            seed,
        } = self;
        if interval.is_zero() {
            return Err(WatchError::interval());
        }
        let runtime = Handle::try_current().map_err(|_| WatchError::no_runtime())?;
        let first = timeout(limit, recipe.first(&resolver)).await;
        let first = first.map_err(|_| WatchError::late(limit))??;
        let first = Arc::new(Version {
            number: 1,
            config: Arc::new(first.config),
            contents: Arc::new(first.contents),
        });
        let state = Arc::new(State::new(Arc::clone(&first)));
        let (sender, versions) = watch::channel(first);
        let (asking, requests) = mpsc::unbounded_channel();
        let trigger = Trigger::default();
        let task = Task {
            reloader: Reloader {
                state: Arc::clone(&state),
                recipe,
                resolver,
                versions: sender,
                limit,
                failures: FailureLog::default(),
            },
            pace: Pace::new(interval, seed),
            trigger: trigger.clone(),
            requests,
        };
        runtime.spawn(task.run());
        debug!(
            interval_seconds = interval.as_secs_f64(),
            "the configuration is watched"
        );
        Ok(Watched {
            state,
            versions,
            trigger,
            keep: Arc::new(Keep {
                requests: asking,
                _driver: driver,
            }),
        })
    }
}

/// Shows nothing of the configuration.
impl<T> fmt::Debug for WatchBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchBuilder")
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}
