//! Text with references inside.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::opening::Opening;
use crate::piece::Piece;
use crate::schemes::Standing;
use crate::{ParseError, ParseErrorKind, SecretRef, error::Fault};

/// Is a text with references inside: `postgres://app:${infisical://prod/db/PASSWORD?encode=percent}@db/app`.
///
/// A reference stands between `${` and the first `}`; a `}` within it is written `%7D`. Dollars directly before
/// `{scheme://` are halved and an odd one opens, so `$${infisical://…}` is the text `${infisical://…}`. All other
/// text, other dollars and braces included, is taken as it is.
///
/// [`Schemes::read`](crate::Schemes::read) makes templates for the registered schemes only; `FromStr` and `serde` take
/// every scheme for one. Neither makes a reference of a text that is one as a whole: that is a [`SecretRef`].
///
/// # Examples
///
/// ```
/// use secret_ref::{Part, Template};
///
/// let template: Template = "redis://:${infisical://prod/cache/PASSWORD}@cache/0".parse()?;
/// assert_eq!(template.parts().len(), 3);
/// assert_eq!(template.parts()[0], Part::Text("redis://:".into()));
/// assert!(template.references().map(|reference| reference.key()).eq(["PASSWORD"]));
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Template {
    parts: Vec<Part>,
}

/// Is one part of a template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Text that is taken as it is, with its escapes resolved. Never empty, and never beside another text.
    Text(String),
    /// A reference, to be replaced by the secret's value.
    Reference(SecretRef),
}

impl Template {
    /// Returns the parts in their order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Goes through the references in their order; one that stands twice comes twice.
    pub fn references(&self) -> impl Iterator<Item = &SecretRef> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Reference(reference) => Some(reference),
        })
    }

    /// Parses a template in which `standing` tells the schemes of references from other words.
    pub(crate) fn read<'s>(
        text: &str,
        standing: impl Fn(&str) -> Standing<'s>,
    ) -> Result<Self, ParseError> {
        Self::read_noting(text, standing, |_| ())
    }

    /// Parses a template and says of each reference, in their order, which bytes it takes.
    pub(crate) fn read_noting<'s>(
        text: &str,
        standing: impl Fn(&str) -> Standing<'s>,
        mut note: impl FnMut(Range<usize>),
    ) -> Result<Self, ParseError> {
        let mut template = Self::default();
        let mut done = 0;
        while let Some(opening) = Opening::find(text, done) {
            let kept = opening.dollars.start + opening.dollars.len() / 2;
            template.push_text(&text[done..kept]);
            let standing = if opening.is_open() {
                standing(opening.word)
            } else {
                Standing::Foreign
            };
            done = match standing {
                Standing::Registered => {
                    let (reference, end) = read_reference(text, &opening)?;
                    note(opening.inside()..end - "}".len());
                    template.parts.push(Part::Reference(reference));
                    end
                }
                Standing::Near(registered) => {
                    let hint = format!(
                        "did you mean `{registered}://`? write `$$` before `{{` to keep the text"
                    );
                    let span = opening.inside()..opening.inside() + opening.word.len();
                    let fault = Fault::new(ParseErrorKind::NearScheme, span, hint);
                    return Err(fault.quoting(text, opening.span()));
                }
                Standing::Foreign => {
                    template.push_text(if opening.is_open() { "${" } else { "{" });
                    opening.inside()
                }
            };
        }
        template.push_text(&text[done..]);
        Ok(template)
    }

    fn push_text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }
}

/// Prints the canonical form, which parses to an equal template.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Reference(reference) => write!(f, "${{{reference}}}")?,
                Part::Text(text) => {
                    write_escaped(f, text)?;
                    if let Some(Part::Reference(_)) = parts.peek() {
                        // These stand directly before the dollar that opens, and would be counted with it.
                        f.write_str(&text[text.trim_end_matches('$').len()..])?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl FromStr for Template {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::read(text, |_| Standing::Registered)
    }
}

/// Reads the reference behind an opening; returns it with the first byte after its closing brace.
fn read_reference(text: &str, opening: &Opening<'_>) -> Result<(SecretRef, usize), ParseError> {
    let start = opening.inside();
    let Some(length) = text[start..].find('}') else {
        let hint = "close the reference with `}`";
        let fault = Fault::new(ParseErrorKind::UnclosedReference, opening.span(), hint);
        // Where the reference was meant to end is unknown, and what follows may be a password: quote the opening only.
        return Err(fault.quoting(text, opening.span()));
    };
    let end = start + length;
    let inner = Piece::of(text, start..end);
    if let Some((outer, _)) = inner.split_once_str("${") {
        let at = outer.span().end;
        let hint = "close the first reference with `}` before the next begins: a reference cannot hold another";
        let fault = Fault::new(ParseErrorKind::NestedReference, at..at + "${".len(), hint);
        return Err(fault.quoting(text, opening.dollars.end - 1..at + "${".len()));
    }
    match SecretRef::read(inner) {
        Ok(reference) => Ok((reference, end + 1)),
        Err(fault) => Err(fault.quoting(text, start..end)),
    }
}

/// Doubles the dollars that would otherwise open a reference or escape one.
fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut done = 0;
    for opening in Opening::all(text) {
        f.write_str(&text[done..opening.dollars.end])?;
        f.write_str(&text[opening.dollars.clone()])?;
        done = opening.dollars.end;
    }
    f.write_str(&text[done..])
}
