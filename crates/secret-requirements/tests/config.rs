//! What a configuration needs.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use figment::Figment;
use figment::providers::{Format, Json, Toml};
use secret_requirements::{Requirement, Requirements};
use secret_source::{Resolver, SecretSource};
use secret_testkit::ScriptedSource;

fn resolver(source: impl SecretSource) -> Resolver {
    Resolver::builder(source)
        .environment("prod")
        .allow_environments(["prod", "staging"])
        .build()
        .unwrap()
}

fn shown(requirement: &Requirement) -> String {
    let candidates: Vec<_> = requirement.candidates().map(ToString::to_string).collect();
    let wanted: Vec<_> = requirement
        .wanted_by()
        .iter()
        .map(ToString::to_string)
        .collect();
    let need = if requirement.required() {
        "needs"
    } else {
        "may use"
    };
    let (variable, from) = (requirement.variable(), candidates.join(", "));
    format!("{} {need} {variable} from {from}", wanted.join(" + "))
}

#[test]
fn each_secret_is_listed_once_with_all_who_want_it_and_nothing_is_asked_for() {
    let source = ScriptedSource::value("v");
    let resolver = resolver(source.clone());
    let toml = r#"
        plain = "no reference"
        token = "infisical:///api/TOKEN?optional"
        [db]
        dsn = "postgres://${infisical:///db/USER}:${infisical:///db/USER}:${infisical://prod/db/PASSWORD?encode=percent}@db"
        password = "infisical:///db/PASSWORD?default=none"
        old = "infisical:///db/PASSWORD?version=3"
        client = "infisical:///api/CREDENTIALS#/client/id"
        secret = "infisical:///api/CREDENTIALS#/client/secret"
    "#;
    let figment = Figment::from(Toml::string(toml))
        .merge(Json::string(r#"{"overridden": "infisical:///api/LOST"}"#))
        .merge(("overridden", "by a plain text"));
    let requirements = Requirements::of_config(&figment, &resolver).unwrap();
    let shown: Vec<_> = requirements.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "db.client + db.secret needs CREDENTIALS from infisical://prod/api/CREDENTIALS",
            "db.dsn needs USER from infisical://prod/db/USER",
            "db.dsn + db.password needs PASSWORD from infisical://prod/db/PASSWORD",
            "db.old needs PASSWORD from infisical://prod/db/PASSWORD?version=3",
            "token may use TOKEN from infisical://prod/api/TOKEN",
        ]
    );
    assert_eq!(source.calls(), 0);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_key() {
    let source = ScriptedSource::value("v");
    let figment = Figment::from(Toml::string(
        r#"
        a = "infisical://dev/KEY"
        b = "infisical:///KEY?optinal"
        c = "infisical:///KEY"
        d = "${infisical:///KEY}${infisical://nowhere/KEY}"
        "#,
    ));
    let error = Requirements::of_config(&figment, &resolver(source.clone())).unwrap_err();
    let keys: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.key.clone())
        .collect();
    assert_eq!(
        keys,
        ["a", "b", "d"].map(|key| Some(key.to_owned())),
        "{error}"
    );
    assert_eq!(error.references(), 5);
    assert_eq!(source.calls(), 0);
}

#[test]
fn lists_are_merged_and_required_by_whoever_requires() {
    let resolver = resolver(ScriptedSource::value("v"));
    let of = |toml: &str| {
        let figment = Figment::from(Toml::string(toml));
        Requirements::of_config(&figment, &resolver).unwrap()
    };
    let both = of("one = 'infisical:///KEY?optional'").merge(of("two = 'infisical:///KEY'"));
    let shown: Vec<_> = both.iter().map(shown).collect();
    assert_eq!(shown, ["one + two needs KEY from infisical://prod/KEY"]);
    let json = serde_json::to_value(&both).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "variable": "KEY",
            "candidates": ["infisical://prod/KEY"],
            "required": true,
            "wanted_by": ["one", "two"],
        }])
    );
}

#[test]
fn a_file_that_wants_a_secret_is_named() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/app.toml");
    let figment = Figment::from(Toml::file_exact(path));
    let resolver = resolver(ScriptedSource::value("v"));
    let requirements = Requirements::of_config(&figment, &resolver).unwrap();
    let wanted = requirements.iter().next().unwrap().wanted_by()[0].to_string();
    assert!(
        wanted.starts_with("db.dsn in ") && wanted.ends_with("app.toml"),
        "{wanted}"
    );
}
