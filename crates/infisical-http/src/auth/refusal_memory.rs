//! [`RefusalMemory`]: the login that a server refused, for as long as it is not tried again.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;
use tokio::time::Instant;

use crate::deadline::end_of;

/// How long the file that a refused credential came from is not looked at again.
const FILE_REST: Duration = Duration::from_secs(10);

/// Remembers the last refusal, so that a loop of callers is answered from memory: a server locks an identity
/// out after three refusals.
#[derive(Default)]
pub(crate) struct RefusalMemory(Option<Remembered>);

struct Remembered {
    error: SecretError,
    until: Instant,
    /// What the file of the credential held, where there is one: other contents are worth a try.
    contents: Option<SecretString>,
    /// From when on the file is looked at again.
    look_again: Option<Instant>,
}

impl RefusalMemory {
    /// Remembers a refusal for a time; `contents` is what was in the file of the credential.
    pub(crate) fn remember(
        &mut self,
        error: &SecretError,
        contents: Option<SecretString>,
        length: Duration,
    ) {
        let now = Instant::now();
        self.0 = Some(Remembered {
            error: error.clone(),
            until: end_of(now, length),
            look_again: contents.as_ref().map(|_| now + FILE_REST),
            contents,
        });
    }

    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }

    /// Returns what is remembered, with the time until it is forgotten.
    pub(crate) fn at(&self, now: Instant) -> Option<SecretError> {
        let refusal = self.0.as_ref().filter(|refusal| now < refusal.until)?;
        Some(refusal.error.clone().with_retry_after(refusal.until - now))
    }

    /// Returns what is remembered of exactly these contents.
    pub(crate) fn of(&self, contents: &SecretString, now: Instant) -> Option<SecretError> {
        let refused = self.0.as_ref()?.contents.as_ref()?;
        let is_same = refused.expose_secret() == contents.expose_secret();
        is_same.then(|| self.at(now)).flatten()
    }

    /// Tells whether it is time to look whether the file changed, and notes that someone does.
    pub(crate) fn looks_at_the_file_again(&mut self, now: Instant) -> bool {
        let look_again = self
            .0
            .as_mut()
            .and_then(|refusal| refusal.look_again.as_mut());
        match look_again {
            Some(at) if now >= *at => {
                *at = now + FILE_REST;
                true
            }
            _ => false,
        }
    }
}

/// Shows whether there was a refusal, and nothing of what was sent.
impl fmt::Debug for RefusalMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefusalMemory")
            .field("is_refused", &self.0.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secret_testkit::{Canary, assert_no_leak};
    use tokio::time::advance;

    use super::*;

    const LENGTH: Duration = Duration::from_secs(300);

    fn remembered(contents: Option<&str>) -> RefusalMemory {
        let mut memory = RefusalMemory::default();
        let error = SecretError::unauthenticated("no");
        memory.remember(&error, contents.map(SecretString::from), LENGTH);
        memory
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_answered_with_the_time_that_is_left_of_it() {
        let memory = remembered(None);
        let left = || Some(memory.at(Instant::now())?.retry_after().unwrap());
        assert_eq!(left(), Some(LENGTH));
        advance(Duration::from_secs(299)).await;
        assert_eq!(left(), Some(Duration::from_secs(1)));
        advance(Duration::from_secs(1)).await;
        assert_eq!(left(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_forgotten_is_not_answered() {
        let mut memory = remembered(None);
        memory.forget();
        assert!(memory.at(Instant::now()).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_may_be_remembered_for_longer_than_the_clock_can_tell() {
        let mut memory = RefusalMemory::default();
        let error = SecretError::unauthenticated("no");
        memory.remember(&error, None, Duration::MAX);
        advance(Duration::from_secs(365 * 24 * 3600)).await;
        assert!(memory.at(Instant::now()).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_came_from_a_file_is_known_again() {
        let now = Instant::now();
        let memory = remembered(Some("old"));
        assert!(memory.of(&"old".into(), now).is_some());
        assert!(memory.of(&"new".into(), now).is_none());
        assert!(remembered(None).of(&"old".into(), now).is_none());
        assert!(memory.of(&"old".into(), now + LENGTH).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_in_ten_seconds_looks_at_the_file() {
        let mut memory = remembered(Some("old"));
        assert!(!memory.looks_at_the_file_again(Instant::now()));
        advance(FILE_REST).await;
        assert!(memory.looks_at_the_file_again(Instant::now()));
        assert!(!memory.looks_at_the_file_again(Instant::now()));
        advance(FILE_REST).await;
        assert!(memory.looks_at_the_file_again(Instant::now()));
        let mut without_a_file = remembered(None);
        advance(FILE_REST).await;
        assert!(!without_a_file.looks_at_the_file_again(Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_of_what_was_sent_is_shown() {
        let canary = Canary::named("refused credential");
        let memory = remembered(Some(canary.value()));
        let shown = format!("{memory:?} {:?}", memory.at(Instant::now()));
        assert_no_leak(&shown, [&canary]);
    }
}
