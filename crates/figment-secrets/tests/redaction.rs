//! No error of an extraction shows a secret, and each says as much as it may.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    dead_code,
    reason = "tests fail by panicking; shapes are never built"
)]

use std::collections::BTreeMap;
use std::net::IpAddr;

use figment::providers::{Format, Toml};
use figment::{Error, Figment};
use figment_secrets::{Redactor, ResolveSecrets, Resolved};
use futures_executor::block_on;
use secret_source::{MemorySource, Resolver};
use secret_testkit::{Canary, assert_no_leak};
use serde::de::{DeserializeOwned, Error as _, Unexpected};
use serde::{Deserialize, Deserializer};

macro_rules! shapes {
    ($($name:ident { $($body:tt)* })*) => {
        $(#[derive(Deserialize, Debug)] struct $name { $($body)* })*
    };
}

shapes! {
    Number { pw: u16 }
    Character { pw: char }
    Boolean { pw: bool }
    Variant { pw: Mode }
    Untagged { pw: Either }
    NewType { pw: Wrapped }
    TryFromText { pw: Refusing }
    Sequence { pw: Vec<String> }
    Maybe { pw: Option<u16> }
    Capitals { #[serde(deserialize_with = "capitals")] pw: String }
    Beginning { #[serde(deserialize_with = "beginning")] pw: String }
    Length { #[serde(deserialize_with = "length")] pw: String }
    InvalidLength { #[serde(deserialize_with = "invalid_length")] pw: String }
    Expecting { #[serde(deserialize_with = "expecting")] pw: String }
    FieldName { #[serde(deserialize_with = "field_name")] pw: String }
    Constant { #[serde(deserialize_with = "constant")] pw: String }
    Json { #[serde(deserialize_with = "json")] pw: BTreeMap<String, String> }
    Flattened { #[serde(flatten)] rest: Number }
    Address { pw: IpAddr }
}

#[derive(Deserialize, Debug)]
#[serde(deny_unknown_fields)]
struct Strict {
    other: String,
}

#[derive(Deserialize, Debug)]
#[serde(tag = "pw")]
enum Tagged {
    A { port: u16 },
}

#[derive(Deserialize, Debug)]
enum Mode {
    Fast,
    Slow,
}

#[derive(Deserialize, Debug)]
#[serde(untagged)]
enum Either {
    Number(u16),
    Table { x: u8 },
}

#[derive(Deserialize, Debug)]
struct Wrapped(u16);

#[derive(Deserialize, Debug)]
#[serde(try_from = "String")]
struct Refusing;

impl TryFrom<String> for Refusing {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("refused {text}"))
    }
}

fn refuse<'de, D: Deserializer<'de>, T>(
    de: D,
    say: impl Fn(&str) -> D::Error,
) -> Result<T, D::Error> {
    Err(say(&String::deserialize(de)?))
}

fn capitals<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::custom(format!("refused {}", text.to_uppercase()))
    })
}

fn beginning<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::custom(format!("begins with {}", &text[..9]))
    })
}

fn length<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| {
        D::Error::custom(format!("is {} long", text.len()))
    })
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

fn field_name<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |text| D::Error::unknown_field(text, &["known"]))
}

fn constant<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    refuse(de, |_| D::Error::custom("must be a postgres:// URL"))
}

fn json<'de, D: Deserializer<'de>>(de: D) -> Result<BTreeMap<String, String>, D::Error> {
    serde_json::from_str(&String::deserialize(de)?).map_err(D::Error::custom)
}

/// How the secret gets into `db.pw`.
const OCCURRENCES: [&str; 3] = [
    "infisical://prod/PW",
    "${infisical://prod/PW}",
    "infisical://prod/DOCUMENT#/pw",
];

fn canary() -> Canary {
    Canary::named("database password")
}

