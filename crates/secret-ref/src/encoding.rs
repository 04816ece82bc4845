//! How a value is written into its place.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::percent::Encoded;

/// Says how a secret's value is to be written into its place.
///
/// # Examples
///
/// ```
/// use secret_ref::Encoding;
///
/// assert_eq!(Encoding::None.apply("p@ss word"), "p@ss word");
/// assert_eq!(Encoding::Percent.apply("p@ss word"), "p%40ss%20word");
/// assert_eq!(Encoding::Base64.apply("p@ss word"), "cEBzcyB3b3Jk");
/// assert_eq!(Encoding::Json.apply("say \"hi\""), r#""say \"hi\"""#);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// As it is.
    #[default]
    None,
    /// Percent-encoded as UTF-8, all but the unreserved characters of RFC 3986, which is safe in every part of a URL.
    Percent,
    /// Base64 of its UTF-8 bytes, in the standard alphabet with padding (RFC 4648, section 4).
    Base64,
    /// A JSON string (RFC 8259), with its quotes.
    Json,
}

impl Encoding {
    pub(crate) const NAMES: [(&'static str, Self); 4] = [
        ("none", Self::None),
        ("percent", Self::Percent),
        ("base64", Self::Base64),
        ("json", Self::Json),
    ];

    /// Writes a value in this encoding.
    #[must_use]
    pub fn apply(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(value),
            Self::Percent => Cow::Owned(Encoded::unreserved(value).to_string()),
            Self::Base64 => Cow::Owned(STANDARD.encode(value)),
            Self::Json => Cow::Owned(JsonString(value).to_string()),
        }
    }

    /// Returns the encoding's name as references spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Percent => "percent",
            Self::Base64 => "base64",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Prints a JSON string. Ten lines here spare every user of references a JSON library.
struct JsonString<'a>(&'a str);

impl fmt::Display for JsonString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' => f.write_str("\\\""),
                '\\' => f.write_str("\\\\"),
                '\n' => f.write_str("\\n"),
                '\r' => f.write_str("\\r"),
                '\t' => f.write_str("\\t"),
                '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(character)),
                _ => write!(f, "{character}"),
            }?;
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding;

    #[test]
    fn percent_keeps_only_unreserved_characters() {
        assert_eq!(Encoding::Percent.apply("aZ09-._~"), "aZ09-._~");
        assert_eq!(
            Encoding::Percent.apply("a/b:c@d?e#f&g=h+i j%k"),
            "a%2Fb%3Ac%40d%3Fe%23f%26g%3Dh%2Bi%20j%25k"
        );
        assert_eq!(Encoding::Percent.apply("ü🔑"), "%C3%BC%F0%9F%94%91");
    }

    #[test]
    fn base64_is_padded() {
        assert_eq!(Encoding::Base64.apply("a"), "YQ==");
        assert_eq!(Encoding::Base64.apply(""), "");
    }

    #[test]
    fn json_is_read_back_by_a_json_parser() {
        let value = "quote \" slash \\ line\nreturn\rtab\tnul\0 escape\u{1b} del\u{7f} ü 🔑 \u{2028} </script>";
        let json = Encoding::Json.apply(value);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), value);
    }
}
