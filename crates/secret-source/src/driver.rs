//! [`Driver`]: one thread that runs futures for callers who cannot.

use std::future::Future;
use std::sync::{Arc, mpsc};
use std::thread::{self, ThreadId};
use std::{fmt, io};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Runs futures on one thread of its own, for synchronous callers and foreign executors.
///
/// The thread owns a runtime, and what runs on it (an HTTP client above all) must be used nowhere
/// else: a connection that another runtime drives stands still while that runtime's thread blocks.
/// Clones share the thread; it ends when the last clone goes, without waiting for what still runs.
///
/// # Examples
///
/// ```
/// let driver = secret_source::Driver::start()?;
/// assert_eq!(driver.block_on(async { 40 + 2 })?, 42);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Driver {
    handle: Handle,
    thread: ThreadId,
    // Dropping the last sender ends the thread.
    _alive: Arc<oneshot::Sender<()>>,
}

/// Says why a [`Driver`] did not run a future to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DriverError {
    /// Blocking was asked for on the driver's own thread, which would wait for itself.
    Reentrant,
    /// The future panicked, or the driver ended first.
    Aborted,
}

impl Driver {
    /// Starts the thread and its runtime.
    ///
    /// # Errors
    ///
    /// Fails where the operating system gives no thread or the runtime cannot be built.
    pub fn start() -> io::Result<Self> {
        let (started, starting) = mpsc::sync_channel(1);
        let (alive, ended) = oneshot::channel::<()>();
        let thread = thread::Builder::new()
            .name("keyfob-driver".to_owned())
            .spawn(move || {
                let runtime = match Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(started.send(Err(error))),
                };
                if started.send(Ok(runtime.handle().clone())).is_ok() {
                    // An error is the end: every sender is gone.
                    let _ = runtime.block_on(ended);
                }
                // Dropping a runtime would wait for blocked name look-ups.
                runtime.shutdown_background();
            })?;
        let handle = starting
            .recv()
            .map_err(|_| io::Error::other("the driver thread died"))??;
        Ok(Self {
            handle,
            thread: thread.thread().id(),
            _alive: Arc::new(alive),
        })
    }

    /// Runs a future on the driver and blocks the calling thread until it ends.
    ///
    /// This works on a plain thread, inside any runtime and inside none; inside a runtime it blocks
    /// that worker thread, as the name says.
    ///
    /// # Errors
    ///
    /// Fails on the driver's own thread, and where the future panics.
    pub fn block_on<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, DriverError> {
        // Where the runtime is merely entered, or on its helper threads, waiting does no harm.
        if thread::current().id() == self.thread {
            return Err(DriverError::Reentrant);
        }
        let (done, wait) = mpsc::sync_channel(1);
        self.handle.spawn(async move { done.send(future.await) });
        wait.recv().map_err(|_| DriverError::Aborted)
    }

    /// Runs a future on the driver, to be awaited on any executor.
    ///
    /// It starts with the first poll, and dropping the returned future cancels it.
    ///
    /// # Errors
    ///
    /// Fails where the future panics or the driver ends first.
    pub fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Result<T, DriverError>> + Send + 'static {
        let driver = self.clone();
        async move {
            // The whole of it, which keeps the thread alive, and not only the handle.
            let driver = driver;
            let mut running = Running(driver.handle.spawn(future));
            (&mut running.0).await.map_err(|_| DriverError::Aborted)
        }
    }
}

/// A task that ends with the future that awaits it.
struct Running<T>(JoinHandle<T>);

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reentrant => {
                "a blocking look-up was made on the thread that would have to answer it"
            }
            Self::Aborted => "the look-up was aborted before it ended",
        })
    }
}

impl std::error::Error for DriverError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocking_on_the_drivers_own_thread_is_refused() {
        let driver = Driver::start().unwrap();
        let inner = driver.clone();
        let answer = driver
            .block_on(async move { inner.block_on(async {}) })
            .unwrap();
        assert_eq!(answer, Err(DriverError::Reentrant));
    }

    #[test]
    fn entering_another_runtime_does_not_hide_the_drivers_own_thread() {
        let driver = Driver::start().unwrap();
        let other = Builder::new_current_thread().build().unwrap();
        let (inner, handle) = (driver.clone(), other.handle().clone());
        let answer = driver.block_on(async move {
            let _entered = handle.enter();
            inner.block_on(async {})
        });
        assert_eq!(answer, Ok(Err(DriverError::Reentrant)));
    }

    #[test]
    fn a_future_keeps_the_driver_that_runs_it() {
        let driver = Driver::start().unwrap();
        let running = driver.run(async { 42 });
        drop(driver);
        assert_eq!(futures_executor::block_on(running), Ok(42));
    }

    #[test]
    fn dropping_the_future_cancels_what_it_ran() {
        let driver = Driver::start().unwrap();
        let (gone, wait) = mpsc::channel::<()>();
        let mut running = Box::pin(driver.run(async move {
            let _gone = gone;
            std::future::pending::<()>().await;
        }));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(running.as_mut().poll(&mut context).is_pending());
        drop(running);
        assert!(wait.recv().is_err());
    }

    #[test]
    fn a_panic_in_the_future_is_an_error_and_the_driver_lives_on() {
        let driver = Driver::start().unwrap();
        let answer: Result<(), _> = driver.block_on(async { panic!("planted by this test") });
        assert_eq!(answer, Err(DriverError::Aborted));
        assert_eq!(driver.block_on(async { 1 }), Ok(1));
    }

    #[test]
    fn dropping_the_last_clone_ends_the_thread() {
        let driver = Driver::start().unwrap();
        let (gone, wait) = mpsc::channel::<()>();
        // The task waits for ever and holds the sender, so the channel closes when the runtime ends.
        driver.handle.spawn(async move {
            let _gone = gone;
            std::future::pending::<()>().await;
        });
        drop(driver);
        assert!(wait.recv().is_err());
    }

    #[test]
    fn a_foreign_executor_can_await_the_driver() {
        let driver = Driver::start().unwrap();
        let sleep = async { tokio::time::sleep(std::time::Duration::from_millis(1)).await };
        assert_eq!(futures_executor::block_on(driver.run(sleep)), Ok(()));
    }
}