fn resolved_from(app: &str) -> Resolved {
    let canary = canary();
    let document = format!(r#"{{"pw": "{}"}}"#, canary.value());
    let source = MemorySource::new()
        .with("infisical://prod/PW", canary.value())
        .and_then(|source| source.with("infisical://prod/DOCUMENT", &document))
        .and_then(|source| source.with("infisical://prod/IP", "10.1.2.3"))
        .and_then(|source| source.with("infisical://prod/PORT", "70000"))
        .and_then(|source| source.with("infisical://prod/POOL", "16"))
        .unwrap();
    let resolver = Resolver::builder(source).build().unwrap();
    block_on(Figment::from(Toml::string(app)).resolve_secrets(&resolver)).unwrap()
}

fn resolved(occurrence: &str) -> Resolved {
    resolved_from(&format!(
        "other = 1\n[db]\npw = '{occurrence}'\nuser = 'app'\n"
    ))
}

/// Extracts a shape in every way; all of them must fail.
fn failures<T: DeserializeOwned + std::fmt::Debug>(occurrence: &str) -> Vec<Error> {
    let resolved = resolved(occurrence);
    let focused = resolved.focus("db");
    vec![
        focused.extract::<T>().unwrap_err(),
        focused.extract_lossy::<T>().unwrap_err(),
        resolved.extract_inner::<T>("db").unwrap_err(),
        resolved.extract_inner_lossy::<T>("db").unwrap_err(),
    ]
}

/// The same from a plain figment, whose errors a redactor scrubs.
fn plain_failures<T: DeserializeOwned + std::fmt::Debug>(
    occurrence: &str,
) -> (Vec<Error>, Redactor) {
    let resolved = resolved(occurrence);
    let redactor = resolved.redactor();
    let plain = resolved.into_figment_exposed();
    let focused = plain.focus("db");
    let errors = vec![
        focused.extract::<T>().unwrap_err(),
        focused.extract_lossy::<T>().unwrap_err(),
        plain.extract_inner::<T>("db").unwrap_err(),
        plain.extract_inner_lossy::<T>("db").unwrap_err(),
    ];
    (errors, redactor)
}

fn assert_clean(error: &Error) {
    assert_no_leak(&format!("{error}\n{error:?}"), [&canary()]);
    let length = canary().value().len().to_string();
    assert!(
        !error.kind.to_string().contains(&length),
        "the length is told: {}",
        error.kind
    );
}

/// Checks a shape in every way it can be extracted, and returns what is shown in the first of them.
fn shown<T: DeserializeOwned + std::fmt::Debug>() -> String {
    for occurrence in OCCURRENCES {
        for error in failures::<T>(occurrence) {
            assert_clean(&error);
        }
        let (errors, redactor) = plain_failures::<T>(occurrence);
        for error in errors {
            assert_clean(&redactor.scrub(error));
        }
    }
    failures::<T>(OCCURRENCES[0])[0].to_string()
}

macro_rules! table {
    ($($shape:ty: $expected:expr,)*) => {
        [$((stringify!($shape), shown::<$shape>(), $expected)),*]
    };
}

#[test]
fn no_shape_shows_a_secret_in_any_way_of_extracting_it() {
    let refused = "the value was refused; the reason is not shown, since it may quote a secret";
    let pw = "for key \"default.pw\" in TOML source string (secret from memory)";
    let table = table! {
        Number: format!("invalid type: found <secret of db.pw>, expected u16 {pw}"),
        Character: format!("invalid value <secret of db.pw>, expected a character {pw}"),
        Boolean: format!("invalid type: found <secret of db.pw>, expected a boolean {pw}"),
        Variant: format!("unknown variant: found `<secret of db.pw>`, expected ``Fast` or `Slow`` {pw}"),
        Untagged: format!("data did not match any variant of untagged enum Either {pw}"),
        NewType: format!("invalid type: found <secret of db.pw>, expected u16 {pw}"),
        TryFromText: format!("refused <secret of db.pw> {pw}"),
        Sequence: format!("invalid type: found <secret of db.pw>, expected a sequence {pw}"),
        Maybe: format!("invalid type: found <secret of db.pw>, expected u16 {pw}"),
        Capitals: format!("{refused} {pw}"),
        Beginning: format!("{refused} {pw}"),
        Length: format!("{refused} {pw}"),
        InvalidLength: format!("invalid length, which is not shown, expected a short text {pw}"),
        Expecting: format!("invalid value <secret of db.pw>, expected another type {pw}"),
        FieldName: format!("unknown field: found `<secret of db.pw>`, expected ``known`` {pw}"),
        Constant: format!("must be a postgres:// URL {pw}"),
        Json: format!("expected value at line 1 column 1 {pw}"),
        Flattened: "invalid type: found string \"<secret of db.pw>\", expected u16".to_owned(),
        Address: format!("invalid IP address syntax {pw}"),
        Strict: "unknown field: found `pw`, expected ``other`` for key \"default.pw\" in TOML source string (secret from memory)".to_owned(),
        Tagged: format!("unknown variant: found `<secret of db.pw>`, expected ``A`` {pw}"),
    };
    for (shape, shown, expected) in table {
        assert_eq!(shown, expected, "{shape}");
    }
}

#[test]
fn raw_figment_does_leak_so_the_table_guards_something() {
    let (errors, _) = plain_failures::<Number>(OCCURRENCES[0]);
    assert!(
        errors
            .iter()
            .all(|error| error.to_string().contains(canary().value()))
    );
}

#[test]
fn the_path_that_was_asked_for_stands_before_the_path_within() {
    for error in failures::<Number>(OCCURRENCES[0]).split_off(2) {
        assert_eq!(error.path, ["db", "pw"]);
        assert!(
            error.to_string().contains("for key \"default.db.pw\""),
            "{error}"
        );
    }
}

#[test]
fn a_plain_value_is_shown_beside_secrets_that_a_mask_cannot_stand_for() {
    #[derive(Deserialize, Debug)]
    struct App {
        ip: IpAddr,
        pool: u16,
        #[serde(deserialize_with = "plainly")]
        text: String,
    }
    fn plainly<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
        refuse(de, |text| {
            D::Error::custom(format!("`{text}` is not one of ours"))
        })
    }
    let app = "ip = 'infisical://prod/IP'\npool = 'infisical://prod/POOL'\ntext = 'theirs'\npw = 'infisical://prod/PW'";
    let error = resolved_from(app).extract::<App>().unwrap_err();
    assert_eq!(error.kind.to_string(), "`theirs` is not one of ours");
    let plain = resolved_from(app);
    let redactor = plain.redactor();
    let error = redactor.scrub(
        plain
            .into_figment_exposed()
            .extract_lossy::<App>()
            .unwrap_err(),
    );
    assert!(
        error.to_string().starts_with("the value was refused"),
        "{error}"
    );
}

