//! [`KeptLists`]: what was handed out of each folder, to be renewed while the server says nothing changed.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;
use reqwest::header::HeaderValue;
use secret_source::{FolderAddress, Secret};
use tokio::time::Instant;

use crate::dialect::Dialect;

/// How many folders are remembered; others are read in full, which is never wrong.
const MOST_FOLDERS: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// What a server calls the state of a list: its `ETag`, echoed byte for byte, quotes and all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Validator {
    pub(crate) dialect: Dialect,
    pub(crate) etag: HeaderValue,
}

/// The secrets of one list that were handed out, by key. Neighbours nobody asked for are not kept.
pub(crate) struct KeptList {
    pub(crate) validator: Validator,
    secrets: BTreeMap<String, Secret>,
    since: Instant,
}

/// Keeps a list for each of the folders read last.
///
/// An answer "not modified" does not make a list live longer: however often a server repeats it, after the
/// lifetime the list is read in full again.
pub(crate) struct KeptLists {
    lists: Mutex<LruCache<FolderAddress, Arc<KeptList>>>,
    lifetime: Duration,
}

impl KeptLists {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            lists: Mutex::new(LruCache::new(MOST_FOLDERS)),
            lifetime,
        }
    }

    /// Returns what may stand in for a list of a folder, if it holds all the keys that are asked for.
    pub(crate) fn find<'a>(
        &self,
        folder: &FolderAddress,
        mut keys: impl Iterator<Item = &'a str>,
    ) -> Option<Arc<KeptList>> {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.get(folder)?;
        if kept.since.elapsed() >= self.lifetime {
            lists.pop(folder);
            return None;
        }
        let holds_all = keys.all(|key| kept.secrets.contains_key(key));
        holds_all.then(|| Arc::clone(kept))
    }

    /// Tells whether a list that was found before is still the state that is kept, and may still stand in.
    pub(crate) fn still_holds(&self, folder: &FolderAddress, list: &KeptList) -> bool {
        let lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.peek(folder);
        kept.is_some_and(|kept| kept.validator == list.validator)
            && list.since.elapsed() < self.lifetime
    }

    /// Keeps what was handed out of a list that was read in full.
    ///
    /// What is kept of the same state of the folder was confirmed by it, and stays.
    pub(crate) fn keep(
        &self,
        folder: &FolderAddress,
        validator: Validator,
        mut secrets: BTreeMap<String, Secret>,
    ) {
        if self.lifetime.is_zero() || secrets.is_empty() {
            return;
        }
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        self.drop_expired(&mut lists);
        if let Some(old) = lists.peek(folder)
            && old.validator == validator
        {
            for (key, secret) in &old.secrets {
                let now = || secret.clone().with_fetched_at(SystemTime::now());
                secrets.entry(key.clone()).or_insert_with(now);
            }
        }
        let kept = KeptList {
            validator,
            secrets,
            since: Instant::now(),
        };
        lists.put(folder.clone(), Arc::new(kept));
    }

    /// Forgets a folder, which the identity may no longer read.
    pub(crate) fn forget(&self, folder: &FolderAddress) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.pop(folder);
    }

    /// Forgets all folders.
    pub(crate) fn clear(&self) {
        let mut lists = self.lists.lock().unwrap_or_else(PoisonError::into_inner);
        lists.clear();
    }

    // Values do not stay in memory longer than they can be of use.
    fn drop_expired(&self, lists: &mut LruCache<FolderAddress, Arc<KeptList>>) {
        let expired: Vec<_> = lists
            .iter()
            .filter(|(_, kept)| kept.since.elapsed() >= self.lifetime)
            .map(|(folder, _)| folder.clone())
            .collect();
        for folder in expired {
            lists.pop(&folder);
        }
    }
}

impl KeptList {
    /// Returns a secret as of now, after the server said that nothing changed.
    pub(crate) fn renewed(&self, key: &str) -> Option<Secret> {
        let secret = self.secrets.get(key)?.clone();
        Some(secret.with_fetched_at(SystemTime::now()))
    }
}

