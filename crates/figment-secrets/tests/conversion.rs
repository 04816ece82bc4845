//! Text of secrets in numbers and booleans.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use figment::Figment;
use figment::providers::{Format, Toml};
use figment_secrets::{ResolveSecrets, Resolved};
use futures_executor::block_on;
use secret_source::{MemorySource, Resolver};
use serde::Deserialize;

fn resolved(app: &str) -> Resolved {
    let values = [
        ("PORT", "5432"),
        ("ON", "true"),
        ("RATIO", "1.5"),
        ("ZEROS", "00123"),
        ("MINUS", "-3"),
        ("WORD", "many"),
    ];
    let source = values
        .into_iter()
        .fold(MemorySource::new(), |source, (key, value)| {
            source
                .with(&format!("infisical://prod/{key}"), value)
                .unwrap()
        });
    let resolver = Resolver::builder(source).build().unwrap();
    block_on(Figment::from(Toml::string(app)).resolve_secrets(&resolver)).unwrap()
}

#[derive(Deserialize, Debug, PartialEq)]
struct Db {
    port: u16,
    on: bool,
    ratio: f64,
    pw: String,
    list: Vec<u8>,
    offset: Option<i64>,
}

const APP: &str = r#"
    port = "infisical://prod/PORT"
    on = "infisical://prod/ON"
    ratio = "infisical://prod/RATIO"
    pw = "infisical://prod/ZEROS"
    list = ["infisical://prod/ZEROS", 7]
    offset = "infisical://prod/MINUS"
"#;

#[test]
fn text_fills_numbers_and_booleans_and_stays_text_in_strings() {
    let db = Db {
        port: 5432,
        on: true,
        ratio: 1.5,
        pw: "00123".into(),
        list: vec![123, 7],
        offset: Some(-3),
    };
    assert_eq!(resolved(APP).extract::<Db>().unwrap(), db);
    assert_eq!(resolved(APP).extract_lossy::<Db>().unwrap(), db);
    let nested = resolved(&APP.replace("    port", "[db]\n    port"));
    assert_eq!(nested.extract_inner::<Db>("db").unwrap(), db);
    assert_eq!(nested.focus("db").extract::<Db>().unwrap(), db);
    assert_eq!(nested.extract_inner::<u16>("db.port").unwrap(), 5432);
}

#[test]
fn text_that_was_not_a_secret_is_not_converted() {
    let plain = resolved("port = '5432'")
        .extract_inner::<u16>("port")
        .unwrap_err();
    assert!(
        plain
            .to_string()
            .starts_with("invalid type: found string \"5432\", expected u16"),
        "{plain}"
    );
}

#[test]
fn text_that_is_no_number_is_refused_as_text() {
    let error = resolved("port = 'infisical://prod/WORD'")
        .extract_inner::<u16>("port")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("invalid type: found <secret of port>, expected u16"),
        "{error}"
    );
}

#[test]
fn a_number_where_no_number_is_wanted_is_refused_as_text() {
    let error = resolved("port = 'infisical://prod/PORT'")
        .extract_inner::<Vec<u8>>("port")
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("invalid type: found <secret of port>, expected a sequence"),
        "{error}"
    );
}
