//! Looking up anew: what resolvers and routers pass on, and what they do with the answers.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use secret_ref::SecretRef;
use secret_source::{
    BlockingResolver, Driver, ErrorKind, ExposeSecret, MemorySource, Missing, Origin, Resolver,
    Router, Secret, SecretError, SecretSource,
};
use secret_testkit::ScriptedSource;

fn references<const N: usize>(texts: [&str; N]) -> Vec<SecretRef> {
    texts.map(|text| text.parse().unwrap()).to_vec()
}

/// Has an old value of everything at hand, and a new one of all but `NOPE` and `DOWN`.
fn source() -> ScriptedSource {
    let secret = |value: &str| Secret::new(value, Origin::new("script"));
    ScriptedSource::new(move |address| match address.key() {
        "NOPE" => Err(SecretError::not_found(Missing::Secret)),
        "DOWN" => Err(SecretError::unavailable("down")),
        _ => Ok(secret("new")),
    })
    .with_peek(move |_| Some(secret("old")))
}

fn outcome(answer: Result<Option<Secret>, SecretError>) -> Result<Option<String>, ErrorKind> {
    let text = |secret: Secret| secret.value().expose_secret().to_owned();
    answer
        .map(|secret| secret.map(text))
        .map_err(|error| error.kind())
}

#[tokio::test]
async fn a_refresh_is_one_batch_past_what_is_at_hand_and_defaults_excuse_only_what_is_missing() {
    let source = source();
    let resolver = Resolver::builder(source.clone()).build().unwrap();
    let asked = references([
        "infisical://dev/KEY",
        "infisical://dev/KEY?encode=base64",
        "infisical://dev/NOPE?default=d",
        "infisical://dev/NOPE?optional",
        "infisical://dev/DOWN?default=d",
        "vault://dev/KEY",
    ]);
    let answers: Vec<_> = resolver
        .refresh_many(&asked)
        .await
        .into_iter()
        .map(outcome)
        .collect();
    assert_eq!(
        answers,
        [
            Ok(Some("new".into())),
            Ok(Some("bmV3".into())),
            Ok(Some("d".into())),
            Ok(None),
            Err(ErrorKind::Unavailable),
            Err(ErrorKind::Invalid),
        ]
    );
    assert_eq!(source.refreshes().len(), 1);
    assert_eq!(source.refreshes()[0].len(), 3, "each address once");
    assert_eq!(source.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_is_late_is_not_answered_with_what_is_at_hand() {
    let source = source();
    source.hold();
    let limit = Duration::from_secs(60);
    let resolver = Resolver::builder(source)
        .batch_deadline(limit)
        .build()
        .unwrap();
    let before = tokio::time::Instant::now();
    let answers = resolver
        .refresh_many(&references(["infisical://dev/KEY"]))
        .await;
    assert_eq!(before.elapsed(), limit);
    assert_eq!(outcome(answers[0].clone()), Err(ErrorKind::Unavailable));
}

#[tokio::test]
async fn a_refresh_of_nothing_asks_nobody() {
    let source = source();
    let resolver = Resolver::builder(source.clone()).build().unwrap();
    assert!(resolver.refresh_many::<SecretRef>(&[]).await.is_empty());
    let unknown = references(["vault://dev/KEY"]);
    assert!(resolver.refresh_many(&unknown).await[0].is_err());
    assert_eq!(source.calls(), 0);
}

#[tokio::test]
async fn a_router_and_a_pointer_pass_a_refresh_on_as_what_it_is() {
    let (one, other) = (source(), source());
    let router = Router::builder()
        .scheme("infisical", one.clone())
        .scheme("vault", Box::new(other.clone()))
        .build();
    let resolver = Resolver::builder(router).scheme("vault").build().unwrap();
    let asked = references([
        "vault://dev/A",
        "infisical://dev/B",
        "nowhere://dev/C",
        "vault://dev/D",
    ]);
    let answers = resolver.refresh_many(&asked).await;
    let answered: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(answered, [true, true, false, true]);
    for (source, size) in [(one, 1), (other, 2)] {
        assert_eq!(source.calls(), 1);
        assert_eq!(source.refreshes()[0].len(), size);
    }
}

#[test]
fn a_blocking_resolver_refreshes_on_its_driver() {
    let source = source();
    let resolver = Resolver::builder(source.clone()).build().unwrap();
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver);
    let answers = blocking.refresh_many(&references(["infisical://dev/KEY"]));
    assert_eq!(outcome(answers[0].clone()), Ok(Some("new".into())));
    assert_eq!(source.refreshes().len(), 1);
}

#[tokio::test]
async fn a_source_that_keeps_nothing_refreshes_by_looking_up() {
    let memory = MemorySource::new()
        .with("infisical://dev/KEY", "value")
        .unwrap();
    let resolver = Resolver::builder(memory).build().unwrap();
    let asked = references(["infisical://dev/KEY"]);
    let address = resolver.address(&asked[0]).unwrap();
    let answers = resolver.source().refresh_many(&[address]).await;
    assert_eq!(
        answers[0].as_ref().unwrap().value().expose_secret(),
        "value"
    );
}
