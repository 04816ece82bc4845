//! Everything that is wrong is reported at once, and says what to do.
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests fail by panicking, and closures of figment's Jail return its error"
)]

use std::error::Error;

use async_trait::async_trait;
use figment::providers::{Env, Format, Serialized, Toml};
use figment::{Figment, Jail};
use figment_secrets::{ResolveError, ResolveSecrets};
use futures_executor::block_on;
use secret_source::{
    MemorySource, Origin, Resolver, Secret, SecretAddress, SecretError, SecretSource,
};
use secret_testkit::{Canary, assert_no_leak};

/// Answers from memory, but lets nobody into `/denied` and is down for `/down`.
#[derive(Debug)]
struct Guarded(MemorySource);

#[async_trait]
impl SecretSource for Guarded {
    fn origin(&self) -> Origin {
        self.0.origin()
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        match address.folder() {
            "/denied" => {
                Err(SecretError::denied("the identity may not read this folder")
                    .with_address(address))
            }
            "/down" => Err(SecretError::unavailable("no answer")
                .with_address(address)
                .with_source("connection refused")),
            _ => self.0.get(address).await,
        }
    }
}

fn resolver() -> Resolver {
    let source = MemorySource::new()
        .with("infisical://dev/db/POSTGRES_DSN", "postgres://db")
        .and_then(|source| source.with("infisical://dev/db/TEXT", "not json"))
        .and_then(|source| source.with("infisical://dev/db/JSON", r#"{"a": {"b": 1}}"#))
        .unwrap();
    let builder = Resolver::builder(Guarded(source))
        .environment("dev")
        .allow_environments(["dev", "staging"]);
    builder.build().unwrap()
}

fn problems(figment: Figment) -> ResolveError {
    block_on(figment.resolve_secrets(&resolver())).unwrap_err()
}

const MISTAKES: &str = r#"
a_option = "infisical:///db/POSTGRES_DSN?optinal"
b_pointer = "infisical:///db/JSON#a"
c_key = "infisical:///db/POSTGRES_DNS"
d_folder = "infisical:///nowhere/KEY"
e_environment = "infisical://prod/db/POSTGRES_DSN"
f_denied = "infisical:///denied/KEY"
g_template = "postgres://app:${infisical:///db/POSTGRES_DSN"
h_folder = "infisical:///db/"
i_document = "infisical:///db/TEXT#/a"
j_field = "infisical:///db/JSON#/a/c"
k_version = "infisical:///db/POSTGRES_DSN?version=2"
l_down = ["infisical:///down/KEY"]
m_twice = "${infisical:///db/POSTGRES_DSN}${infisical:///nowhere/A}${infisical:///nowhere/B}"
near = "infiscial:///db/POSTGRES_DSN"
right = "infisical:///db/POSTGRES_DSN"
"#;

#[test]
fn every_mistake_of_a_file_is_reported_in_one_run_with_advice() {
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", MISTAKES)?;
        let error = problems(Figment::from(Toml::file("app.toml")));
        let kinds: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| (problem.key.clone().unwrap(), problem.kind.as_str()))
            .collect();
        let expected = [
            ("a_option", "invalid_reference"),
            ("b_pointer", "invalid_reference"),
            ("c_key", "not_found"),
            ("d_folder", "not_found"),
            ("e_environment", "invalid"),
            ("f_denied", "denied"),
            ("g_template", "invalid_reference"),
            ("h_folder", "invalid_reference"),
            ("i_document", "invalid"),
            ("j_field", "not_found"),
            ("k_version", "unsupported"),
            ("l_down.0", "unavailable"),
            ("m_twice", "not_found"),
            ("m_twice", "not_found"),
        ];
        assert_eq!(kinds, expected.map(|(key, kind)| (key.to_owned(), kind)));
        for problem in error.problems() {
            assert_eq!(problem.file.as_deref(), Some("app.toml"), "{problem}");
            assert!(
                problem.hint.as_ref().is_some_and(|hint| !hint.is_empty()),
                "{problem}"
            );
            assert!(problem.reference.is_some(), "{problem}");
        }
        assert_eq!(error.warnings().len(), 1);
        assert_eq!(error.references(), 16);
        assert!(error.problems().iter().zip(2..).all(|(problem, line)| {
            // The last two stand in one line.
            problem.line == Some(line.min(14))
        }));
        Ok(())
    });
}