/// Shows no key and no value.
impl std::fmt::Debug for KeptLists {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptLists")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secret_ref::FolderPath;
    use secret_source::Origin;

    use super::*;

    const LIFETIME: Duration = Duration::from_secs(900);

    fn folder(path: &str) -> FolderAddress {
        FolderAddress::new("infisical", "dev", &FolderPath::parse(path).unwrap())
    }

    fn validator(etag: &'static str) -> Validator {
        Validator {
            dialect: Dialect::V4,
            etag: HeaderValue::from_static(etag),
        }
    }

    fn secrets(keys: &[&str]) -> BTreeMap<String, Secret> {
        let secret = |key: &&str| ((*key).to_owned(), Secret::new("v", Origin::new("test")));
        keys.iter().map(secret).collect()
    }

    fn holds(lists: &KeptLists, path: &str, keys: &[&str]) -> bool {
        lists.find(&folder(path), keys.iter().copied()).is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_stands_in_only_for_keys_that_were_handed_out() {
        let lists = KeptLists::new(LIFETIME);
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["A", "B"]));
        assert!(holds(&lists, "/a", &["A"]) && holds(&lists, "/a", &["B", "A"]));
        assert!(!holds(&lists, "/a", &["A", "C"]));
        assert!(!holds(&lists, "/b", &["A"]));
    }

    #[tokio::test(start_paused = true)]
    async fn keys_of_one_state_add_up_and_those_of_an_older_one_go() {
        let lists = KeptLists::new(LIFETIME);
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["A"]));
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["B"]));
        assert!(holds(&lists, "/a", &["A", "B"]));
        lists.keep(&folder("/a"), validator("\"2\""), secrets(&["B"]));
        assert!(!holds(&lists, "/a", &["A"]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_lives_as_long_as_it_may_and_no_longer() {
        let lists = KeptLists::new(LIFETIME);
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["A"]));
        tokio::time::advance(LIFETIME - Duration::from_secs(1)).await;
        assert!(holds(&lists, "/a", &["A"]));
        tokio::time::advance(Duration::from_secs(1)).await;
        lists.keep(&folder("/b"), validator("\"1\""), secrets(&["A"]));
        assert_eq!(
            lists.lists.lock().unwrap().len(),
            1,
            "the old one is dropped"
        );
        assert!(!holds(&lists, "/a", &["A"]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_list_that_was_found_holds_until_it_is_forgotten_replaced_or_too_old() {
        let lists = KeptLists::new(LIFETIME);
        let app = folder("/a");
        let found = || {
            lists.keep(&app, validator("\"1\""), secrets(&["A"]));
            lists.find(&app, ["A"].into_iter()).unwrap()
        };
        let list = found();
        lists.keep(&app, validator("\"1\""), secrets(&["B"]));
        assert!(lists.still_holds(&app, &list), "one state, one key more");
        lists.forget(&app);
        assert!(!lists.still_holds(&app, &list));
        let list = found();
        lists.keep(&app, validator("\"2\""), secrets(&["A"]));
        assert!(!lists.still_holds(&app, &list));
        let list = found();
        tokio::time::advance(LIFETIME).await;
        assert!(!lists.still_holds(&app, &list));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lifetime_of_zero_keeps_nothing() {
        let lists = KeptLists::new(Duration::ZERO);
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["A"]));
        assert!(!holds(&lists, "/a", &["A"]));
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_folders_is_bounded() {
        let lists = KeptLists::new(LIFETIME);
        for number in 0..300 {
            let folder = folder(&format!("/f{number}"));
            lists.keep(&folder, validator("\"1\""), secrets(&["A"]));
        }
        assert_eq!(lists.lists.lock().unwrap().len(), MOST_FOLDERS.get());
        assert!(!holds(&lists, "/f0", &["A"]) && holds(&lists, "/f299", &["A"]));
    }
}
