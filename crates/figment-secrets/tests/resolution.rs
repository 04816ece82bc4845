//! What is fetched, what is replaced, and what is left alone.
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests fail by panicking, and closures of figment's Jail return its error"
)]

use std::collections::BTreeMap;

use figment::providers::{Env, Format, Json, Serialized, Toml, Yaml};
use figment::{Figment, Jail};
use figment_secrets::{ResolveSecrets, Resolved};
use futures_executor::block_on;
use secret_source::{MemorySource, Origin, Resolver, Secret, SecretSource};
use secret_testkit::{LogCollector, ScriptedSource};

const VALUES: [(&str, &str); 8] = [
    ("prod/db/PASSWORD", "p@ss/w:rd"),
    ("prod/db/USER", "app"),
    (
        "prod/LOOKS_LIKE_A_REFERENCE",
        "infisical://prod/db/PASSWORD",
    ),
    (
        "prod/LOOKS_LIKE_A_TEMPLATE",
        "${infisical://prod/db/PASSWORD} $${infisical://x}",
    ),
    ("prod/DOCUMENT", r#"{"client": {"id": 7, "secret": "s"}}"#),
    ("prod/größe", "groß"),
    ("prod/B", "of prod"),
    ("dev/B", "of dev"),
];

fn memory() -> MemorySource {
    VALUES
        .into_iter()
        .fold(MemorySource::new(), |source, (reference, value)| {
            source
                .with(&format!("infisical://{reference}"), value)
                .unwrap()
        })
}

fn resolve(figment: Figment, source: impl SecretSource) -> Resolved {
    let resolver = Resolver::builder(source)
        .environment("prod")
        .build()
        .unwrap();
    block_on(figment.resolve_secrets(&resolver)).unwrap()
}

fn resolved(app: &str) -> Resolved {
    resolve(Figment::from(Toml::string(app)), memory())
}

fn text(resolved: &Resolved, path: &str) -> String {
    resolved.extract_inner(path).unwrap()
}

#[test]
fn references_and_templates_are_replaced_wherever_they_stand() {
    let resolved = resolved(
        r#"
        dsn = "postgres://${infisical:///db/USER}:${infisical:///db/PASSWORD?encode=percent}@db/app"
        "größe" = "infisical:///größe"
        "a.b" = "infisical:///db/USER"
        id = "infisical:///DOCUMENT#/client/id"
        [[servers]]
        users = [["infisical:///db/USER", "plain"], [{ name = "infisical:///db/USER" }]]
        "#,
    );
    assert_eq!(
        text(&resolved, "dsn"),
        "postgres://app:p%40ss%2Fw%3Ard@db/app"
    );
    assert_eq!(text(&resolved, "größe"), "groß");
    assert_eq!(text(&resolved, "id"), "7");
    let tree = resolved
        .clone()
        .into_figment_exposed()
        .find_value("")
        .unwrap();
    let dict = tree.as_dict().unwrap();
    assert_eq!(dict["a.b"].as_str(), Some("app"));
    let users = dict["servers"].as_array().unwrap()[0]
        .find_ref("users")
        .unwrap()
        .as_array()
        .unwrap();
    assert_eq!(users[0].as_array().unwrap()[0].as_str(), Some("app"));
    assert_eq!(
        users[1].as_array().unwrap()[0]
            .find_ref("name")
            .unwrap()
            .as_str(),
        Some("app")
    );
    let keys: Vec<_> = resolved
        .report()
        .rows()
        .iter()
        .map(|row| row.key())
        .collect();
    let expected = [
        "\"a.b\"",
        "dsn",
        "dsn",
        "größe",
        "id",
        "servers.0.users.0.0",
        "servers.0.users.1.0.name",
    ];
    assert_eq!(keys, expected);
}

#[test]
fn a_fetched_value_is_never_read_again() {
    let resolved = resolved(
        "a = 'infisical:///LOOKS_LIKE_A_REFERENCE'\nb = 'x${infisical:///LOOKS_LIKE_A_TEMPLATE}'",
    );
    assert_eq!(text(&resolved, "a"), "infisical://prod/db/PASSWORD");
    assert_eq!(
        text(&resolved, "b"),
        "x${infisical://prod/db/PASSWORD} $${infisical://x}"
    );
}

#[test]
fn everything_else_is_left_alone_byte_for_byte() {
    let app = "url = 'https://x/?a=${b}'\n'infisical://prod/db/USER' = 1\nn = 1.50\nt = true\nd = '$${other://x}'";
    let before = Figment::from(Toml::string(app)).find_value("").unwrap();
    assert_eq!(
        resolved(app).into_figment_exposed().find_value("").unwrap(),
        before
    );
}

#[test]
fn an_escaped_template_becomes_the_text_it_stands_for() {
    let resolved = resolved("a = '$${infisical:///db/USER}'");
    assert_eq!(text(&resolved, "a"), "${infisical:///db/USER}");
    assert!(resolved.report().rows().is_empty());
    let error = resolved.extract_inner::<u16>("a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid type: found string \"${infisical:///db/USER}\", expected u16 for key \"default.a\" in TOML source string"
    );
}

#[test]
fn optional_secrets_that_are_missing_take_their_key_with_them() {
    let resolved = resolved(
        r#"
        gone = "infisical:///NOPE?optional"
        template = "x${infisical:///db/USER}${infisical:///NOPE?optional}"
        default = "infisical:///NOPE?default=d%20e"
        list = ["a", "infisical:///NOPE?optional", "infisical:///db/USER"]
        [table]
        only = "infisical:///NOPE?optional"
        "#,
    );
    assert_eq!(text(&resolved, "default"), "d e");
    assert_eq!(
        resolved.extract_inner::<Vec<String>>("list").unwrap(),
        ["a", "app"]
    );
    assert!(
        resolved
            .extract_inner::<BTreeMap<String, String>>("table")
            .unwrap()
            .is_empty()
    );
    for key in ["gone", "template"] {
        assert!(
            resolved.extract_inner::<String>(key).unwrap_err().missing(),
            "{key}"
        );
    }
    // The element moved up, and its mask still says where it was written.
    let error = resolved.extract_inner::<(String, u8)>("list").unwrap_err();
    assert_eq!(error.path, ["list", "1"]);
    assert!(
        error
            .to_string()
            .contains("found <secret of list.2>, expected u8"),
        "{error}"
    );
}

#[test]
fn the_report_has_one_row_for_each_occurrence() {
    let resolved = resolved(
        "a = 'infisical:///db/USER'\nb = '${infisical:///db/USER}-${infisical:///NOPE?default=d}'\nc = 'infisical:///NOPE?optional'",
    );
    let rows = serde_json::to_value(resolved.report()).unwrap();
    let expected = serde_json::json!([
        {"key": "a", "reference": "infisical:///db/USER", "origin": "memory", "freshness": "fresh", "version": 1, "age_seconds": 0},
        {"key": "b", "reference": "infisical:///db/USER", "origin": "memory", "freshness": "fresh", "version": 1, "age_seconds": 0},
        {"key": "b", "reference": "infisical:///NOPE?default=d", "origin": "default", "freshness": "fresh", "version": null, "age_seconds": 0},
        {"key": "c", "reference": "infisical:///NOPE?optional", "origin": "absent", "freshness": null, "version": null, "age_seconds": null},
    ]);
    assert_eq!(rows, expected);
}

#[test]
fn fifty_references_are_one_batch() {
    let source =
        ScriptedSource::new(|address| Ok(Secret::new(address.key(), Origin::new("script"))));
    let lines: Vec<_> = (0..50)
        .map(|n| format!("k{n} = 'infisical:///f{}/KEY{n}'", n % 5))
        .collect();
    let resolved = resolve(
        Figment::from(Toml::string(&lines.join("\n"))),
        source.clone(),
    );
    assert_eq!(text(&resolved, "k49"), "KEY49");
    assert_eq!(
        (
            source.batches().len(),
            source.batches()[0].len(),
            source.gets().len()
        ),
        (1, 50, 0)
    );
}

#[test]
fn overridden_references_and_those_of_other_profiles_are_never_fetched() {
    let source =
        ScriptedSource::new(|address| Ok(Secret::new(address.key(), Origin::new("script"))));
    let app = "[default]\na = 'infisical:///OVERRIDDEN'\nb = 'infisical:///KEPT'\n[other]\na = 'infisical:///OTHER'\n[release]\na = 'plain'";
    let figment = Figment::from(Toml::string(app).nested()).select("release");
    let resolved = resolve(figment, source.clone());
    assert_eq!(text(&resolved, "a"), "plain");
    let asked: Vec<_> = source
        .batches()
        .concat()
        .iter()
        .map(|address| address.key().to_owned())
        .collect();
    assert_eq!(asked, ["KEPT"]);
}

#[test]
fn a_configuration_without_references_asks_nothing() {
    let source = ScriptedSource::value("never");
    resolve(
        Figment::from(Serialized::default("a", "plain")),
        source.clone(),
    );
    assert_eq!(source.calls(), 0);
}

#[test]
fn errors_tell_the_file_and_where_the_secret_came_from() {
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", "[default.db]\npw = 'infisical://dev/B'\n[release.db]\npw = 'infisical://prod/B'\n[global.db]\nextra = 'x${infisical://prod/B}${infisical:///N?default=d}'")?;
        let figment = Figment::from(Toml::file("app.toml").nested()).select("release");
        let resolved = resolve(figment, memory());
        let error = resolved.extract_inner::<u16>("db.pw").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: found <secret of db.pw>, expected u16 for key \"release.db.pw\" in app.toml TOML file (secret from memory)"
        );
        let error = resolved.extract_inner::<u16>("db.extra").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: found <secret of db.extra>, expected u16 for key \"global.db.extra\" in app.toml TOML file (secret from memory and default)"
        );
        Ok(())
    });
}

