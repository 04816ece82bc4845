//! Percent-encoding: what may stand as it is in which component, and how the rest is printed.

use std::fmt;

/// Tells whether a character may stand unencoded in a component.
///
/// In ASCII these are the characters that RFC 3986 allows in a query, of which paths allow all but the delimiters that
/// have been split off before. Beyond ASCII every character but a control character may, as in an IRI (RFC 3987).
pub(crate) fn may_stand_raw(character: char) -> bool {
    if character.is_ascii() {
        is_unreserved(character) || "!$&'()*+,;=:@/?".contains(character)
    } else {
        !character.is_control()
    }
}

/// Tells whether RFC 3986 calls a character unreserved.
fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-._~".contains(character)
}

/// Prints a project or an environment as the canonical form of a reference does.
#[must_use]
pub fn encoded_authority(text: &str) -> impl fmt::Display + '_ {
    Encoded::authority(text)
}

/// Prints a key, or one segment of a folder, as the canonical form of a reference does.
#[must_use]
pub fn encoded_segment(text: &str) -> impl fmt::Display + '_ {
    Encoded::segment(text)
}

/// Prints text with all but certain characters percent-encoded.
pub(crate) struct Encoded<'a> {
    text: &'a str,
    keeps: fn(char) -> bool,
}

impl<'a> Encoded<'a> {
    /// Encodes a project or an environment.
    pub(crate) fn authority(text: &'a str) -> Self {
        Self {
            text,
            keeps: |c| may_stand_raw(c) && !"/?@:".contains(c),
        }
    }

    /// Encodes a segment of a path: part of a folder, or a key.
    pub(crate) fn segment(text: &'a str) -> Self {
        Self {
            text,
            keeps: |c| may_stand_raw(c) && !"/?".contains(c),
        }
    }

    /// Encodes all but unreserved characters, as the value of an option is printed.
    pub(crate) fn unreserved(text: &'a str) -> Self {
        Self {
            text,
            keeps: is_unreserved,
        }
    }

    /// Encodes a fragment.
    pub(crate) fn fragment(text: &'a str) -> Self {
        Self {
            text,
            keeps: may_stand_raw,
        }
    }
}

impl fmt::Display for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text;
        while let Some(at) = rest.find(|c| !(self.keeps)(c)) {
            let (kept, tail) = rest.split_at(at);
            f.write_str(kept)?;
            let length = tail.chars().next().map_or(0, char::len_utf8);
            let (encoded, tail) = tail.split_at(length);
            encoded
                .bytes()
                .try_for_each(|byte| write!(f, "%{byte:02X}"))?;
            rest = tail;
        }
        f.write_str(rest)
    }
}
