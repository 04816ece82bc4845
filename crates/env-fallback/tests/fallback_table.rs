//! After which failure which variables answer, and what the log says about it.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use env_fallback::{Dotenv, EnvConfig, EnvExt, Environment, FallbackPolicy, VariableNames};
use secret_source::{
    ErrorKind, ExposeSecret, LogNames, Missing, Secret, SecretAddress, SecretError, SecretSource,
};
use secret_testkit::{LogCollector, ScriptedSource};

fn address() -> SecretAddress {
    SecretAddress::new(
        "infisical",
        "prod",
        &"/shared/db".parse().unwrap(),
        "POSTGRES_DSN",
    )
}

fn in_environment() -> EnvConfig {
    EnvConfig::new(Environment::from_pairs([(
        "POSTGRES_DSN",
        "bare in the environment",
    )]))
}

fn in_dotenv() -> EnvConfig {
    let dotenv = Dotenv::parse(".env", "\nSHARED_DB_POSTGRES_DSN=qualified in the file").unwrap();
    EnvConfig::new(Environment::default()).dotenv(dotenv)
}

async fn after(kind: ErrorKind, config: EnvConfig) -> Result<Secret, SecretError> {
    let inner = ScriptedSource::failing(SecretError::new(kind, "the inner source failed"));
    let source = inner.with_env(config);
    let alone = source.get(&address()).await;
    let mut batch = source.get_many(&[address()]).await;
    let in_batch = batch.pop().unwrap();
    assert_eq!(
        alone.as_ref().err().map(SecretError::kind),
        in_batch.err().map(|error| error.kind())
    );
    alone
}

#[tokio::test]
async fn each_row_of_the_table_falls_back_as_it_says() {
    use ErrorKind::{
        Denied, Invalid, NotFound, Protocol, RateLimited, Unauthenticated, Unavailable, Unsupported,
    };
    // The kind; then whether the environment, the file, and the file after a refusal answer.
    for (kind, environment, dotenv, dotenv_after_refusal) in [
        (Unavailable, true, true, true),
        (RateLimited, true, true, true),
        (Unauthenticated, true, false, true),
        (Denied, true, false, true),
        (NotFound(Missing::Secret), true, true, true),
        (NotFound(Missing::Folder), true, true, true),
        (NotFound(Missing::Unknown), true, true, true),
        (Protocol, false, false, false),
        (Invalid, false, false, false),
        (Unsupported, false, false, false),
    ] {
        let answered = |answer: Result<Secret, SecretError>, by: &str| match answer {
            Ok(secret) => {
                assert_eq!(secret.answered_by(), by, "{kind}");
                true
            }
            Err(error) => {
                assert_eq!(
                    (error.kind(), error.message()),
                    (kind, "the inner source failed")
                );
                false
            }
        };
        assert_eq!(
            answered(after(kind, in_environment()).await, "env"),
            environment,
            "{kind}"
        );
        assert_eq!(
            answered(after(kind, in_dotenv()).await, "dotenv"),
            dotenv,
            "{kind}"
        );
        let allowing = in_dotenv().dotenv_after_refusal(true);
        assert_eq!(
            answered(after(kind, allowing).await, "dotenv"),
            dotenv_after_refusal,
            "{kind}"
        );
    }
}

#[tokio::test]
async fn the_transient_policy_falls_back_only_where_trying_again_may_help() {
    for (kind, falls_back) in [
        (ErrorKind::Unavailable, true),
        (ErrorKind::RateLimited, true),
        (ErrorKind::Denied, false),
        (ErrorKind::Unauthenticated, false),
        (ErrorKind::NotFound(Missing::Secret), false),
    ] {
        for config in [in_environment(), in_dotenv().dotenv_after_refusal(true)] {
            let answer = after(kind, config.clone().fallback(FallbackPolicy::Transient)).await;
            assert_eq!(answer.is_ok(), falls_back, "{kind}");
            assert!(
                after(kind, config.fallback(FallbackPolicy::Off))
                    .await
                    .is_err(),
                "{kind}"
            );
        }
    }
}

#[tokio::test]
async fn the_environment_answers_before_the_file() {
    let dotenv = Dotenv::parse(".env", "POSTGRES_DSN=in the file").unwrap();
    let secret = after(ErrorKind::Unavailable, in_environment().dotenv(dotenv))
        .await
        .unwrap();
    assert_eq!(secret.value().expose_secret(), "bare in the environment");
    assert_eq!(secret.origin().to_string(), "env (variable POSTGRES_DSN)");
}

#[tokio::test]
async fn the_origin_of_an_answer_from_a_file_has_file_and_line() {
    let secret = after(ErrorKind::Unavailable, in_dotenv()).await.unwrap();
    assert_eq!(
        secret.origin().to_string(),
        "dotenv (file .env, line 2, variable SHARED_DB_POSTGRES_DSN)"
    );
}

#[tokio::test]
async fn a_file_never_overrides() {
    let source = ScriptedSource::value("from the server").with_env(in_dotenv());
    assert_eq!(
        source
            .get(&address())
            .await
            .unwrap()
            .value()
            .expose_secret(),
        "from the server"
    );
}

