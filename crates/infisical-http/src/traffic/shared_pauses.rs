//! [`SharedPauses`]: until when a server asked to be left alone, for all calls of a kind.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::http::request::Operation;

/// The longest pause that holds for others than the one who was told it, which is the window of Infisical's
/// limits. After it one of them asks again, and may be told again.
const LONGEST: Duration = Duration::from_secs(60);

/// What a server of 2024 counts apart. Others count some of it together, which they say themselves.
const KINDS: usize = 4;

/// Remembers the pauses that a server asked for, so that what one call was told the next does not have to be.
#[derive(Debug, Default)]
pub(crate) struct SharedPauses(Mutex<[Option<Instant>; KINDS]>);

impl SharedPauses {
    /// Remembers that calls like this one were refused, for a time.
    pub(crate) fn begin(&self, operation: Operation, pause: Duration) {
        let Some(kind) = kind(operation) else {
            return;
        };
        let until = Instant::now() + pause.min(LONGEST);
        let mut pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pauses[kind] = pauses[kind].max(Some(until));
    }

    /// Returns how long a call has to wait.
    pub(crate) fn left(&self, operation: Operation) -> Option<Duration> {
        let pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = pauses[kind(operation)?]?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

/// Sorts calls by what they are counted with. One login serves all callers, so that there is nothing to share.
fn kind(operation: Operation) -> Option<usize> {
    match operation {
        Operation::List | Operation::Tree => Some(0),
        Operation::Get => Some(1),
        Operation::Folders | Operation::Project => Some(2),
        Operation::Create | Operation::Update | Operation::Delete | Operation::CreateFolder => {
            Some(3)
        }
        Operation::Login | Operation::Revoke => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_calls_of_its_kind_until_it_is_over() {
        let pauses = SharedPauses::default();
        pauses.begin(Operation::List, 5 * SECOND);
        assert_eq!(pauses.left(Operation::Tree), Some(5 * SECOND));
        assert_eq!(pauses.left(Operation::Get), None);
        tokio::time::advance(5 * SECOND).await;
        assert_eq!(pauses.left(Operation::Tree), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longer_of_two_pauses_counts_and_no_more_than_a_window() {
        let pauses = SharedPauses::default();
        pauses.begin(Operation::Get, 5 * SECOND);
        pauses.begin(Operation::Get, SECOND);
        assert_eq!(pauses.left(Operation::Get), Some(5 * SECOND));
        pauses.begin(Operation::Get, 86_400 * SECOND);
        assert_eq!(pauses.left(Operation::Get), Some(LONGEST));
    }

    #[tokio::test(start_paused = true)]
    async fn a_login_is_not_held_up() {
        let pauses = SharedPauses::default();
        pauses.begin(Operation::Login, SECOND);
        assert_eq!(pauses.left(Operation::Login), None);
    }
}
