//! A JSON Pointer: which field of a secret that is a JSON document.

use std::fmt;
use std::str::FromStr;

use crate::ParseError;
use crate::ParseErrorKind::InvalidPointer;
use crate::error::Fault;
use crate::piece::Piece;

/// Points at one field inside a JSON document (RFC 6901): `/client/id`, `/hosts/0`.
///
/// It has at least one token: the pointer to the whole document is empty, and a reference without a fragment means
/// just that.
///
/// # Examples
///
/// ```
/// use secret_ref::JsonPointer;
///
/// let pointer = JsonPointer::parse("/a~1b/0/~0c")?;
/// assert!(pointer.tokens().eq(["a/b", "0", "~c"]));
/// assert_eq!(pointer.to_string(), "/a~1b/0/~0c");
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonPointer(Box<[String]>);

impl JsonPointer {
    /// Parses a pointer as RFC 6901 writes it in plain text, not percent-encoded.
    ///
    /// # Errors
    ///
    /// When it is empty, does not begin with `/`, or has a `~` that is not part of `~0` or `~1`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::read(text, Piece::whole(text)).map_err(|fault| fault.quoting_all_of(text))
    }

    /// Goes through the names and indices from the outermost in, with `~1` and `~0` resolved.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Reads the fragment of a reference: percent-encoding comes off first, as RFC 6901 says in section 6.
    pub(crate) fn read_fragment(fragment: Piece<'_>) -> Result<Self, Fault> {
        Self::read(&fragment.decode()?, fragment)
    }

    fn read(text: &str, piece: Piece<'_>) -> Result<Self, Fault> {
        if text.is_empty() {
            let hint = "write `#/FIELD`, or leave `#` out for the whole value";
            return Err(piece.fault(InvalidPointer, hint));
        }
        let Some(tokens) = text.strip_prefix('/') else {
            let hint = "begin the pointer with a slash: `#/FIELD`";
            return Err(piece.fault(InvalidPointer, hint));
        };
        let tokens: Option<_> = tokens.split('/').map(unescape).collect();
        tokens.map(Self).ok_or_else(|| {
            let hint = "write `~0` for `~`, and `~1` for a slash within a name";
            piece.fault(InvalidPointer, hint)
        })
    }
}

/// Prints the pointer as RFC 6901 writes it in plain text.
impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens()
            .try_for_each(|token| write!(f, "/{}", token.replace('~', "~0").replace('/', "~1")))
    }
}

impl FromStr for JsonPointer {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

fn unescape(token: &str) -> Option<String> {
    let mut parts = token.split('~');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (escaped, rest) = match part.strip_prefix('0') {
            Some(rest) => ('~', rest),
            None => ('/', part.strip_prefix('1')?),
        };
        plain.push(escaped);
        plain.push_str(rest);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::JsonPointer;

    #[test]
    fn escapes_are_resolved_once_from_left_to_right() {
        let pointer = JsonPointer::parse("/~01/~10").unwrap();
        assert!(pointer.tokens().eq(["~1", "/0"]));
    }

    #[test]
    fn empty_names_are_names() {
        assert!(JsonPointer::parse("/").unwrap().tokens().eq([""]));
        assert!(
            JsonPointer::parse("//a/")
                .unwrap()
                .tokens()
                .eq(["", "a", ""])
        );
    }

    #[test]
    fn what_rfc_6901_does_not_know_is_refused() {
        for text in ["", "a", "/~", "/~2", "/a~", "/~~0"] {
            assert!(JsonPointer::parse(text).is_err(), "{text}");
        }
    }
}
