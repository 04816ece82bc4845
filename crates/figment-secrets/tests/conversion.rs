//! Text of secrets in numbers and booleans.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::num::NonZeroU8;

use figment::Figment;
use figment::providers::{Format, Toml};
use figment_secrets::{ResolveSecrets, Resolved};
use futures_executor::block_on;
use secret_source::{MemorySource, Resolver};
use serde::{Deserialize, Deserializer};

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

#[test]
fn numbers_are_found_in_variants_and_wrappers_and_beside_text_that_stays() {
    #[derive(Deserialize, Debug, PartialEq)]
    enum Limit {
        Bytes(u64),
        Rate { per_second: u16 },
    }
    #[derive(Deserialize, Debug, PartialEq)]
    struct Wrapped(Option<u16>);
    #[derive(Deserialize, Debug, PartialEq)]
    struct App {
        any: serde_json::Value,
        bytes: Limit,
        flags: Vec<Option<bool>>,
        rate: Limit,
        text: String,
        wrapped: Wrapped,
    }
    let resolved = resolved(
        r#"
        any = "infisical://prod/ZEROS"
        bytes = { Bytes = "infisical://prod/PORT" }
        flags = ["infisical://prod/ON", "infisical://prod/ON"]
        rate = { Rate = { per_second = "infisical://prod/PORT" } }
        text = "infisical://prod/ZEROS"
        wrapped = "infisical://prod/PORT"
        "#,
    );
    let expected = App {
        any: "00123".into(),
        bytes: Limit::Bytes(5432),
        flags: vec![Some(true), Some(true)],
        rate: Limit::Rate { per_second: 5432 },
        text: "00123".into(),
        wrapped: Wrapped(Some(5432)),
    };
    assert_eq!(resolved.extract::<App>().unwrap(), expected);
}

#[test]
fn many_numbers_cost_no_extraction_more() {
    thread_local! {
        static EXTRACTIONS: Cell<usize> = const { Cell::new(0) };
    }
    fn counted<'de, D: Deserializer<'de>>(de: D) -> Result<u8, D::Error> {
        EXTRACTIONS.set(EXTRACTIONS.get() + 1);
        u8::deserialize(de)
    }
    #[derive(Deserialize)]
    struct App {
        #[serde(deserialize_with = "counted")]
        first: u8,
        ports: BTreeMap<String, u16>,
    }
    let ports: Vec<_> = (0..50)
        .map(|n| format!("p{n} = 'infisical://prod/PORT'"))
        .collect();
    let resolved = resolved(&format!("first = 1\n[ports]\n{}", ports.join("\n")));
    let app: App = resolved.extract().unwrap();
    assert!(app.first == 1 && app.ports.values().all(|port| *port == 5432));
    assert_eq!(EXTRACTIONS.get(), 1);
}

#[test]
fn a_number_out_of_range_is_refused_as_text_though_others_were_converted() {
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "never built")]
    struct App {
        port: u16,
        ratio: f64,
        small: NonZeroU8,
    }
    let app = "port = 'infisical://prod/PORT'\nratio = 'infisical://prod/RATIO'\nsmall = 'infisical://prod/PORT'";
    let error = resolved(app).extract::<App>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid type: found <secret of small>, expected a nonzero u8 for key \"default.small\" in TOML source string (secret from memory)"
    );
}
