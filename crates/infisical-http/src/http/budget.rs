//! [`RequestBudget`]: how many more reads a server is likely to allow in the present minute.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The window in which servers count: Infisical's limits are given per minute.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts the reads sent in the last minute, to choose the cheaper of two plans.
///
/// It holds nothing back: a server that is asked too much says so, and that answer is obeyed.
#[derive(Debug)]
pub(crate) struct RequestBudget {
    per_minute: usize,
    sent: Mutex<VecDeque<Instant>>,
}

impl RequestBudget {
    pub(crate) fn new(per_minute: u32) -> Self {
        Self {
            per_minute: usize::try_from(per_minute).unwrap_or(usize::MAX),
            sent: Mutex::default(),
        }
    }

    /// Counts a read that is sent now.
    pub(crate) fn spend(&self) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        forget_old(&mut sent, now);
        // More than the budget tells nothing new, so the memory this takes is bounded.
        if sent.len() >= self.per_minute {
            sent.pop_front();
        }
        sent.push_back(now);
    }

    /// Returns how many reads are left in the minute that ends now.
    pub(crate) fn left(&self) -> usize {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        forget_old(&mut sent, Instant::now());
        self.per_minute.saturating_sub(sent.len())
    }
}

fn forget_old(sent: &mut VecDeque<Instant>, now: Instant) {
    while sent
        .front()
        .is_some_and(|at| now.saturating_duration_since(*at) >= WINDOW)
    {
        sent.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn reads_count_for_a_minute() {
        let budget = RequestBudget::new(3);
        budget.spend();
        tokio::time::advance(Duration::from_secs(30)).await;
        budget.spend();
        assert_eq!(budget.left(), 1);
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(budget.left(), 2, "the first is a minute old");
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_the_budget_leaves_nothing_and_no_less() {
        let budget = RequestBudget::new(2);
        (0..100).for_each(|_| budget.spend());
        assert_eq!(budget.left(), 0);
        tokio::time::advance(WINDOW).await;
        assert_eq!(budget.left(), 2);
    }
}
