//! Which values of lists have their references followed one step only.

use crate::store::id;

/// How many of a hundred values with a reference of two steps a server of 2024 cut short: one such value was
/// in 30 of 200 lists.
const PERCENT: u64 = 15;

/// Numbers the lists, so that each draws anew. The same seed draws the same.
#[derive(Clone, Debug)]
pub(crate) struct ShortExpansions {
    seed: u64,
    lists: u64,
}

/// Draws for the values of one list.
#[derive(Clone, Copy)]
pub(crate) struct ListDraws(u64);

impl ShortExpansions {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, lists: 0 }
    }

    /// Begins the next list.
    pub(crate) fn next_list(&mut self) -> ListDraws {
        self.lists += 1;
        ListDraws(self.seed ^ id::mix(self.lists))
    }
}

impl ListDraws {
    /// Tells whether the references of a secret are followed one step only.
    pub(crate) fn stops_early(self, secret_id: &str) -> bool {
        id::mix(self.0 ^ id::hash(secret_id)) % 100 < PERCENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(seed: u64, secret_id: &str) -> Vec<bool> {
        let mut schedule = ShortExpansions::new(seed);
        let mut draw = || schedule.next_list().stops_early(secret_id);
        (0..200).map(|_| draw()).collect()
    }

    #[test]
    fn about_one_value_in_seven_is_cut_short_and_the_seed_says_which() {
        let short = draws(7, "a").iter().filter(|short| **short).count();
        assert!((15..=45).contains(&short), "{short} of 200");
        assert_eq!(draws(7, "a"), draws(7, "a"));
        assert_ne!(draws(7, "a"), draws(8, "a"));
        assert_ne!(draws(7, "a"), draws(7, "b"), "not a list as a whole");
    }
}
