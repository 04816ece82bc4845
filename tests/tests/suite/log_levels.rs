//! The line that each outcome is logged with: its level, and how much of the name it shows.

use secret_cache::{CacheConfig, CacheExt};
use secret_source::{
    CorrelationId, ErrorKind, Freshness, LogNames, MemorySource, Missing, Origin, Resolver, Secret,
    SecretAddress, SecretError, ValuePolicy,
};
use secret_testkit::{LogCollector, ScriptedSource};

/// Answers by the name of the key.
fn answer(address: &SecretAddress) -> Result<Secret, SecretError> {
    let found = |origin| Ok(Secret::new("value", Origin::new(origin)));
    match address.key() {
        "FETCHED" => found("infisical"),
        "ENV" => found("env"),
        "CACHED" => found("infisical").map(|secret| secret.served_from_cache(Freshness::Fresh)),
        "MISSING" => Err(SecretError::not_found(Missing::Secret)),
        "DENIED" => Err(SecretError::denied("no access to DENIED")),
        "REFUSED" => Err(SecretError::unauthenticated("wrong client secret")),
        "DOWN" => Err(SecretError::unavailable("no answer")),
        _ => Err(SecretError::protocol("gibberish")),
    }
}

/// Looks a reference up and returns the level and the text of the line about it.
async fn logged(reference: &str, names: LogNames) -> (String, String) {
    let logs = LogCollector::new();
    let installed = logs.install();
    let source = ScriptedSource::new(answer);
    let resolver = Resolver::builder(source).log_names(names).build().unwrap();
    let resolver = resolver.correlated(CorrelationId::from_u64(0xabc));
    let _ = resolver.answer(&reference.parse().unwrap()).await;
    drop(installed);
    let events = logs.events();
    assert_eq!(events.len(), 1, "one line for each answer: {}", logs.text());
    (events[0].level().to_string(), logs.text())
}

#[tokio::test]
async fn each_outcome_has_the_level_that_it_deserves() {
    let table = [
        ("infisical://dev/FETCHED", "INFO"),
        ("infisical://dev/ENV", "INFO"),
        ("infisical://dev/CACHED", "DEBUG"),
        ("infisical://dev/MISSING", "WARN"),
        ("infisical://dev/MISSING?optional", "DEBUG"),
        ("infisical://dev/MISSING?default=d", "DEBUG"),
        ("infisical://dev/DENIED", "ERROR"),
        ("infisical://dev/DENIED?default=d", "ERROR"),
        ("infisical://dev/REFUSED", "ERROR"),
        ("infisical://dev/DOWN", "ERROR"),
        ("infisical://dev/GIBBERISH", "ERROR"),
        ("infisical:///NO_ENVIRONMENT", "ERROR"),
        ("vault://dev/NO_SOURCE", "ERROR"),
    ];
    for (reference, level) in table {
        let (logged, text) = logged(reference, LogNames::Full).await;
        assert_eq!(logged, level, "{reference}: {text}");
        assert!(
            text.contains("0000000000000abc"),
            "the caller's id is in the line: {text}"
        );
    }
}

#[tokio::test]
async fn what_is_at_hand_and_may_not_be_used_is_told_once() {
    let source = MemorySource::new()
        .with("infisical://dev/EMPTY", "")
        .unwrap();
    let cached = source.cached(CacheConfig::new());
    let resolver = Resolver::builder(cached).empty_values(ValuePolicy::Error);
    let resolver = resolver.build().unwrap();
    let reference = "infisical://dev/EMPTY".parse().unwrap();
    assert!(resolver.answer(&reference).await.is_err());
    let logs = LogCollector::new();
    let _installed = logs.install();
    assert!(resolver.peek(&reference).is_none());
    assert!(resolver.answer(&reference).await.is_err());
    assert_eq!(logs.events().len(), 1, "{}", logs.text());
}

#[tokio::test]
async fn names_are_shown_as_far_as_the_setting_allows() {
    let (_, full) = logged("infisical://dev/DENIED", LogNames::Full).await;
    assert!(
        full.contains("infisical://dev/DENIED") && full.contains("no access"),
        "{full}"
    );
    for names in [LogNames::Hashed, LogNames::None] {
        let (_, text) = logged("infisical://dev/DENIED", names).await;
        assert!(!text.contains("DENIED"), "{text}");
        assert!(text.contains(ErrorKind::Denied.as_str()), "{text}");
    }
}
