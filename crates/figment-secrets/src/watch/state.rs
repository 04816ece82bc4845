//! [`State`]: what the task of a watch and its handles share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use super::error::{WatchError, caught};
use super::part::{Followers, Follows, Holds, Part, Put};
use super::record::Record;
use super::retired::{Retired, let_go};
use super::version::Version;

/// Holds the current version, which readers take without a lock, and what is known about the watch.
pub(super) struct State<T> {
    current: ArcSwap<Version<T>>,
    followers: Mutex<Followers<T>>,
    record: Mutex<Record>,
}

impl<T: Send + Sync + 'static> State<T> {
    pub(super) fn new(first: Arc<Version<T>>) -> Self {
        Self {
            current: ArcSwap::new(first),
            followers: Mutex::default(),
            record: Mutex::new(Record::begin()),
        }
    }

    pub(super) fn current(&self) -> Arc<Version<T>> {
        self.current.load_full()
    }

    pub(super) fn config(&self) -> Arc<T> {
        Arc::clone(&self.current.load().config)
    }

    /// Makes a version the current one, with every part of it, or leaves all as it was. What it returns is to be let go
    /// when all else is done: its `Drop` is the application's code.
    pub(super) fn swap(&self, next: &Arc<Version<T>>) -> Result<Vec<Retired>, WatchError> {
        let mut ready: Vec<Option<Put>> = Vec::new();
        loop {
            // The application's code runs without the lock, so that it may make parts itself.
            let more = self
                .followers()
                .get(ready.len()..)
                .unwrap_or_default()
                .to_vec();
            for follower in more {
                let prepare = |follower: Arc<dyn Follows<T>>| follower.prepare(&next.config);
                match caught("divided", || follower.upgrade().map(prepare)) {
                    Ok(prepared) => ready.push(prepared),
                    Err(error) => {
                        let unused = ready.into_iter().flatten();
                        let_go(unused.map(|put| Box::new(put) as Retired));
                        return Err(error);
                    }
                }
            }
            let mut followers = self.followers();
            if followers.len() > ready.len() {
                continue;
            }
            let mut retired: Vec<Retired> = vec![Box::new(self.current.swap(Arc::clone(next)))];
            retired.extend(ready.into_iter().flatten().flat_map(|put| put()));
            followers.retain(|follower| follower.strong_count() > 0);
            return Ok(retired);
        }
    }

    /// Makes a part that follows the versions from the current one on.
    pub(super) fn follow<U: Send + Sync + 'static>(
        &self,
        project: impl Fn(&T) -> U + Send + Sync + 'static,
    ) -> Arc<dyn Holds<U>> {
        let mut version = self.current();
        let current = project(&version.config);
        let part = Arc::new(Part::new(project, current));
        loop {
            let mut followers = self.followers();
            let latest = self.current();
            if Arc::ptr_eq(&version, &latest) {
                let follower: Arc<dyn Follows<T>> = part.clone();
                followers.push(Arc::downgrade(&follower));
                return part;
            }
            drop(followers);
            part.catch_up(&latest.config);
            version = latest;
        }
    }

    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn followers(&self) -> MutexGuard<'_, Followers<T>> {
        self.followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::contents::Contents;

    fn version(number: u64) -> Arc<Version<u64>> {
        Arc::new(Version {
            number,
            config: Arc::new(number),
            contents: Arc::new(Contents::default()),
        })
    }

    #[test]
    fn parts_that_nobody_reads_any_more_are_forgotten_with_the_next_version() {
        let state = State::new(version(1));
        let kept = state.follow(|number| *number);
        for _ in 0..10 {
            drop(state.follow(|number| *number));
        }
        state.swap(&version(2)).unwrap();
        assert_eq!(state.followers().len(), 1);
        assert_eq!(*kept.current(), 2);
    }
}
