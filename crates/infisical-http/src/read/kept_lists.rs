//! [`KeptLists`]: what was handed out of each folder, to be renewed while the server says nothing changed.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;
use reqwest::header::HeaderValue;
use secret_source::{FolderAddress, Secret, SecretError};
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

/// What was answered out of one list, by key: secrets, and that there is none. Neighbours nobody asked for
/// are not kept.
pub(crate) struct KeptList {
    pub(crate) validator: Validator,
    answers: BTreeMap<String, Kept>,
}

/// One answer, and since when it is kept.
#[derive(Clone)]
struct Kept {
    answer: Result<Secret, SecretError>,
    since: Instant,
}

/// Keeps a list for each of the folders read last.
///
/// An answer "not modified" does not make what is kept live longer: however often a server repeats it, after the
/// lifetime the list is read in full again. What is too old goes with the next look-up, whatever it is for, and
/// all of it when the client is closed.
pub(crate) struct KeptLists {
    state: Mutex<State>,
    lifetime: Duration,
}

struct State {
    lists: LruCache<FolderAddress, KeptList>,
    /// Since when the oldest answer is kept, or one that is older than all.
    oldest: Option<Instant>,
    /// Nothing is kept any more: there will be no look-up that it is of use to.
    is_closed: bool,
}

impl KeptLists {
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self {
            state: Mutex::new(State {
                lists: LruCache::new(MOST_FOLDERS),
                oldest: None,
                is_closed: false,
            }),
            lifetime,
        }
    }

    /// Returns what may stand in for a list of a folder, if it holds all the keys that are asked for.
    pub(crate) fn find<'a>(
        &self,
        folder: &FolderAddress,
        keys: impl Iterator<Item = &'a str>,
    ) -> Option<Arc<KeptList>> {
        let mut state = self.state();
        state.drop_expired(self.lifetime);
        let list = state.lists.get(folder)?;
        let kept = |key: &'a str| Some((key.to_owned(), list.answers.get(key)?.clone()));
        Some(Arc::new(KeptList {
            validator: list.validator.clone(),
            answers: keys.map(kept).collect::<Option<_>>()?,
        }))
    }

    /// Tells whether a list that was found before is still the state that is kept, and may still stand in.
    pub(crate) fn still_holds(&self, folder: &FolderAddress, list: &KeptList) -> bool {
        let state = self.state();
        let kept = state.lists.peek(folder);
        let is_young = |kept: &Kept| kept.since.elapsed() < self.lifetime;
        kept.is_some_and(|kept| kept.validator == list.validator)
            && list.answers.values().all(is_young)
    }

    /// Keeps what was answered out of a list that was read in full.
    ///
    /// What is kept of the same state of the folder was confirmed by it, and stays for the rest of its time.
    pub(crate) fn keep(
        &self,
        folder: &FolderAddress,
        validator: Validator,
        answers: BTreeMap<String, Result<Secret, SecretError>>,
    ) {
        if self.lifetime.is_zero() || answers.is_empty() {
            return;
        }
        let since = Instant::now();
        let fresh = answers.into_iter();
        let mut answers: BTreeMap<_, _> = fresh
            .map(|(key, answer)| (key, Kept { answer, since }))
            .collect();
        let mut state = self.state();
        // A look-up that was under way when the client was closed ends after it.
        if state.is_closed {
            return;
        }
        state.drop_expired(self.lifetime);
        if let Some(old) = state.lists.pop(folder)
            && old.validator == validator
        {
            for (key, kept) in old.answers {
                answers.entry(key).or_insert_with(|| kept.renewed());
            }
        }
        state.oldest.get_or_insert(since);
        let list = KeptList { validator, answers };
        state.lists.put(folder.clone(), list);
    }

    /// Forgets a folder, which the identity may no longer read.
    pub(crate) fn forget(&self, folder: &FolderAddress) {
        self.state().lists.pop(folder);
    }

    /// Drops what is too old to be of use.
    pub(crate) fn expire(&self) {
        self.state().drop_expired(self.lifetime);
    }

    /// Forgets all folders.
    pub(crate) fn clear(&self) {
        self.state().lists.clear();
    }

    /// Forgets all folders for good.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.lists.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops what is too old, once something is: values do not stay in memory longer than they can be of use.
    fn drop_expired(&mut self, lifetime: Duration) {
        if self.oldest.is_none_or(|since| since.elapsed() < lifetime) {
            return;
        }
        for (_, list) in self.lists.iter_mut() {
            list.answers
                .retain(|_, kept| kept.since.elapsed() < lifetime);
        }
        let lists = self.lists.iter();
        let empty: Vec<_> = lists
            .filter(|(_, list)| list.answers.is_empty())
            .map(|(folder, _)| folder.clone())
            .collect();
        for folder in empty {
            self.lists.pop(&folder);
        }
        let left = self
            .lists
            .iter()
            .flat_map(|(_, list)| list.answers.values());
        self.oldest = left.map(|kept| kept.since).min();
    }
}

