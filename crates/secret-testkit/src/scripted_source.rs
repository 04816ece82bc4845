//! [`ScriptedSource`]: answers as a test tells it to.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};
use tokio::sync::watch;

type Answer = Result<Secret, SecretError>;
type Script = Box<dyn FnMut(&SecretAddress) -> Answer + Send>;
type Ready = Box<dyn Fn(&SecretAddress) -> Option<Secret> + Send + Sync>;
type Listed = Result<Vec<(SecretAddress, Secret)>, SecretError>;
type Listing = Box<dyn FnMut(&FolderAddress) -> Listed + Send>;

/// Answers from a script, counts what it was asked, and hangs while it is held.
///
/// Clones share script, counts and hold, so a test keeps one and puts the other beneath a decorator.
/// A batch takes one answer of the script for each address, in order. A call is counted when it
/// begins, whether or not it ends.
///
/// # Examples
///
/// ```
/// use secret_source::{Origin, Secret, SecretAddress, SecretError, SecretSource};
/// use secret_testkit::ScriptedSource;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let source = ScriptedSource::queue([
///     Err(SecretError::unavailable("down")),
///     Ok(Secret::new("value", Origin::new("script"))),
/// ]);
/// let address = SecretAddress::new("x", "dev", &"/".parse()?, "KEY");
/// assert!(source.get(&address).await.is_err());
/// assert!(source.get(&address).await.is_ok());
/// assert_eq!(source.calls(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct ScriptedSource(Arc<Inside>);

struct Inside {
    script: Mutex<Script>,
    ready: Option<Ready>,
    listing: Option<Mutex<Listing>>,
    record: Mutex<Record>,
    held: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Record {
    gets: Vec<SecretAddress>,
    batches: Vec<Vec<SecretAddress>>,
    refreshes: Vec<Vec<SecretAddress>>,
    lists: Vec<FolderAddress>,
    recursive_lists: Vec<FolderAddress>,
    waiting: usize,
}

impl ScriptedSource {
    /// Answers each address by calling a closure.
    pub fn new(script: impl FnMut(&SecretAddress) -> Answer + Send + 'static) -> Self {
        Self(Arc::new(Inside {
            script: Mutex::new(Box::new(script)),
            ready: None,
            listing: None,
            record: Mutex::default(),
            held: watch::Sender::new(false),
        }))
    }

    /// Answers with each of `answers` in turn, and with a protocol error when there are no more.
    pub fn queue(answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut answers: VecDeque<_> = answers.into_iter().collect();
        Self::new(move |address| {
            let spent = || {
                Err(SecretError::protocol("the script has no answer left").with_address(address))
            };
            answers.pop_front().unwrap_or_else(spent)
        })
    }

    /// Answers every address with the same value.
    pub fn value(value: &str) -> Self {
        let secret = Secret::new(value, Origin::new("script"));
        Self::new(move |_| Ok(secret.clone()))
    }

    /// Answers every address with the same error, each time as a clone.
    pub fn failing(error: SecretError) -> Self {
        Self::new(move |_| Err(error.clone()))
    }

    /// Answers `peek` by calling a closure; without one it knows nothing.
    ///
    /// To be called before the first clone is made; later it changes nothing for the clones.
    #[must_use]
    pub fn with_peek(
        self,
        ready: impl Fn(&SecretAddress) -> Option<Secret> + Send + Sync + 'static,
    ) -> Self {
        self.changed(|inside| inside.ready = Some(Box::new(ready)))
    }

    /// Answers `list` by calling a closure; without one it is unsupported.
    ///
    /// To be called before the first clone is made; later it changes nothing.
    #[must_use]
    pub fn with_list(
        self,
        listing: impl FnMut(&FolderAddress) -> Result<Vec<(SecretAddress, Secret)>, SecretError>
        + Send
        + 'static,
    ) -> Self {
        self.changed(|inside| inside.listing = Some(Mutex::new(Box::new(listing))))
    }

    /// Lets look-ups hang, those that begin from now on, until they are [released](Self::release).
    pub fn hold(&self) {
        self.0.held.send_replace(true);
    }

