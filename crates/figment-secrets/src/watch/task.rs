//! [`Task`]: what goes on in the background while a configuration is watched.

use std::sync::Arc;
use std::time::Duration;

use secret_source::{LogNames, Resolver};
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};
use tracing::{debug, error, info};

use super::error::WatchError;
use super::failure_log::FailureLog;
use super::loading::{Loaded, Recipe};
use super::pace::Pace;
use super::retired::let_go;
use super::state::State;
use super::trigger::Trigger;
use super::version::Version;
use super::watched::Reloaded;

/// Asks for a reload and waits for its outcome.
pub(super) type Request = oneshot::Sender<Result<Reloaded, WatchError>>;

/// Reloads until the last handle is gone.
///
/// Handles hold the sender of `requests`, so that closes with the last of them. A task that is dropped before ends
/// the watch loudly, whatever the reason.
pub(super) struct Task<T: Send + Sync + 'static> {
    pub(super) reloader: Reloader<T>,
    pub(super) pace: Pace,
    pub(super) trigger: Trigger,
    pub(super) requests: mpsc::UnboundedReceiver<Request>,
}

/// Makes the next version, where there is one.
pub(super) struct Reloader<T> {
    pub(super) state: Arc<State<T>>,
    pub(super) recipe: Recipe<T>,
    pub(super) resolver: Resolver,
    pub(super) versions: watch::Sender<Arc<Version<T>>>,
    pub(super) limit: Duration,
    pub(super) failures: FailureLog,
}

impl<T: DeserializeOwned + Send + Sync + 'static> Task<T> {
    pub(super) async fn run(mut self) {
        let mut waiting = Vec::new();
        loop {
            if waiting.is_empty() {
                let pause = {
                    let record = self.reloader.state.record();
                    let asked = record.retry_after().unwrap_or_default();
                    self.pace.pause(record.failures_in_a_row(), asked)
                };
                tokio::select! {
                    () = sleep(pause) => {}
                    () = self.trigger.fired() => {}
                    request = self.requests.recv() => match request {
                        Some(request) => waiting.push(request),
                        None => return,
                    },
                }
            }
            let asked = std::mem::take(&mut waiting);
            let reload = self.reloader.reload();
            tokio::pin!(reload);
            let outcome = loop {
                tokio::select! {
                    outcome = &mut reload => break outcome,
                    // Who asks now may know of a change that this reload came too early for.
                    request = self.requests.recv() => match request {
                        Some(request) => waiting.push(request),
                        None => return,
                    },
                }
            };
            for request in asked {
                // Who gave up waiting needs no answer.
                let _ = request.send(outcome.clone());
            }
        }
    }
}

impl<T: DeserializeOwned + Send + Sync + 'static> Reloader<T> {
    async fn reload(&mut self) -> Result<Reloaded, WatchError> {
        let last = self.state.current();
        let loading = self.recipe.next(&self.resolver, &last.contents);
        let loaded = timeout(self.limit, loading).await;
        let outcome = loaded
            .unwrap_or_else(|_| Err(WatchError::late(self.limit)))
            .and_then(|loaded| match loaded {
                Some(loaded) => self.publish(&last, loaded),
                None => Ok(Reloaded::Unchanged),
            });
        let failed_before = self.state.record().note(&outcome);
        match &outcome {
            Ok(_) => self.failures.recovered(failed_before),
            Err(error) => self.failures.failed(error, self.resolver.log_names()),
        }
        let_go([Box::new(last) as _]);
        outcome
    }

    fn publish(&self, last: &Version<T>, loaded: Loaded<T>) -> Result<Reloaded, WatchError> {
        let next = Arc::new(Version {
            number: last.number + 1,
            config: Arc::new(loaded.config),
            contents: Arc::new(loaded.contents),
        });
        let mut retired = match self.state.swap(&next) {
            Ok(retired) => retired,
            Err(error) => {
                let_go([Box::new(next) as _]);
                return Err(error);
            }
        };
        let keys = next.contents.differing(&last.contents);
        let (version, changed) = (next.number, keys.len());
        let keys = (self.resolver.log_names() == LogNames::Full).then(|| keys.join(" "));
        info!(version, changed, keys, "the configuration has changed");
        retired.push(Box::new(self.versions.send_replace(next)));
        let_go(retired);
        Ok(Reloaded::Changed)
    }
}

impl<T: Send + Sync + 'static> Drop for Task<T> {
    fn drop(&mut self) {
        self.reloader.state.record().stop();
        if self.requests.is_closed() {
            debug!("the configuration is not watched any more, since nobody reads it");
        } else {
            error!(
                "the configuration is not watched any more: its runtime ended, or its task failed"
            );
        }
    }
}
