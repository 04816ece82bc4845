//! Values that do not fit the application's types are reported like references that cannot be answered.
#![cfg(all(feature = "json", feature = "toml", feature = "yaml"))]
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    dead_code,
    reason = "tests fail by panicking, closures of figment's Jail return its error, and shapes are never read"
)]

use figment::providers::{Format, Json, Toml, Yaml};
use figment::{Figment, Jail};
use figment_secrets::{ResolveError, ResolveSecrets};
use futures_executor::block_on;
use secret_source::{MemorySource, Resolver};
use secret_testkit::{Canary, assert_no_leak};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize, Debug)]
enum Mode {
    Fast,
    Slow,
}

fn postgres<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    let _ = String::deserialize(de)?;
    Err(D::Error::custom("must be a postgres:// URL"))
}

fn quoting<'de, D: Deserializer<'de>>(de: D) -> Result<String, D::Error> {
    Err(D::Error::custom(String::deserialize(de)?.to_uppercase()))
}

#[derive(Deserialize, Debug)]
struct App<Db> {
    db: Db,
}

macro_rules! shapes {
    ($($name:ident { $($body:tt)* })*) => {
        $(#[derive(Deserialize, Debug)] #[serde(deny_unknown_fields)] struct $name { $($body)* })*
    };
}

shapes! {
    Number { pw: u16, port: u16 }
    Port { pw: String, port: u16 }
    Variant { pw: Mode, port: String }
    Missing { pw: String, port: String, pool: u8 }
    Unknown { pw: String, prot: u16 }
    Refused { #[serde(deserialize_with = "postgres")] pw: String, port: String }
    Quoted { #[serde(deserialize_with = "quoting")] pw: String, port: String }
}

const APP: &str = "# an application\n[db]\npw = 'x:${infisical://prod/PW}'\nport = 'many'\n";

fn canary() -> Canary {
    Canary::named("explained password")
}

fn explain<T: DeserializeOwned + std::fmt::Debug>(app: &str) -> ResolveError {
    let mut error = None;
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", app)?;
        let source = MemorySource::new()
            .with("infisical://prod/PW", canary().value())
            .unwrap();
        let resolver = Resolver::builder(source).build().unwrap();
        let figment = Figment::from(Toml::file("app.toml"));
        let resolved = block_on(figment.resolve_secrets(&resolver)).unwrap();
        error = resolved.extract_explained::<T>().err();
        Ok(())
    });
    let error = error.unwrap();
    let json = serde_json::to_string(error.problems()).unwrap();
    assert_no_leak(&format!("{error} {error:?} {json}"), [&canary()]);
    error
}

#[test]
fn each_misfit_has_a_report() {
    let whole = APP.replace("x:${infisical://prod/PW}", "infisical://prod/PW");
    let reports = [
        explain::<App<Number>>(&whole),
        explain::<App<Number>>(APP),
        explain::<App<Port>>(APP),
        explain::<App<Variant>>(&whole),
        explain::<App<Missing>>(APP),
        explain::<App<Unknown>>(APP),
        explain::<App<Refused>>(APP),
        explain::<App<Quoted>>(APP),
    ];
    insta::assert_snapshot!(reports.map(|report| report.to_string()).join("\n\n"));
}

#[test]
fn a_secret_behind_one_that_was_left_out_is_found_where_it_was_written() {
    #[derive(Deserialize, Debug)]
    struct Ports {
        ports: Vec<u16>,
    }
    let error = explain::<Ports>(
        "ports = [\n  'infisical://prod/NOPE?optional',\n  'infisical://prod/PW',\n]\n",
    );
    let problem = &error.problems()[0];
    assert_eq!(problem.key.as_deref(), Some("ports.1"));
    assert_eq!((problem.line, problem.column), (Some(3), Some(4)));
    assert_eq!(problem.code, "wrong-type");
}

#[test]
fn a_value_that_is_no_secret_is_found_by_its_keys() {
    #[derive(Deserialize, Debug)]
    struct Ports {
        ports: Vec<bool>,
    }
    Jail::expect_with(|jail| {
        let place = |figment: Figment| {
            let resolver = Resolver::builder(MemorySource::new()).build().unwrap();
            let resolved = block_on(figment.resolve_secrets(&resolver)).unwrap();
            let error = resolved.extract_explained::<Ports>().unwrap_err();
            let problem = &error.problems()[0];
            problem.line.zip(problem.column)
        };
        jail.create_file("a.toml", "x = 1\nports = [true, 5]\n")?;
        jail.create_file("b.yaml", "x: 1\nports:\n- true\n- 5\n")?;
        jail.create_file("c.json", "{\"x\": 1,\n \"ports\": [true, 5]}")?;
        assert_eq!(place(Figment::from(Toml::file("a.toml"))), Some((2, 16)));
        assert_eq!(place(Figment::from(Yaml::file("b.yaml"))), Some((4, 3)));
        assert_eq!(place(Figment::from(Json::file("c.json"))), Some((2, 18)));
        // What was left out moved the others up, so their place is not sure.
        jail.create_file(
            "a.toml",
            "ports = ['infisical://dev/K?optional', true, 5]\n",
        )?;
        assert_eq!(place(Figment::from(Toml::file("a.toml"))), None);
        // The same keys in two places: figment does not say whether the tables are profiles.
        jail.create_file("a.toml", "ports = [5]\n[default]\nports = [5]\n")?;
        assert_eq!(place(Figment::from(Toml::file("a.toml"))), None);
        Ok(())
    });
}

#[test]
fn a_focused_configuration_names_places_in_the_whole() {
    #[derive(Deserialize, Debug)]
    struct Db {
        port: u16,
    }
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", "port = 1\n[a.db]\nport = 'x'\n")?;
        let resolver = Resolver::builder(MemorySource::new()).build().unwrap();
        let figment = Figment::from(Toml::file("app.toml"));
        let resolved = block_on(figment.resolve_secrets(&resolver)).unwrap();
        let focused = resolved.focus("a").focus("db");
        let error = focused.extract_explained::<Db>().unwrap_err();
        let problem = &error.problems()[0];
        assert_eq!(problem.key.as_deref(), Some("a.db.port"));
        assert_eq!((problem.line, problem.column), (Some(3), Some(8)));
        Ok(())
    });
}

#[test]
fn a_password_that_someone_wrote_around_a_reference_is_not_shown() {
    let written = Canary::named("password in a template");
    let app = format!(
        "[db]\npw = 'admin:{}@${{infisical://prod/PW}}'\nport = '1'\n",
        written.value()
    );
    for error in [
        explain::<App<Number>>(&app.replace("port = '1'", "port = 1")),
        explain::<App<Variant>>(&app),
        explain::<App<Quoted>>(&app),
    ] {
        assert_no_leak(&format!("{error} {error:?}"), [&written]);
    }
}
