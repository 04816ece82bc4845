//! [`RetryBudget`]: repeats in proportion to what is asked, so that an outage does not multiply traffic.

use std::sync::Mutex;
use std::sync::PoisonError;

/// How many repeats may be saved up, in tenths: ten, which one look-up with all its retries never needs.
const MOST: u32 = 100;
/// What each call adds.
const CALL: u32 = 1;
/// What each repeat takes.
const REPEAT: u32 = 10;

/// Allows ten repeats, and one more for every ten calls.
///
/// So over any hundred calls or more at most one request in five is a repeat, however often each of them
/// could be repeated by itself.
#[derive(Debug)]
pub(crate) struct RetryBudget(Mutex<u32>);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(Mutex::new(MOST))
    }
}

impl RetryBudget {
    /// Counts a call, which is sent in any case.
    pub(crate) fn call(&self) {
        let mut saved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *saved = (*saved + CALL).min(MOST);
    }

    /// Takes a repeat, if there is one left.
    pub(crate) fn repeat(&self) -> bool {
        let mut saved = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = saved.checked_sub(REPEAT);
        *saved = left.unwrap_or(*saved);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_repeats_come_at_once_and_then_one_for_each_ten_calls() {
        let budget = RetryBudget::default();
        assert_eq!((0..100).filter(|_| budget.repeat()).count(), 10);
        let mut repeats = 0;
        for _ in 0..1000 {
            budget.call();
            repeats += (0..3).filter(|_| budget.repeat()).count();
        }
        assert_eq!(repeats, 100);
    }

    #[test]
    fn no_hundred_calls_have_more_than_twenty_repeats() {
        for calls in [100, 150, 1000] {
            let budget = RetryBudget::default();
            let mut repeats = 0;
            for _ in 0..calls {
                budget.call();
                repeats += (0..3).filter(|_| budget.repeat()).count();
            }
            assert!(repeats * 5 <= calls, "{repeats} for {calls}");
        }
    }

    #[test]
    fn quiet_times_save_up_ten_and_no_more() {
        let budget = RetryBudget::default();
        for _ in 0..10_000 {
            budget.call();
        }
        assert_eq!((0..100).filter(|_| budget.repeat()).count(), 10);
    }
}
