//! [`Part`]: what a [`Live`](super::Live) reads, brought up to date with each version.

use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;

use super::retired::Retired;

/// Is a part of a configuration that is computed once for each version.
pub(super) struct Part<F, U> {
    project: F,
    current: ArcSwap<U>,
}

/// Makes a prepared part the current one, and returns what its reader does not get any more.
pub(super) type Put = Box<dyn FnOnce() -> [Retired; 2] + Send + Sync>;

/// A part as the watch sees it, which knows the whole and not what is made of it.
pub(super) trait Follows<T>: Send + Sync {
    /// Computes the part of a configuration. What is returned makes it the current one.
    fn prepare(self: Arc<Self>, config: &T) -> Put;
}

/// A part as its reader sees it, who does not know the whole.
pub(super) trait Holds<U>: Send + Sync {
    fn current(&self) -> Arc<U>;
}

/// The parts that someone still reads.
pub(super) type Followers<T> = Vec<Weak<dyn Follows<T>>>;

impl<F, U> Part<F, U> {
    pub(super) fn new(project: F, current: U) -> Self {
        Self {
            project,
            current: ArcSwap::from_pointee(current),
        }
    }

    /// Computes it for another configuration than it was made for.
    pub(super) fn catch_up<T>(&self, config: &T)
    where
        F: Fn(&T) -> U,
    {
        self.current.store(Arc::new((self.project)(config)));
    }
}

impl<T, U, F> Follows<T> for Part<F, U>
where
    F: Fn(&T) -> U + Send + Sync + 'static,
    U: Send + Sync + 'static,
{
    fn prepare(self: Arc<Self>, config: &T) -> Put {
        let next = Arc::new((self.project)(config));
        // Its reader may be gone meanwhile, and the part with it.
        Box::new(move || [Box::new(self.current.swap(next)), Box::new(self)])
    }
}

impl<U: Send + Sync, F: Send + Sync> Holds<U> for Part<F, U> {
    fn current(&self) -> Arc<U> {
        self.current.load_full()
    }
}