impl KeptList {
    /// Returns an answer as of now, after the server said that nothing changed.
    pub(crate) fn renewed(&self, key: &str) -> Option<Result<Secret, SecretError>> {
        Some(self.answers.get(key)?.renewed().answer)
    }
}

impl Kept {
    fn renewed(&self) -> Self {
        let now = |secret: Secret| secret.with_fetched_at(SystemTime::now());
        Self {
            answer: self.answer.clone().map(now),
            since: self.since,
        }
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
    use secret_source::{Missing, Origin};

    use super::*;
    use crate::Infisical;

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

    #[tokio::test(start_paused = true)]
    async fn a_look_up_of_anything_drops_what_is_too_old() {
        let client = Infisical::builder("http://127.0.0.1:1").token("t").build();
        let client = Arc::clone(client.unwrap().client());
        client
            .kept
            .keep(&folder("/a"), validator("1"), secrets(&["A"]));
        tokio::time::advance(LIFETIME).await;
        assert_eq!(client.kept.state().lists.len(), 1);
        client
            .look_up(&[], crate::read::trees::Occasion::LookUp)
            .await;
        assert_eq!(client.kept.state().lists.len(), 0);
    }

    #[test]
    fn nothing_is_kept_once_the_client_is_closed() {
        let kept = KeptLists::new(LIFETIME);
        kept.keep(&folder("/a"), validator("1"), secrets(&["A"]));
        kept.close();
        kept.keep(&folder("/b"), validator("1"), secrets(&["B"]));
        assert_eq!(kept.state().lists.len(), 0);
    }

    fn secrets(keys: &[&str]) -> BTreeMap<String, Result<Secret, SecretError>> {
        let secret = |key: &&str| {
            let secret = Secret::new("v", Origin::new("test"));
            ((*key).to_owned(), Ok(secret))
        };
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
        assert_eq!(lists.state().lists.len(), 1, "the old one is dropped");
        assert!(!holds(&lists, "/a", &["A"]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_is_not_asked_for_again_does_not_live_on_with_the_others() {
        let lists = KeptLists::new(LIFETIME);
        let half = LIFETIME / 2;
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["OLD"]));
        tokio::time::advance(half).await;
        lists.keep(&folder("/a"), validator("\"1\""), secrets(&["NEW"]));
        assert!(holds(&lists, "/a", &["OLD", "NEW"]));
        tokio::time::advance(half).await;
        assert!(!holds(&lists, "/a", &["OLD"]));
        assert!(holds(&lists, "/a", &["NEW"]));
        tokio::time::advance(half).await;
        // Whatever is looked for.
        assert!(!holds(&lists, "/elsewhere", &["X"]));
        assert_eq!(lists.state().lists.len(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn that_a_key_is_missing_is_kept_like_what_it_would_hold() {
        let lists = KeptLists::new(LIFETIME);
        let mut answers = secrets(&["A"]);
        let missing = SecretError::not_found(Missing::Secret);
        answers.insert("MISSING".to_owned(), Err(missing));
        lists.keep(&folder("/a"), validator("\"1\""), answers);
        let found = lists.find(&folder("/a"), ["A", "MISSING"].into_iter());
        let found = found.unwrap();
        assert!(found.renewed("A").unwrap().is_ok());
        assert!(found.renewed("MISSING").unwrap().is_err());
        assert!(found.renewed("OTHER").is_none());
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
        assert_eq!(lists.state().lists.len(), MOST_FOLDERS.get());
        assert!(!holds(&lists, "/f0", &["A"]) && holds(&lists, "/f299", &["A"]));
    }
}
