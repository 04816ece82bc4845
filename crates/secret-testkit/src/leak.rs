//! [`assert_no_leak`]: looks for canaries in a text.

use std::fmt;

use crate::{Canary, Spelling};

/// How many characters before a leak are shown.
const CONTEXT: usize = 80;

/// Says which canary leaked, how it was spelled, and what stands before it; never the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    canary: String,
    spelling: Spelling,
    before: String,
}

impl Leak {
    /// Returns the name of the canary.
    pub fn canary(&self) -> &str {
        &self.canary
    }

    /// Returns the form in which it was found.
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// Returns the end of the text before the leak, at most 80 characters, without its line breaks.
    pub fn before(&self) -> &str {
        &self.before
    }
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the canary `{}` leaks {}, after `{}`",
            self.canary, self.spelling, self.before
        )
    }
}

/// Finds the canary that stands first in a text, in whatever spelling.
///
/// # Examples
///
/// ```
/// use secret_testkit::{Canary, find_leak};
///
/// let token = Canary::named("token");
/// let text = format!("authorization: {}", token.value().to_uppercase());
/// let leak = find_leak(&text, [&token]).unwrap();
/// assert_eq!(leak.to_string(), "the canary `token` leaks in part, after `authorization: `");
/// ```
pub fn find_leak<'a>(text: &str, canaries: impl IntoIterator<Item = &'a Canary>) -> Option<Leak> {
    let found = canaries.into_iter().flat_map(|canary| {
        Spelling::ALL.into_iter().filter_map(move |spelling| {
            let (at, searched) = spelling.find(canary.value(), text)?;
            Some((
                at,
                Leak {
                    canary: canary.name().to_owned(),
                    spelling,
                    before: end_of(&searched[..at]),
                },
            ))
        })
    });
    found.min_by_key(|(at, _)| *at).map(|(_, leak)| leak)
}

/// Looks for canaries in a text, in every spelling and in parts of eight bytes.
///
/// # Panics
///
/// Panics where there is one, with its name and what stands before it, and without its value.
#[track_caller]
pub fn assert_no_leak<'a>(text: &str, canaries: impl IntoIterator<Item = &'a Canary>) {
    if let Some(leak) = find_leak(text, canaries) {
        panic!("{leak}");
    }
}

fn end_of(text: &str) -> String {
    let start = text
        .char_indices()
        .rev()
        .nth(CONTEXT - 1)
        .map_or(0, |(index, _)| index);
    text[start..]
        .split(['\n', '\r'])
        .next_back()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_canaries_passes() {
        assert_no_leak(
            "nothing to see: password, token",
            [&Canary::named("password"), &Canary::named("token")],
        );
    }

    #[test]
    fn the_panic_names_the_canary_and_not_its_value() {
        let canary = Canary::named("password");
        let text = format!("first line\ndsn is postgres://app:{}@db", canary.value());
        let leak = find_leak(&text, [&canary]).unwrap();
        assert_eq!(leak.spelling(), Spelling::Whole);
        assert_eq!(
            leak.to_string(),
            "the canary `password` leaks as it is, after `dsn is postgres://app:`"
        );
    }

    #[test]
    #[should_panic(expected = "the canary `password` leaks as it is, after `x`")]
    fn a_leak_panics() {
        let canary = Canary::named("password");
        assert_no_leak(&format!("x{}", canary.value()), [&canary]);
    }

    #[test]
    fn what_stands_before_the_first_leak_holds_no_other() {
        let (one, two) = (Canary::named("one"), Canary::named("two"));
        let text = format!("{} {}", one.value(), two.value());
        let leak = find_leak(&text, [&two, &one]).unwrap();
        assert_eq!((leak.canary(), leak.before()), ("one", ""));
    }
}