#[tokio::test]
async fn where_nothing_answers_the_error_stays_and_names_what_was_tried() {
    let dotenv = Dotenv::parse("/app/.env", "").unwrap();
    let config = EnvConfig::new(Environment::default())
        .names(VariableNames::new().prefix("SHOP_"))
        .dotenv(dotenv);
    let error = SecretError::not_found(Missing::Secret).with_hint("did you mean `POSTGRES_DNS`?");
    let source = ScriptedSource::failing(error.clone()).with_env(config);
    let explained = source.get(&address()).await.unwrap_err();
    assert_eq!(
        (explained.kind(), explained.correlation_id()),
        (error.kind(), error.correlation_id())
    );
    assert_eq!(
        explained.hint(),
        Some(
            "did you mean `POSTGRES_DNS`?; no variable `SHOP_SHARED_DB_POSTGRES_DSN` or `POSTGRES_DSN` is set, \
             with or without `_FILE`, nor in /app/.env"
        )
    );
}

#[tokio::test]
async fn an_answer_in_the_sources_place_is_logged_by_what_it_hides_and_an_override_is_not() {
    let logs = LogCollector::new();
    let _installed = logs.install();
    after(ErrorKind::Denied, in_environment()).await.unwrap();
    let events = logs.events();
    assert_eq!(events[0].level().as_str(), "ERROR");
    assert_eq!(events[0].field("kind"), Some("denied"));
    assert_eq!(events[0].field("source"), Some("env"));
    assert_eq!(events[0].field("variable"), Some("POSTGRES_DSN"));
    assert_eq!(
        events[0].field("secret"),
        Some("infisical://prod/shared/db/POSTGRES_DSN")
    );
    logs.clear();
    let overriding = EnvConfig::new(Environment::from_pairs([("SHARED_DB_POSTGRES_DSN", "x")]));
    ScriptedSource::value("v")
        .with_env(overriding)
        .get(&address())
        .await
        .unwrap();
    assert_eq!(logs.text(), "");
}

#[tokio::test]
async fn the_log_shows_no_more_of_a_name_than_it_may() {
    for names in [LogNames::Hashed, LogNames::None] {
        let logs = LogCollector::new();
        let _installed = logs.install();
        after(ErrorKind::Unavailable, in_environment().log_names(names))
            .await
            .unwrap();
        assert!(logs.text().contains("in the source's place"));
        assert!(!logs.text().contains("POSTGRES_DSN"), "{}", logs.text());
    }
}

#[tokio::test]
async fn someone_must_act_on_a_refusal_and_not_on_an_outage() {
    for (kind, level) in [
        (ErrorKind::Denied, "ERROR"),
        (ErrorKind::Unauthenticated, "ERROR"),
        (ErrorKind::Unavailable, "WARN"),
        (ErrorKind::RateLimited, "WARN"),
        (ErrorKind::NotFound(Missing::Secret), "WARN"),
    ] {
        let logs = LogCollector::new();
        let _installed = logs.install();
        after(kind, in_environment()).await.unwrap();
        assert_eq!(logs.events()[0].level().as_str(), level, "{kind}");
    }
}

#[tokio::test]
async fn a_refresh_falls_back_where_the_source_answered_that_there_is_nothing_and_never_where_it_failed()
 {
    for (kind, falls_back) in [
        (ErrorKind::NotFound(Missing::Secret), true),
        (ErrorKind::NotFound(Missing::Folder), true),
        (ErrorKind::Unavailable, false),
        (ErrorKind::RateLimited, false),
        (ErrorKind::Unauthenticated, false),
        (ErrorKind::Denied, false),
        (ErrorKind::Protocol, false),
    ] {
        for config in [in_environment(), in_dotenv()] {
            let inner = ScriptedSource::failing(SecretError::new(kind, "failed"));
            let source = inner.clone().with_env(config);
            let answers = source.refresh_many(&[address()]).await;
            assert_eq!(answers[0].is_ok(), falls_back, "{kind}");
            assert_eq!(
                inner.refreshes(),
                [[address()]],
                "it is passed on as a refresh"
            );
        }
    }
}

#[tokio::test]
async fn an_override_comes_before_what_is_refreshed() {
    let inner = ScriptedSource::value("of the source");
    let environment = Environment::from_pairs([("SHARED_DB_POSTGRES_DSN", "of the variable")]);
    let source = inner.clone().with_env(EnvConfig::new(environment));
    let other = address().folder_address().secret("OTHER");
    let answers = source.refresh_many(&[address(), other.clone()]).await;
    let values = answers
        .iter()
        .map(|answer| answer.as_ref().unwrap().value().expose_secret());
    assert!(values.eq(["of the variable", "of the source"]));
    assert_eq!(inner.refreshes(), [[other]]);
    source.refresh_many(&[address()]).await;
    assert_eq!(inner.calls(), 1, "nothing is left to ask for");
}