    /// Lets the look-ups that hang go on.
    pub fn release(&self) {
        self.0.held.send_replace(false);
    }

    /// Waits until `count` look-ups hang at the same time.
    pub async fn until_waiting(&self, count: usize) {
        while self.waiting() < count {
            tokio::task::yield_now().await;
        }
    }

    /// Returns how many look-ups hang now; a dropped one counts no more.
    pub fn waiting(&self) -> usize {
        self.record().waiting
    }

    /// Returns how often a look-up or a list was called, each call counting once.
    pub fn calls(&self) -> usize {
        let record = self.record();
        let batches = record.batches.len() + record.refreshes.len();
        let lists = record.lists.len() + record.recursive_lists.len();
        record.gets.len() + batches + lists
    }

    /// Returns the addresses that `get` was called with, in order.
    pub fn gets(&self) -> Vec<SecretAddress> {
        self.record().gets.clone()
    }

    /// Returns the batches that `get_many` was called with, in order.
    pub fn batches(&self) -> Vec<Vec<SecretAddress>> {
        self.record().batches.clone()
    }

    /// Returns the batches that `refresh_many` was called with, in order.
    pub fn refreshes(&self) -> Vec<Vec<SecretAddress>> {
        self.record().refreshes.clone()
    }

    /// Returns the folders that `list` was called with, in order.
    pub fn lists(&self) -> Vec<FolderAddress> {
        self.record().lists.clone()
    }

    /// Returns the folders that `list_recursive` was called with, in order.
    pub fn recursive_lists(&self) -> Vec<FolderAddress> {
        self.record().recursive_lists.clone()
    }

    fn changed(mut self, change: impl FnOnce(&mut Inside)) -> Self {
        if let Some(inside) = Arc::get_mut(&mut self.0) {
            change(inside);
        }
        self
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        locked(&self.0.record)
    }

    async fn pass(&self) {
        let mut held = self.0.held.subscribe();
        if *held.borrow() {
            let _waiting = Waiting::begin(self);
            // An error would mean that the sender is gone, and `self` holds it.
            let _ = held.wait_for(|held| !held).await;
        }
    }

    fn listed(&self, folder: &FolderAddress) -> Listed {
        match &self.0.listing {
            Some(listing) => (*locked(listing))(folder),
            None => Err(SecretError::unsupported(format!(
                "the script cannot list {folder}"
            ))),
        }
    }

    fn answer(&self, address: &SecretAddress) -> Answer {
        (*locked(&self.0.script))(address)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretSource for ScriptedSource {
    fn origin(&self) -> Origin {
        Origin::new("script")
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        self.0.ready.as_ref().and_then(|ready| ready(address))
    }

    async fn get(&self, address: &SecretAddress) -> Answer {
        self.record().gets.push(address.clone());
        self.pass().await;
        self.answer(address)
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Answer> {
        self.record().batches.push(addresses.to_vec());
        self.pass().await;
        addresses
            .iter()
            .map(|address| self.answer(address))
            .collect()
    }

    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Answer> {
        self.record().refreshes.push(addresses.to_vec());
        self.pass().await;
        addresses
            .iter()
            .map(|address| self.answer(address))
            .collect()
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.record().lists.push(folder.clone());
        self.pass().await;
        self.listed(folder)
    }

    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.record().recursive_lists.push(folder.clone());
        self.pass().await;
        self.listed(folder)
    }
}

impl fmt::Debug for ScriptedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedSource")
            .field("record", &*self.record())
            .finish_non_exhaustive()
    }
}

/// Counts a look-up as hanging until it is dropped, which also is what cancelling it does.
struct Waiting<'a> {
    source: &'a ScriptedSource,
}

impl<'a> Waiting<'a> {
    fn begin(source: &'a ScriptedSource) -> Self {
        source.record().waiting += 1;
        Self { source }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.source.record().waiting -= 1;
    }
}

/// A script that panicked has said what it had to say; the next caller is not to blame.
fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
