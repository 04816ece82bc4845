//! [`RequestBudget`]: how many more reads a server is likely to allow in the present minute.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::http::rate_window::RateWindow;

/// The window in which servers count: Infisical's limits are given per minute.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts the reads sent in the last minute, to choose the cheaper of two plans.
///
/// It holds nothing back: a server that is asked too much says so, and that answer is obeyed.
#[derive(Debug)]
pub(crate) struct RequestBudget {
    per_minute: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: VecDeque<Instant>,
    /// How many requests the server allows in a minute, as it said last.
    limit: Option<usize>,
    told: Option<Told>,
}

/// How many lists a server said that it would still answer.
#[derive(Debug)]
struct Told {
    left: usize,
    at: Instant,
    until: Instant,
}

impl RequestBudget {
    pub(crate) fn new(per_minute: u32) -> Self {
        Self {
            per_minute: usize::try_from(per_minute).unwrap_or(usize::MAX),
            state: Mutex::default(),
        }
    }

    /// Counts a read that is sent now.
    pub(crate) fn spend(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        state.forget_old(now);
        // More than the budget tells nothing new, so the memory this takes is bounded.
        if state.sent.len() >= self.per_minute {
            state.sent.pop_front();
        }
        state.sent.push_back(now);
    }

    /// Takes what the server says about the lists it allows: 40 a minute on one of 2024, 60 on a current one
    /// of one's own, more on Cloud. Others behind the same address may spend them too.
    pub(crate) fn told(&self, window: RateWindow) {
        let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.limit = window.limit.map(count).or(state.limit);
        if let Some(left) = window.left {
            let now = Instant::now();
            state.told = Some(Told {
                left: count(left),
                at: now,
                until: now + window.ends_in.unwrap_or(WINDOW).min(WINDOW),
            });
        }
    }

    /// Returns how many reads are left in the minute that ends now.
    pub(crate) fn left(&self) -> usize {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        state.forget_old(now);
        let allowed = state
            .limit
            .map_or(self.per_minute, |limit| limit.min(self.per_minute));
        let left = allowed.saturating_sub(state.sent.len());
        match &state.told {
            Some(told) if now < told.until => {
                let since = state.sent.iter().filter(|sent| **sent > told.at).count();
                left.min(told.left.saturating_sub(since))
            }
            _ => left,
        }
    }
}

impl State {
    fn forget_old(&mut self, now: Instant) {
        let is_old = |at: &Instant| now.saturating_duration_since(*at) >= WINDOW;
        while self.sent.front().is_some_and(is_old) {
            self.sent.pop_front();
        }
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

    fn window(limit: u32, left: u32) -> RateWindow {
        RateWindow {
            limit: Some(limit),
            left: Some(left),
            ..RateWindow::default()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_server_says_counts_where_it_is_less() {
        let budget = RequestBudget::new(100);
        budget.spend();
        budget.told(window(40, 39));
        assert_eq!(budget.left(), 39);
        // Another client behind the same address.
        budget.told(window(40, 7));
        tokio::time::advance(Duration::from_secs(1)).await;
        budget.spend();
        assert_eq!(budget.left(), 6);
        tokio::time::advance(WINDOW).await;
        assert_eq!(budget.left(), 40, "a new window of the same limit");
        budget.told(window(600, 599));
        assert_eq!(budget.left(), 100, "no more than was asked for");
    }
}
