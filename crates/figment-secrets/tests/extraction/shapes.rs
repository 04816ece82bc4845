//! Types that do not take the secret, one for each kind of failure that serde knows.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::num::NonZeroU8;
use std::path::PathBuf;

use figment::value::magic::Tagged;
use serde::de::{Error as _, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

macro_rules! shapes {
    ($($(#[$attribute:meta])* $name:ident { $($body:tt)* })*) => {
        $(
            #[derive(Deserialize, Debug)]
            #[allow(dead_code, reason = "never built")]
            $(#[$attribute])*
            pub(crate) struct $name { $($body)* }
        )*
    };
}

shapes! {
    Unsigned { pw: u16 }
    Wide { pw: u64 }
    Signed { pw: i32 }
    Float { pw: f64 }
    U128 { pw: u128 }
    NonZero { pw: NonZeroU8 }
    Boolean { pw: bool }
    Character { pw: char }
    Bytes { #[serde(deserialize_with = "bytes")] pw: Vec<u8> }
    Unit { pw: () }
    UnitStruct { pw: Nothing }
    Sequence { pw: Vec<String> }
    Tuple { pw: (String, u8) }
    Map { pw: BTreeMap<String, u8> }
    Struct { pw: Inner }
    Variant { pw: Mode }
    DataVariant { pw: External }
    Untagged { pw: Either }
    UntaggedAround { #[serde(flatten)] either: Around }
    Optional { pw: Option<u16> }
    NewType { pw: Wrapped }
    Tag { pw: Tagged<u16> }
    Any { #[serde(deserialize_with = "any")] pw: () }
    Converted { pw: Refusing }
    Capitals { #[serde(deserialize_with = "capitals")] pw: String }
    Beginning { #[serde(deserialize_with = "beginning")] pw: String }
    First { #[serde(deserialize_with = "first")] pw: String }
    Backwards { #[serde(deserialize_with = "backwards")] pw: String }
    Length { #[serde(deserialize_with = "length")] pw: String }
    Hashed { #[serde(deserialize_with = "hashed")] pw: String }
    Decided { #[serde(deserialize_with = "decided")] pw: String }
    InvalidLength { #[serde(deserialize_with = "invalid_length")] pw: String }
    Expecting { #[serde(deserialize_with = "expecting")] pw: String }
    Finding { #[serde(deserialize_with = "finding")] pw: String }
    FieldName { #[serde(deserialize_with = "field_name")] pw: String }
    VariantName { #[serde(deserialize_with = "variant_name")] pw: String }
    Constant { #[serde(deserialize_with = "constant")] pw: String }
    Json { #[serde(deserialize_with = "json")] pw: BTreeMap<String, String> }
    Key { #[serde(deserialize_with = "key")] pw: HashMap<u16, String> }
    Address { pw: IpAddr }
    Missing { pw: String, absent: PathBuf }
    Flattened { #[serde(flatten)] rest: Unsigned }
    #[serde(deny_unknown_fields)]
    Strict { user: String }
    #[serde(try_from = "Pair")]
    Validated { pw: String }
    #[serde(transparent)]
    Transparent { within: Unsigned }
}

#[derive(Deserialize, Debug)]
pub(crate) struct Nothing;

#[derive(Deserialize, Debug)]
#[allow(dead_code, reason = "never built")]
pub(crate) struct Inner {
    x: u8,
}

#[derive(Deserialize, Debug)]
pub(crate) enum Mode {
    Fast,
    Slow,
}

#[derive(Deserialize, Debug)]
#[allow(dead_code, reason = "never built")]
pub(crate) enum External {
    Number(u16),
    Table { x: u8 },
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
#[allow(dead_code, reason = "never built")]
pub(crate) enum Either {
    Number(u16),
    Table { x: u8 },
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
#[allow(dead_code, reason = "never built")]
pub(crate) enum Around {
    Number { pw: u16 },
    Boolean { pw: bool },
}

#[derive(Deserialize, Debug)]
#[serde(tag = "pw")]
#[allow(dead_code, reason = "never built")]
pub(crate) enum TagIsSecret {
    A { port: u16 },
}

#[derive(Deserialize, Debug)]
#[serde(tag = "user", rename_all = "snake_case")]
#[allow(dead_code, reason = "never built")]
pub(crate) enum InternallyTagged {
    App { pw: u16 },
}

#[derive(Deserialize, Debug)]
#[serde(tag = "user", content = "pw", rename_all = "snake_case")]
#[allow(dead_code, reason = "never built")]
pub(crate) enum AdjacentlyTagged {
    App(u16),
}

#[derive(Deserialize, Debug)]
#[allow(dead_code, reason = "never built")]
pub(crate) struct Wrapped(u16);

#[derive(Deserialize, Debug)]
#[serde(try_from = "String")]
pub(crate) struct Refusing;

impl TryFrom<String> for Refusing {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("refused {text}"))
    }
}

#[derive(Deserialize)]
pub(crate) struct Pair {
    pw: String,
    user: String,
}

impl TryFrom<Pair> for Validated {
    type Error = String;

    fn try_from(Pair { pw, user }: Pair) -> Result<Self, String> {
        Err(format!("{user} may not use {}", pw.to_lowercase()))
    }
}

fn refuse<'de, D: Deserializer<'de>, T>(
    de: D,
    say: impl Fn(&str) -> D::Error,
) -> Result<T, D::Error> {
    Err(say(&String::deserialize(de)?))
}

macro_rules! messages {
    ($($name:ident($text:ident) => $message:expr;)*) => {$(
        fn $name<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
            refuse(de, |$text| D::Error::custom($message))
        }
    )*};
}

messages! {
    capitals(text) => format!("refused {}", text.to_uppercase());
    beginning(text) => format!("begins with {}", text.chars().take(9).collect::<String>());
    first(text) => format!("begins with {:?}", text.chars().next());
    backwards(text) => text.chars().rev().collect::<String>();
    length(text) => format!("is {} long", text.len());
    hashed(text) => format!("hash {:x}", text.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31) + u64::from(byte)));
    decided(text) => if text.contains('<') { "too short" } else { "no capitals" };
    constant(_text) => "must be a postgres:// URL";
}

fn invalid_length<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::invalid_length(text.len(), &"a short text")
    })
}

fn expecting<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::invalid_value(Unexpected::Other("x"), &format!("not {text}").as_str())
    })
}

fn finding<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::invalid_type(Unexpected::Other(&text.to_uppercase()), &"a name")
    })
}

fn field_name<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| D::Error::unknown_field(text, &["known"]))
}

fn variant_name<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::unknown_variant(&text.to_uppercase(), &["known"])
    })
}

fn json<'de, D: Deserializer<'de>>(de: D) -> Result<BTreeMap<String, String>, D::Error> {
    serde_json::from_str(&String::deserialize(de)?).map_err(D::Error::custom)
}

/// Makes the secret a key of a map, as a list of tokens with their owners would.
fn key<'de, D: Deserializer<'de>>(de: D) -> Result<HashMap<u16, String>, D::Error> {
    let text = String::deserialize(de)?;
    let map = serde_json::json!({ text: "owner" });
    serde_json::from_value(map).map_err(D::Error::custom)
}

fn any<'de, D: Deserializer<'de>>(de: D) -> Result<(), D::Error> {
    struct Numbers;
    impl Visitor<'_> for Numbers {
        type Value = ();

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a number of any sort")
        }
    }
    de.deserialize_any(Numbers)
}

fn bytes<'de, D: Deserializer<'de>>(de: D) -> Result<Vec<u8>, D::Error> {
    struct Bytes;
    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("bytes of a key")
        }
    }
    de.deserialize_byte_buf(Bytes)
}
