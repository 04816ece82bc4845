//! References, folders and templates as strings in an application's own types.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use ::serde::de::{Error, Visitor};
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{FolderPath, FolderRef, JsonPointer, ParseError, SecretRef, Template};

/// Writes the canonical text and reads what `FromStr` reads, with the hint in the message of an error.
macro_rules! as_text {
    ($($type:ty: $expected:literal),* $(,)?) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Text { expected: $expected, parsed: PhantomData })
            }
        }
    )*};
}

as_text! {
    SecretRef: "a secret reference",
    FolderRef: "a folder reference",
    FolderPath: "an absolute folder",
    JsonPointer: "a JSON Pointer",
    Template: "a template",
}

/// Visits a string and parses it.
struct Text<T> {
    expected: &'static str,
    parsed: PhantomData<T>,
}

impl<T: FromStr<Err = ParseError>> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse()
            .map_err(|error: ParseError| E::custom(format_args!("{error} ({})", error.hint())))
    }
}
