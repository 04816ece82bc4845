//! One scheme: the rules of RFC 3986, section 3.1.

use crate::ParseErrorKind::InvalidScheme;
use crate::error::Fault;
use crate::piece::Piece;

/// Reads a scheme; case does not matter, so it comes back in lower case.
pub(crate) fn read(piece: Piece<'_>) -> Result<String, Fault> {
    let text = piece.text();
    let is_scheme = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    if is_scheme {
        return Ok(text.to_ascii_lowercase());
    }
    Err(piece.fault(InvalidScheme, hint(text)))
}

fn hint(text: &str) -> String {
    let corrected = text.replace('_', "-");
    if corrected != text && read(Piece::whole(&corrected)).is_ok() {
        return format!("`_` is not allowed in a scheme (RFC 3986): write `{corrected}`");
    }
    "a scheme is a letter followed by letters, digits, `+`, `-` and `.`, such as `infisical`"
        .to_owned()
}

/// Finds the word before `://` at the start of a text.
///
/// The word is wider than a scheme (any letters, and `_`), so that a misspelt scheme can be told from ordinary text.
pub(crate) fn word_at_start(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "+-._".contains(c)))?;
    let (word, rest) = text.split_at(end);
    (!word.is_empty() && rest.starts_with("://")).then_some(word)
}
