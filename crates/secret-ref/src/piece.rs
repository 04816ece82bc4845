//! A stretch of the input that knows where it stands, so that every error can point at its cause.

use std::borrow::Cow;
use std::ops::Range;

use crate::ParseErrorKind::{InvalidCharacter, InvalidEncoding};
use crate::error::Fault;
use crate::percent::may_stand_raw;

/// Is a part of the input together with its first byte's place in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Piece<'a> {
    pub(crate) fn whole(text: &'a str) -> Self {
        Self { text, start: 0 }
    }

    /// Takes `range` out of `text`; empty when the range does not lie on character boundaries.
    pub(crate) fn of(text: &'a str, range: Range<usize>) -> Self {
        Self {
            text: text.get(range.clone()).unwrap_or_default(),
            start: range.start,
        }
    }

    pub(crate) fn text(self) -> &'a str {
        self.text
    }

    pub(crate) fn span(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// Finds the first `wanted`, as a piece of its own.
    pub(crate) fn find(self, wanted: char) -> Option<Self> {
        let at = self.text.find(wanted)?;
        Some(self.part(at..at + wanted.len_utf8()))
    }

    pub(crate) fn split_once(self, delimiter: char) -> Option<(Self, Self)> {
        let at = self.text.find(delimiter)?;
        Some(self.split_around(at, delimiter.len_utf8()))
    }

    pub(crate) fn split_once_str(self, delimiter: &str) -> Option<(Self, Self)> {
        // The standard search prepares itself for texts longer than any reference.
        let begins = delimiter.chars().next()?;
        let mut places = self.text.match_indices(begins).map(|(at, _)| at);
        let at = places.find(|at| self.text[*at..].starts_with(delimiter))?;
        Some(self.split_around(at, delimiter.len()))
    }

    fn split_around(self, at: usize, length: usize) -> (Self, Self) {
        (self.part(0..at), self.part(at + length..self.text.len()))
    }

    pub(crate) fn rsplit_once(self, delimiter: char) -> Option<(Self, Self)> {
        let at = self.text.rfind(delimiter)?;
        Some((
            self.part(0..at),
            self.part(at + delimiter.len_utf8()..self.text.len()),
        ))
    }

    /// Cuts at the first delimiter. Without one, all is head and there is no tail, which differs from an empty tail.
    pub(crate) fn cut(self, delimiter: char) -> (Self, Option<Self>) {
        match self.split_once(delimiter) {
            Some((head, tail)) => (head, Some(tail)),
            None => (self, None),
        }
    }

    pub(crate) fn split(self, delimiter: char) -> impl Iterator<Item = Self> {
        let mut next = self.start;
        self.text.split(delimiter).map(move |text| {
            let start = next;
            next += text.len() + delimiter.len_utf8();
            Self { text, start }
        })
    }

    pub(crate) fn fault(self, kind: crate::ParseErrorKind, hint: impl Into<String>) -> Fault {
        Fault::new(kind, self.span(), hint)
    }

    /// Decodes percent-encoding, and refuses what must not stand as it is.
    pub(crate) fn decode(self) -> Result<Cow<'a, str>, Fault> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if self.text.bytes().all(is_plain) {
            return Ok(Cow::Borrowed(self.text));
        }
        let mut bytes = Vec::with_capacity(self.text.len());
        let mut characters = self.text.char_indices();
        while let Some((at, character)) = characters.next() {
            if character == '%' {
                bytes.push(self.hex_pair(at)?);
                characters.nth(1);
            } else if may_stand_raw(character) {
                bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                let raw = self.part(at..at + character.len_utf8());
                return Err(raw.fault(InvalidCharacter, encoded_spelling(character)));
            }
        }
        String::from_utf8(bytes).map(Cow::Owned).map_err(|_| {
            self.fault(
                InvalidEncoding,
                "percent-encode the bytes of UTF-8 text, or write the characters as they are",
            )
        })
    }

    fn hex_pair(self, at: usize) -> Result<u8, Fault> {
        let digit = |place: usize| {
            let byte = *self.text.as_bytes().get(place)?;
            char::from(byte).to_digit(16)
        };
        let value = digit(at + 1).zip(digit(at + 2));
        value
            .and_then(|(high, low)| u8::try_from(high * 16 + low).ok())
            .ok_or_else(|| {
                self.part(at..at + 1).fault(
                    InvalidEncoding,
                    "write two hexadecimal digits after `%`, or `%25` for a percent sign",
                )
            })
    }

    fn part(self, range: Range<usize>) -> Self {
        let start = self.start + range.start;
        Self {
            start,
            ..Self::of(self.text, range)
        }
    }
}

/// Says how a character is written that must not stand as it is.
fn encoded_spelling(character: char) -> String {
    match character {
        ' ' => "write `%20` for a space".to_owned(),
        '`' => "write `%60` for a backtick".to_owned(),
        '\n' | '\r' => {
            "remove the line break; in a default and in a pointer `%0A` stands for one".to_owned()
        }
        c if c.is_control() => "remove the control character".to_owned(),
        c => format!("write `%{:02X}` for `{c}`", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::Piece;

    #[test]
    fn pieces_remember_where_they_stand() {
        let whole = Piece::whole("ab/ü/c");
        let spans: Vec<_> = whole.split('/').map(Piece::span).collect();
        assert_eq!(spans, [0..2, 3..5, 6..7]);
        let (_, tail) = whole.split_once('/').unwrap();
        assert_eq!(tail.find('c').unwrap().span(), 6..7);
        assert_eq!(tail.rsplit_once('/').unwrap().0.span(), 3..5);
    }

    #[test]
    fn decoding_reads_hexadecimal_digits_of_either_case_and_nothing_else() {
        assert_eq!(Piece::whole("%c3%BC+ü").decode().unwrap(), "ü+ü");
        for broken in ["%", "%4", "%+1", "%4ü", "%ü", "%G0", "%0x"] {
            assert!(Piece::whole(broken).decode().is_err(), "{broken}");
        }
    }
}
