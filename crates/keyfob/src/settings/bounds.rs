//! [`Bounds`]: the values a number or duration may take.

use std::fmt;
use std::time::Duration;

use super::duration;

/// Holds the least and the greatest value, checked and documented from the same place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds<T> {
    least: Least<T>,
    most: Option<T>,
}

#[derive(Clone, Copy, Debug)]
enum Least<T> {
    From(T),
    /// The value itself is just outside.
    Over(T),
}

impl<T: Copy> Bounds<T> {
    /// Allows `least` to `most`, both included.
    pub(crate) const fn between(least: T, most: T) -> Self {
        Self {
            least: Least::From(least),
            most: Some(most),
        }
    }

    /// Allows everything over `least`.
    pub(crate) const fn over(least: T) -> Self {
        Self {
            least: Least::Over(least),
            most: None,
        }
    }

    /// Lowers the greatest value to `most`, which is still allowed.
    pub(crate) const fn to(self, most: T) -> Self {
        Self {
            most: Some(most),
            ..self
        }
    }
}

impl<T: Copy + PartialOrd> Bounds<T> {
    /// Tells whether `value` is allowed.
    pub(crate) fn contain(&self, value: T) -> bool {
        let enough = match self.least {
            Least::From(least) => value >= least,
            Least::Over(least) => value > least,
        };
        enough && self.most.is_none_or(|most| value <= most)
    }
}

/// Prints a bound in the unit that a setting is written in.
pub(crate) trait Bound: Copy {
    fn text(self) -> String;
}

impl Bound for u32 {
    fn text(self) -> String {
        self.to_string()
    }
}

impl Bound for Duration {
    fn text(self) -> String {
        duration::print(self)
    }
}

impl<T: Bound> fmt::Display for Bounds<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (Least::From(least), Some(most)) => write!(f, "{} to {}", least.text(), most.text()),
            (Least::From(least), None) => write!(f, "{} or more", least.text()),
            (Least::Over(least), Some(most)) => {
                write!(f, "over {}, at most {}", least.text(), most.text())
            }
            (Least::Over(least), None) => write!(f, "over {}", least.text()),
        }
    }
}
