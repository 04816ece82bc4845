//! [`Scale`]: how long an experiment takes, and what its randomness begins with.

use fastrand::Rng;

/// Says how much of an experiment is run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) is_full: bool,
    /// Tells whether the seed belongs to what has to be known to repeat the run.
    pub(crate) is_random: bool,
    pub(crate) seed: u64,
}

impl Scale {
    /// A few seconds, the same in each run.
    pub(crate) fn brief() -> Self {
        Self {
            is_full: false,
            is_random: false,
            seed: 1,
        }
    }

    /// All of it, with the seed that is asked for, or one of its own.
    pub(crate) fn full() -> Self {
        let asked = std::env::var("KEYFOB_RELIABILITY_SEED");
        Self {
            is_full: true,
            is_random: false,
            // Short, since people type it.
            seed: asked.map_or_else(
                |_| Rng::new().u64(..1_000_000),
                |seed| seed.parse().unwrap(),
            ),
        }
    }

    /// Says that the seed decides what happens.
    pub(crate) fn random(self) -> Self {
        Self {
            is_random: true,
            ..self
        }
    }

    pub(crate) fn choose<T>(&self, brief: T, full: T) -> T {
        if self.is_full { full } else { brief }
    }

    /// Returns the randomness of one of several parts.
    pub(crate) fn rng(&self, part: u64) -> Rng {
        Rng::with_seed(self.seed.wrapping_mul(1_000_003).wrapping_add(part))
    }
}