#[test]
fn a_number_out_of_range_is_masked_too() {
    let resolved = resolved_from("port = 'infisical://prod/PORT'");
    for error in [
        resolved.extract_inner::<u16>("port").unwrap_err(),
        resolved.extract_inner_lossy::<u16>("port").unwrap_err(),
    ] {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("70000"), "{text}");
        assert!(
            text.contains("found <secret of port>, expected u16")
                || text.contains("value <secret of port>, expected u16"),
            "{text}"
        );
    }
}

#[test]
fn a_message_about_a_converted_number_is_shown_if_it_is_the_same_for_another() {
    #[derive(Deserialize, Debug)]
    #[serde(try_from = "Limits")]
    struct Pool;
    #[derive(Deserialize, Debug)]
    struct Limits {
        max: u16,
    }
    impl TryFrom<Limits> for Pool {
        type Error = String;
        fn try_from(limits: Limits) -> Result<Self, String> {
            Err(if limits.max == 0 {
                "none".into()
            } else {
                "must be even more".into()
            })
        }
    }
    #[derive(Deserialize, Debug)]
    #[serde(try_from = "Limits")]
    struct Telling;
    impl TryFrom<Limits> for Telling {
        type Error = String;
        fn try_from(limits: Limits) -> Result<Self, String> {
            Err(format!("{} is not enough", limits.max))
        }
    }
    let resolved = resolved_from("[pool]\nmax = 'infisical://prod/POOL'");
    let error = resolved.extract_inner::<Pool>("pool").unwrap_err();
    assert!(
        error.to_string().starts_with("must be even more"),
        "{error}"
    );
    let error = resolved.extract_inner::<Telling>("pool").unwrap_err();
    assert!(!error.to_string().contains("16"), "{error}");
}

#[test]
fn one_value_under_two_keys_is_masked_as_the_key_that_failed() {
    let resolved = resolved_from("a = 'infisical://prod/PW'\nb = 'infisical://prod/PW'");
    let error = resolved.extract_inner::<Refusing>("b").unwrap_err();
    assert!(
        error.to_string().starts_with("refused <secret of b>"),
        "{error}"
    );
}

#[test]
fn debug_of_a_resolved_configuration_shows_no_value() {
    let resolved = resolved(OCCURRENCES[0]);
    assert_no_leak(
        &format!(
            "{resolved:?} {:#?} {:?}",
            resolved.report(),
            resolved.redactor()
        ),
        [&canary()],
    );
    assert!(format!("{resolved:?}").contains("infisical://prod/PW"));
}
