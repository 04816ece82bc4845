//! The registered schemes, and what they make of a configuration text.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::near::near;
use crate::opening::Opening;
use crate::piece::Piece;
use crate::{ParseError, SecretRef, Template, scheme, slip};

/// Holds the schemes an application registered, and tells references from other text by them.
///
/// # Examples
///
/// ```
/// use secret_ref::{ConfigText, Schemes};
///
/// let schemes = Schemes::new(["infisical", "razmakh"])?;
/// assert!(matches!(schemes.read("razmakh://prod/_internal/postgres/PASSWORD")?, ConfigText::Reference(_)));
/// assert!(matches!(schemes.read("user:${infisical://prod/PASSWORD}")?, ConfigText::Template(_)));
/// assert_eq!(schemes.read("https://example.com/")?, ConfigText::Plain);
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schemes {
    registered: BTreeSet<String>,
}

/// Says what a configuration text is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigText {
    /// Ordinary text, to be left alone byte for byte.
    Plain,
    /// A reference as a whole.
    Reference(SecretRef),
    /// Text with references inside, or with escapes that look like them.
    Template(Template),
    /// Ordinary text by the rules, but probably meant as a reference: without a warning the typo becomes the password.
    NearScheme {
        /// The scheme as it was written.
        written: String,
        /// The registered scheme that was probably meant.
        registered: String,
    },
}

/// Tells how a word before `://` relates to the registered schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing<'a> {
    Registered,
    /// Differs by a letter or two from this one.
    Near(&'a str),
    Foreign,
}

impl Schemes {
    /// Registers the given schemes; case does not matter.
    ///
    /// # Errors
    ///
    /// When one is not a scheme by RFC 3986, section 3.1: `_` above all is not allowed.
    pub fn new<'a>(schemes: impl IntoIterator<Item = &'a str>) -> Result<Self, ParseError> {
        let mut registered = Self {
            registered: BTreeSet::new(),
        };
        for scheme in schemes {
            registered.insert(scheme)?;
        }
        Ok(registered)
    }

    /// Registers one more scheme, and tells whether it was new.
    ///
    /// # Errors
    ///
    /// When it is not a scheme by RFC 3986.
    pub fn insert(&mut self, scheme: &str) -> Result<bool, ParseError> {
        let scheme =
            scheme::read(Piece::whole(scheme)).map_err(|fault| fault.quoting_all_of(scheme))?;
        Ok(self.registered.insert(scheme))
    }

    /// Tells whether a scheme is registered; case does not matter.
    #[must_use]
    pub fn contains(&self, scheme: &str) -> bool {
        let mut registered = self.registered.iter();
        registered.any(|known| known.eq_ignore_ascii_case(scheme))
    }

    /// Goes through the registered schemes in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.registered.iter().map(String::as_str)
    }

    /// Tells what a configuration text is.
    ///
    /// Text that begins with a registered scheme and `://` is a reference; text that holds `${`, a registered scheme
    /// and `://` is a template. All other text is plain, unless a scheme in one of these places is nearly a registered
    /// one, or a registered one is nearly in one of these places (`infisical:/dev/KEY`, a space before the scheme).
    ///
    /// # Errors
    ///
    /// When a reference, or a template, does not follow the grammar: what was meant as one is never passed through.
    pub fn read(&self, text: &str) -> Result<ConfigText, ParseError> {
        // Most texts of a configuration: none of what is looked for below goes without a slash.
        if !text.contains('/') {
            return Ok(ConfigText::Plain);
        }
        let first_word = scheme::word_at_start(text);
        if first_word.is_some_and(|word| self.contains(word)) {
            return SecretRef::parse(text).map(ConfigText::Reference);
        }
        if Opening::all(text).any(|opening| self.contains(opening.word)) {
            return Template::read(text, |word| self.standing(word)).map(ConfigText::Template);
        }
        let opened_words = Opening::all(text)
            .filter(Opening::is_open)
            .map(|opening| opening.word);
        Ok(first_word
            .into_iter()
            .chain(opened_words)
            .find_map(|word| self.near_scheme(word))
            .or_else(|| self.slip(text))
            .unwrap_or(ConfigText::Plain))
    }

    /// Returns the bytes that each reference of a text takes, in their order, without the `${` and `}` of a template.
    ///
    /// They are as many as the references that [`read`](Self::read) finds, and none where it fails.
    ///
    /// # Examples
    ///
    /// ```
    /// let text = "postgres://app:${infisical://prod/db/PASSWORD}@db/app";
    /// let spans = secret_ref::Schemes::default().spans(text);
    /// assert_eq!(&text[spans[0].clone()], "infisical://prod/db/PASSWORD");
    /// ```
    #[must_use]
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        match self.read(text) {
            Ok(ConfigText::Reference(_)) => spans.push(0..text.len()),
            Ok(ConfigText::Template(_)) => {
                let note = |span| spans.push(span);
                // It was read a moment ago: only the places are of interest now.
                let _ = Template::read_noting(text, |word| self.standing(word), note);
            }
            _ => {}
        }
        spans
    }

    fn slip(&self, text: &str) -> Option<ConfigText> {
        slip::find(text, |word| self.contains(word)).map(|(written, scheme)| {
            ConfigText::NearScheme {
                written: written.to_owned(),
                registered: scheme.to_ascii_lowercase(),
            }
        })
    }

    fn near_scheme(&self, written: &str) -> Option<ConfigText> {
        near(written, self.iter()).map(|registered| ConfigText::NearScheme {
            written: written.to_owned(),
            registered: registered.to_owned(),
        })
    }

    fn standing(&self, word: &str) -> Standing<'_> {
        if self.contains(word) {
            return Standing::Registered;
        }
        near(word, self.iter()).map_or(Standing::Foreign, Standing::Near)
    }
}

/// Only `infisical`, the scheme every stack knows.
impl Default for Schemes {
    fn default() -> Self {
        Self {
            registered: BTreeSet::from(["infisical".to_owned()]),
        }
    }
}