#[test]
fn the_failed_look_up_keeps_its_cause() {
    let error = problems(Figment::from(Serialized::default(
        "a",
        "infisical:///down/KEY",
    )));
    let lookup = error.problems()[0].error.as_ref().unwrap();
    assert_eq!(lookup.source().unwrap().to_string(), "connection refused");
    assert!(
        error.source().is_none(),
        "`Display` prints the causes itself"
    );
    assert!(error.to_string().contains("cause: connection refused"));
}

#[test]
fn values_from_code_and_environment_are_placed_as_figment_places_them() {
    Jail::expect_with(|jail| {
        jail.set_env("APP_A", "infisical:///nowhere/KEY");
        let error = problems(Figment::from(Env::prefixed("APP_")));
        assert!(
            error
                .to_string()
                .contains("for key `a` in `APP_` environment variable(s)"),
            "{error}"
        );
        Ok(())
    });
}

#[test]
fn a_template_is_quoted_only_as_far_as_it_is_a_reference() {
    let canary = Canary::named("password in the open");
    for template in [
        format!(
            "x://u:{}@${{infisical:///db/POSTGRES_DSN?optinal}}/{}",
            canary.value(),
            canary.value()
        ),
        format!("${{infisical:///db/KEY and {}", canary.value()),
        format!("infisical://app:{}@db.internal/app", canary.value()),
        format!("x${{infisical://app:{}@db/app}}", canary.value()),
        format!(
            "{}${{infisical:///a${{infisical:///b}}}}{}",
            canary.value(),
            canary.value()
        ),
        format!(
            "${{infisical:///A}}{}${{infiscial:///B}}{}",
            canary.value(),
            canary.value()
        ),
    ] {
        let error = problems(Figment::from(Serialized::default("a", &template)));
        let shown = format!(
            "{error}\n{error:?}\n{}",
            serde_json::to_string(error.problems()).unwrap()
        );
        assert_no_leak(&shown, [&canary]);
    }
    let template = "x${infisical:///db/POSTGRES_DSN?optinal}y";
    let error = problems(Figment::from(Serialized::default("a", template)));
    assert_eq!(
        error.problems()[0].reference.as_deref(),
        Some("infisical:///db/POSTGRES_DSN?optinal")
    );
}

#[test]
fn a_broken_file_is_a_problem_that_echoes_nothing() {
    let canary = Canary::named("password in a file");
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", &format!("a = 1\npw = {}\n", canary.value()))?;
        let figment = Figment::new()
            .merge(Toml::file("app.toml"))
            .merge(Toml::file_exact("missing.toml"));
        let error = problems(figment);
        assert_no_leak(&format!("{error} {error:?}"), [&canary]);
        let files: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| {
                (
                    problem.file.clone().unwrap(),
                    problem.line.zip(problem.column),
                )
            })
            .collect();
        assert_eq!(
            files,
            [
                ("app.toml".to_owned(), Some((2, 6))),
                ("missing.toml".to_owned(), None)
            ]
        );
        Ok(())
    });
}

#[test]
fn an_error_passes_through_functions_that_return_figments_own() {
    fn load(resolver: &Resolver) -> figment::error::Result<String> {
        let figment = Figment::from(Serialized::default("a", "infisical:///nowhere/KEY"));
        block_on(figment.resolve_secrets(resolver))?.extract_inner("a")
    }
    assert!(
        load(&resolver())
            .unwrap_err()
            .to_string()
            .contains("error[folder-not-found]: folder not found")
    );
}