#[test]
fn a_reference_in_an_environment_variable_overrides_the_file() {
    Jail::expect_with(|jail| {
        jail.create_file(
            "app.toml",
            "[db]\ndsn = 'infisical://dev/B'\nuser = 'infisical:///db/USER'",
        )?;
        jail.set_env("APP_DB__DSN", "infisical://prod/B");
        jail.set_env(
            "APP_DB__URL",
            "x://${infisical:///db/USER}:${infisical:///db/PASSWORD?encode=percent}@h",
        );
        let figment = Figment::new()
            .merge(Toml::file("app.toml"))
            .merge(Env::prefixed("APP_").split("__"));
        let resolved = resolve(figment, memory());
        assert_eq!(text(&resolved, "db.dsn"), "of prod");
        assert_eq!(text(&resolved, "db.user"), "app");
        assert_eq!(text(&resolved, "db.url"), "x://app:p%40ss%2Fw%3Ard@h");
        let error = resolved.extract_inner::<u16>("db.dsn").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: found <secret of db.dsn>, expected u16 for key \"DB.DSN\" in `APP_` environment variable(s) (secret from memory)"
        );
        Ok(())
    });
}

#[test]
fn yaml_and_json_are_read_alike() {
    let figment = Figment::new()
        .merge(Yaml::string(
            "db:\n  user: infisical:///db/USER\n  hosts: ['infisical:///db/USER']",
        ))
        .merge(Json::string(r#"{"db": {"b": "infisical:///B"}}"#));
    let resolved = resolve(figment, memory());
    assert_eq!(text(&resolved, "db.user"), "app");
    assert_eq!(text(&resolved, "db.b"), "of prod");
    assert_eq!(
        resolved.extract_inner::<Vec<String>>("db.hosts").unwrap(),
        ["app"]
    );
}

#[test]
fn a_misspelt_scheme_is_used_as_it_is_with_a_warning_that_shows_no_text() {
    let logs = LogCollector::new();
    let installed = logs.install();
    let resolved = resolved("dsn = 'infiscial://prod/db/USER'");
    drop(installed);
    assert_eq!(text(&resolved, "dsn"), "infiscial://prod/db/USER");
    let [warning] = resolved.warnings() else {
        panic!("{:?}", resolved.warnings())
    };
    assert_eq!(warning.kind.as_str(), "near_scheme");
    assert_eq!(
        warning.hint.as_deref(),
        Some("did you mean `infisical://`?")
    );
    assert!(
        logs.text().contains("infiscial") && !logs.text().contains("USER"),
        "{}",
        logs.text()
    );
}
