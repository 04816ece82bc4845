//! The openings of a template: dollars, a brace and a scheme.

use std::ops::Range;

use crate::scheme;

/// Is a place where dollars stand before `{scheme://`.
#[derive(Clone, Debug)]
pub(crate) struct Opening<'a> {
    /// Where the dollars stand; there is at least one.
    pub(crate) dollars: Range<usize>,
    /// What stands between the brace and `://`, as written; any word, registered or not.
    pub(crate) word: &'a str,
}

impl<'a> Opening<'a> {
    /// Finds the first opening at or after the byte `from`.
    pub(crate) fn find(text: &'a str, from: usize) -> Option<Self> {
        let rest = text.get(from..)?;
        rest.match_indices('{').find_map(|(brace, _)| {
            let before = &rest[..brace];
            let start = before.trim_end_matches('$').len();
            if start == brace {
                return None;
            }
            let word = scheme::word_at_start(&rest[brace + 1..])?;
            Some(Self {
                dollars: from + start..from + brace,
                word,
            })
        })
    }

    /// Goes through all openings of a text.
    pub(crate) fn all(text: &'a str) -> impl Iterator<Item = Self> {
        let mut from = 0;
        std::iter::from_fn(move || {
            let opening = Self::find(text, from)?;
            from = opening.inside();
            Some(opening)
        })
    }

    /// Tells whether a dollar remains to open a reference when every pair of them stands for one.
    pub(crate) fn is_open(&self) -> bool {
        !self.dollars.len().is_multiple_of(2)
    }

    /// Is the first byte after the brace.
    pub(crate) fn inside(&self) -> usize {
        self.dollars.end + 1
    }

    /// Covers the dollar that opens, the brace and `scheme://`.
    pub(crate) fn span(&self) -> Range<usize> {
        self.dollars.end - 1..self.inside() + self.word.len() + "://".len()
    }
}
