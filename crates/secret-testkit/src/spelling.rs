//! [`Spelling`]: the forms in which a value leaks.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The length in bytes of the parts by which a value is recognised.
const PART: usize = 8;

/// The bytes that become eight characters of base64: two groups of three.
const BASE64_PART: usize = 6;

/// The shortest value that is looked for at all.
const SHORTEST: usize = 3;

/// Says in which form a value was found. All but the first two also mean a part of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Spelling {
    /// The whole value as it is.
    Whole,
    /// Eight bytes of it in a row, or more, in upper or lower case.
    Part,
    /// Backwards, in upper or lower case.
    Reversed,
    /// Percent-encoded, even more than once.
    Percent,
    /// In base64 of either alphabet, wherever in the encoded text it begins.
    Base64,
    /// In hexadecimal digits.
    Hex,
    /// As a list of decimal bytes, which is how `Debug` prints a `Vec<u8>`.
    Bytes,
}

impl Spelling {
    /// Finds where `text` first holds `value` in this spelling, as a byte offset, and what was
    /// searched, which for [`Percent`](Self::Percent) is the decoded text.
    pub(crate) fn find<'a>(self, value: &str, text: &'a str) -> Option<(usize, Cow<'a, str>)> {
        if value.len() < SHORTEST || (value.len() < PART && self != Self::Whole) {
            return None;
        }
        match self {
            Self::Whole => Some((text.find(value)?, text.into())),
            Self::Part => find_part(value, text),
            Self::Reversed => {
                let reversed: String = value.chars().rev().collect();
                find_part(&reversed, text)
            }
            Self::Percent => {
                let decoded = percent_decoded(text)?;
                let (at, _) = find_part(value, &decoded)?;
                Some((at, decoded.into()))
            }
            Self::Base64 => find_any(value, BASE64_PART, text, |part| {
                vec![STANDARD_NO_PAD.encode(part), URL_SAFE_NO_PAD.encode(part)]
            }),
            Self::Hex => {
                let lower = text.to_ascii_lowercase();
                let (at, _) = find_any(value, PART, &lower, |part| {
                    vec![joined(part, |byte| format!("{byte:02x}"), "")]
                })?;
                Some((at, text.into()))
            }
            Self::Bytes => find_any(value, PART, text, |part| {
                vec![
                    joined(part, |byte| byte.to_string(), ", "),
                    joined(part, |byte| byte.to_string(), ","),
                ]
            }),
        }
    }

    pub(crate) const ALL: [Self; 7] = [
        Self::Whole,
        Self::Part,
        Self::Reversed,
        Self::Percent,
        Self::Base64,
        Self::Hex,
        Self::Bytes,
    ];
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "as it is",
            Self::Part => "in part",
            Self::Reversed => "backwards",
            Self::Percent => "percent-encoded",
            Self::Base64 => "in base64",
            Self::Hex => "in hexadecimal",
            Self::Bytes => "as a list of bytes",
        })
    }
}

/// Finds eight bytes in a row of `value`, up to the end of a character, whatever the case of ASCII letters.
fn find_part<'a>(value: &str, text: &'a str) -> Option<(usize, Cow<'a, str>)> {
    let (value, lower) = (value.to_ascii_lowercase(), text.to_ascii_lowercase());
    let starts = (0..=value.len() - PART).filter(|start| value.is_char_boundary(*start));
    let parts = starts.map(|start| &value[start..value.ceil_char_boundary(start + PART)]);
    let at = parts.filter_map(|part| lower.find(part)).min()?;
    Some((at, text.into()))
}

fn find_any<'a>(
    value: &str,
    length: usize,
    text: &'a str,
    spell: impl Fn(&[u8]) -> Vec<String>,
) -> Option<(usize, Cow<'a, str>)> {
    let parts = value.as_bytes().windows(length).flat_map(spell);
    let at = parts.filter_map(|part| text.find(&part)).min()?;
    Some((at, text.into()))
}

fn joined(part: &[u8], print: impl Fn(u8) -> String, separator: &str) -> String {
    part.iter()
        .map(|byte| print(*byte))
        .collect::<Vec<_>>()
        .join(separator)
}

/// Decodes `%XX` until nothing is left to decode; `None` where there was nothing.
fn percent_decoded(text: &str) -> Option<String> {
    let mut decoded = decode_once(text.as_bytes())?;
    while let Some(again) = decode_once(&decoded) {
        decoded = again;
    }
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

fn decode_once(bytes: &[u8]) -> Option<Vec<u8>> {
    let digit = |index: usize| {
        bytes
            .get(index)
            .and_then(|byte| char::from(*byte).to_digit(16))
    };
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while let Some(byte) = bytes.get(index) {
        match (byte, digit(index + 1), digit(index + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                index += 3;
            }
            _ => {
                decoded.push(*byte);
                index += 1;
            }
        }
    }
    (decoded.len() < bytes.len()).then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "pq/Zx7=Lm2 vT9\"Wk4";

    fn spellings(text: &str) -> Vec<Spelling> {
        Spelling::ALL
            .into_iter()
            .filter(|spelling| spelling.find(VALUE, text).is_some())
            .collect()
    }

    #[test]
    fn every_spelling_is_recognised_inside_other_text() {
        let hex = joined(VALUE.as_bytes(), |byte| format!("{byte:02X}"), "");
        let reversed: String = VALUE.chars().rev().collect();
        for (text, spelling) in [
            (format!("a {VALUE} b"), Spelling::Whole),
            (VALUE.to_uppercase(), Spelling::Part),
            (VALUE.to_lowercase(), Spelling::Part),
            (format!("…{}…", &VALUE[3..11]), Spelling::Part),
            (reversed.to_uppercase(), Spelling::Reversed),
            ("x%70q%2FZx7%3DLm2%20vT9".to_owned(), Spelling::Percent),
            ("pq%252FZx7%253DLm2%2520vT9".to_owned(), Spelling::Percent),
            (STANDARD_NO_PAD.encode(VALUE), Spelling::Base64),
            (
                URL_SAFE_NO_PAD.encode(format!("user:{VALUE}")),
                Spelling::Base64,
            ),
            (
                STANDARD_NO_PAD.encode(format!("u{VALUE}")),
                Spelling::Base64,
            ),
            (format!("0x{hex}"), Spelling::Hex),
            (format!("{:?}", VALUE.as_bytes()), Spelling::Bytes),
        ] {
            assert!(
                spellings(&text).contains(&spelling),
                "{spelling:?} not found in {text}"
            );
        }
    }

    #[test]
    fn seven_bytes_in_a_row_are_not_yet_a_leak() {
        assert_eq!(spellings(&VALUE[3..10]), []);
        assert_eq!(spellings("100 % of nothing, %zz and %2"), []);
    }

    #[test]
    fn short_values_are_found_only_as_they_are_and_very_short_ones_never() {
        assert!(Spelling::Whole.find("hunter2", "is hunter2").is_some());
        assert!(Spelling::Part.find("hunter2", "is hunter2").is_none());
        assert!(Spelling::Whole.find("it", "it").is_none());
    }
}
