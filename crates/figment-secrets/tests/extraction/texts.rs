//! One rule for text in numbers and booleans: what a text becomes does not depend on the way of extracting.

use std::fmt::Debug;

use figment::{Error, Figment};
use figment_secrets::Resolved;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::scene::{OCCURRENCES, resolved};

/// What a text becomes as `u16`, `i64`, `f64`, `bool`, `Option<u8>` and `String`.
const TEXTS: [(&str, &str); 21] = [
    ("5432", r#"5432 5432 5432.0 - - "5432""#),
    ("+5", r#"5 5 5.0 - Some(5) "+5""#),
    ("-3", r#"- -3 -3.0 - - "-3""#),
    ("00123", r#"123 123 123.0 - Some(123) "00123""#),
    ("1e3", r#"- - - - - "1e3""#),
    ("0.1", r#"- - 0.1 - - "0.1""#),
    ("1.5e3", r#"- - 1500.0 - - "1.5e3""#),
    (".5", r#"- - 0.5 - - ".5""#),
    ("0x10", r#"- - - - - "0x10""#),
    ("1_000", r#"- - - - - "1_000""#),
    (" 1", r#"1 1 1.0 - Some(1) " 1""#),
    ("1 ", r#"1 1 1.0 - Some(1) "1 ""#),
    ("true", r#"- - - true - "true""#),
    ("TRUE", r#"- - - true - "TRUE""#),
    ("yes", r#"- - - true - "yes""#),
    ("off", r#"- - - false - "off""#),
    ("0", r#"0 0 0.0 false Some(0) "0""#),
    ("1", r#"1 1 1.0 true Some(1) "1""#),
    ("", r#"- - - - - """#),
    ("NaN", r#"- - - - - "NaN""#),
    ("inf", r#"- - - - - "inf""#),
];

#[derive(Deserialize, Debug)]
struct Root<T> {
    outer: Outer<T>,
}

#[derive(Deserialize, Debug)]
struct Outer<T> {
    db: Db<T>,
}

#[derive(Deserialize, Debug)]
struct Db<T> {
    pw: T,
}

/// Returns what a text becomes, or `-` where it is refused, after seeing that all ways agree.
fn reading<T: DeserializeOwned + Debug>(text: &str) -> String {
    let show = |way: &str, result: Result<T, Error>| match result {
        Ok(value) => (way.to_owned(), format!("{value:?}")),
        Err(_) => (way.to_owned(), "-".to_owned()),
    };
    let ways = |resolved: &Resolved| {
        let (focused, whole) = (resolved.focus("outer"), |root: Root<T>| root.outer.db.pw);
        vec![
            show("extract", resolved.extract().map(whole)),
            show("extract_lossy", resolved.extract_lossy().map(whole)),
            show("extract_inner", resolved.extract_inner("outer.db.pw")),
            show(
                "extract_inner_lossy",
                resolved.extract_inner_lossy("outer.db.pw"),
            ),
            show(
                "focus.extract",
                focused.extract().map(|outer: Outer<T>| outer.db.pw),
            ),
            show(
                "focus.extract_lossy",
                focused.extract_lossy().map(|outer: Outer<T>| outer.db.pw),
            ),
            show("focus.extract_inner", focused.extract_inner("db.pw")),
            show(
                "focus.extract_inner_lossy",
                focused.extract_inner_lossy("db.pw"),
            ),
        ]
    };
    let all: Vec<_> = [OCCURRENCES[0], OCCURRENCES[2], OCCURRENCES[3]]
        .into_iter()
        .flat_map(|occurrence| ways(&resolved(occurrence, text)))
        .collect();
    let (_, first) = &all[0];
    for (way, value) in &all {
        assert_eq!(value, first, "{text:?} by {way}");
    }
    first.clone()
}

#[test]
fn text_becomes_the_same_in_every_way_of_extracting() {
    for (text, expected) in TEXTS {
        let read = [
            reading::<u16>(text),
            reading::<i64>(text),
            reading::<f64>(text),
            reading::<bool>(text),
            reading::<Option<u8>>(text),
            reading::<String>(text),
        ];
        assert_eq!(read.join(" "), expected, "{text:?}");
    }
}

#[test]
fn lossy_methods_read_the_text_of_other_values_too() {
    let plain = super::scene::resolved_file("port = '5432'\npw = 'infisical://prod/PW'", "1");
    assert!(plain.extract_inner::<u16>("port").is_err());
    assert_eq!(plain.extract_inner_lossy::<u16>("port").unwrap(), 5432);
    let figment: Figment = plain.into_figment_exposed();
    assert_eq!(figment.extract_inner_lossy::<u16>("port").unwrap(), 5432);
}

/// Serde keeps what it reads ahead of the type that wants it, and keeps text as text.
#[test]
fn text_stays_text_where_serde_reads_ahead() {
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "never built")]
    struct Flattened {
        #[serde(flatten)]
        rest: Db<u16>,
    }
    #[derive(Deserialize, Debug)]
    #[serde(untagged)]
    #[allow(dead_code, reason = "never built")]
    enum Untagged {
        Number { pw: u16 },
    }
    #[derive(Deserialize, Debug)]
    #[serde(tag = "user", rename_all = "snake_case")]
    #[allow(dead_code, reason = "never built")]
    enum Tagged {
        App { pw: u16 },
    }
    let resolved = resolved(OCCURRENCES[0], "5432");
    assert!(resolved.extract_inner::<Flattened>("outer.db").is_err());
    assert!(resolved.extract_inner::<Untagged>("outer.db").is_err());
    assert!(resolved.extract_inner::<Tagged>("outer.db").is_err());
    let text = resolved.extract_inner::<Db<String>>("outer.db").unwrap().pw;
    assert_eq!(text, "5432");
}
