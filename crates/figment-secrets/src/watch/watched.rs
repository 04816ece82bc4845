//! [`Watched`]: a configuration that follows what it is made of.

use std::fmt;
use std::sync::Arc;

use figment::Figment;
use secret_source::BlockingResolver;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot, watch};

use super::builder::WatchBuilder;
use super::changes::Changes;
use super::error::WatchError;
use super::live::Live;
use super::state::State;
use super::status::WatchStatus;
use super::task::Request;
use super::trigger::Trigger;
use super::version::Version;
use crate::ResolveError;

/// Holds a configuration that is loaded again and again, and always gives the last one that was good.
///
/// Each reload makes the layers anew, asks the source for the secrets past every cache, extracts the application's type
/// and validates it. Only if all of that goes well, and anything is different, the new configuration takes the place of
/// the old one, as a whole. Otherwise the last good one stays, the log and the [`status`](Self::status) say why, and it
/// is tried again: after a second, then after ever longer pauses up to the interval.
///
/// A panic in the application's own code is a failed reload like any other; what it says is not repeated in the log.
/// Where the runtime ends before the handles do, the watch ends with it, and says so at ERROR.
///
/// Clones are handles of the same watch, which goes on until the last one and the last [`Live`] are gone.
///
/// # Examples
///
/// ```
/// use figment::{Figment, providers::{Format, Toml}};
/// use figment_secrets::Watched;
/// use secret_source::{MemorySource, Resolver, SecretAddress};
/// use std::sync::Arc;
///
/// #[derive(serde::Deserialize)]
/// struct Config {
///     password: String,
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let memory = Arc::new(MemorySource::new().with("infisical://dev/PASSWORD", "correct horse")?);
/// let resolver = Resolver::builder(memory.clone()).build()?;
/// let layers = || Figment::from(Toml::string("password = 'infisical://dev/PASSWORD'"));
///
/// let watched = Watched::<Config>::builder(layers).start(&resolver).await?;
/// let password = watched.project(|config| config.password.clone());
/// assert_eq!(*password.get(), "correct horse");
///
/// memory.set(&resolver.address(&"infisical://dev/PASSWORD".parse()?)?, "battery staple");
/// watched.reload().await?;
/// assert_eq!(*password.get(), "battery staple");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub struct Watched<T> {
    pub(super) state: Arc<State<T>>,
    pub(super) versions: watch::Receiver<Arc<Version<T>>>,
    pub(super) trigger: Trigger,
    pub(super) keep: Arc<Keep>,
}

/// Says what a reload brought that went well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reloaded {
    /// The configuration is another one than before.
    Changed,
    /// The configuration is what it was.
    Unchanged,
}

/// Keeps a watch going until it is dropped.
pub(super) struct Keep {
    // In this order: a driver that ends first would take the task along, as if by accident.
    pub(super) requests: mpsc::UnboundedSender<Request>,
    pub(super) _driver: Option<BlockingResolver>,
}

impl<T: DeserializeOwned + Send + Sync + 'static> Watched<T> {
    /// Begins a watch of what `layers` makes, which is called for each load and so sees files and variables as they
    /// are then.
    pub fn builder(layers: impl Fn() -> Figment + Send + Sync + 'static) -> WatchBuilder<T> {
        WatchBuilder::new(Box::new(move || {
            let figment = layers();
            Box::pin(async move { Ok(figment) })
        }))
    }

    /// Begins a watch of layers that take waiting for, such as those that are folders of secrets.
    pub fn builder_async<F, E>(layers: impl Fn() -> F + Send + Sync + 'static) -> WatchBuilder<T>
    where
        F: Future<Output = Result<Figment, E>> + Send + 'static,
        E: Into<ResolveError>,
    {
        WatchBuilder::new(Box::new(move || {
            let making = layers();
            Box::pin(async move { making.await.map_err(Into::into) })
        }))
    }
}

impl<T: Send + Sync + 'static> Watched<T> {
    /// Returns the last good configuration, without a lock or an allocation.
    pub fn current(&self) -> Arc<T> {
        self.state.config()
    }

    /// Returns the number of its version, the first being 1.
    pub fn version(&self) -> u64 {
        self.state.current().number
    }

    /// Tells how the watch fares.
    pub fn status(&self) -> WatchStatus {
        let version = self.version();
        self.state.record().status(version)
    }

    /// Returns what tells the watch to look now.
    pub fn trigger(&self) -> Trigger {
        self.trigger.clone()
    }

    /// Loads the configuration anew and waits for the outcome, on any executor.
    ///
    /// # Errors
    ///
    /// Fails where the configuration cannot be loaded or is refused; the last good one then stays. Fails, too, where
    /// the watch has ended.
    pub async fn reload(&self) -> Result<Reloaded, WatchError> {
        let (request, outcome) = oneshot::channel();
        let stopped = |_| WatchError::stopped();
        self.keep
            .requests
            .send(request)
            .map_err(|_| WatchError::stopped())?;
        outcome.await.map_err(stopped)?
    }

    /// Subscribes to the good versions that are to come.
    pub fn subscribe(&self) -> Changes<T> {
        Changes::new(self.versions.clone())
    }

    /// Returns a part of the configuration that is always the current one.
    ///
    /// `project` is called once for each version, before that becomes the current one, and its panic then refuses the
    /// version. The first call, for the current version, is made here.
    ///
    /// Two parts that are read one after the other may be of different versions: project what belongs together as one.
    pub fn project<U: Send + Sync + 'static>(
        &self,
        project: impl Fn(&T) -> U + Send + Sync + 'static,
    ) -> Live<U> {
        Live::new(self.state.follow(project), Arc::clone(&self.keep))
    }
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
            versions: self.versions.clone(),
            trigger: self.trigger.clone(),
            keep: Arc::clone(&self.keep),
        }
    }
}

/// Shows how the watch fares, and nothing of the configuration.
impl<T: Send + Sync + 'static> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
