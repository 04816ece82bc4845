//! A stack as an application uses it, over the imitation of an Infisical server and over memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::time::Duration;

use infisical_fake::{Fake, Fault, Seed};
use keyfob::{
    BreakerState, Environment, ErrorKind, ExposeSecret, LogNames, Override, Secret, SecretError,
    SecretRef, SecretString, Selector, Stack, StackBuilder, testing,
};
use secret_testkit::ScriptedSource;

async fn server() -> Fake {
    let seed = Seed::new()
        .secret("dev", "/db", "KEY", "from the server")
        .secret("dev", "/db", "OTHER", "other");
    Fake::builder().seed(seed).start().await.unwrap()
}

fn over(fake: &Fake) -> StackBuilder {
    Stack::builder()
        .address(&fake.url())
        .client_id(&fake.client_id())
        .client_secret(SecretString::from(fake.client_secret()))
        .project(&fake.project_id())
        .environment("dev")
        .retries(0)
}

fn variables(pairs: &[(&str, &str)]) -> Environment {
    Environment::from_pairs(pairs.iter().copied())
}

fn text(answer: Result<Secret, SecretError>) -> String {
    answer.unwrap().value().expose_secret().to_owned()
}

const KEY: &str = "infisical://dev/db/KEY";

#[tokio::test]
async fn the_layers_are_in_their_order() {
    let fake = server().await;
    let layers = over(&fake).build().unwrap().describe().sources[0]
        .layers
        .to_string();
    let order = ["env", "cache", "circuit breaker", "infisical"];
    let places: Vec<_> = order
        .iter()
        .map(|layer| {
            layers
                .find(layer)
                .unwrap_or_else(|| panic!("{layer} in {layers}"))
        })
        .collect();
    assert!(places.is_sorted(), "{layers}");
}

#[tokio::test]
async fn an_override_beats_the_cache_and_the_cache_beats_the_server() {
    let fake = server().await;
    let stack = over(&fake).build().unwrap();
    assert_eq!(text(stack.get(KEY).await), "from the server");
    fake.set("dev", "/db", "KEY", "changed");
    let cached = stack.get(KEY).await.unwrap();
    assert_eq!(
        (cached.value().expose_secret(), cached.answered_by()),
        ("from the server", "cache")
    );
    assert_eq!(text(stack.refresh(KEY).await), "changed");
    assert_eq!(text(stack.get(KEY).await), "changed");

    let stack = over(&fake)
        .variables(variables(&[("DB_KEY", "override")]))
        .build()
        .unwrap();
    let overridden = stack.get(KEY).await.unwrap();
    assert_eq!(
        (overridden.value().expose_secret(), overridden.answered_by()),
        ("override", "env")
    );
    assert_eq!(stack.describe().requests.unwrap().logins, 0);

    let stack = over(&fake)
        .variables(variables(&[("DB_KEY", "override")]))
        .env_override(Override::Off)
        .build()
        .unwrap();
    assert_eq!(text(stack.get(KEY).await), "changed");
}

#[tokio::test]
async fn a_stale_value_beats_the_environment_and_that_beats_an_error() {
    let fake = server().await;
    let environment = variables(&[("KEY", "from a variable"), ("OTHER", "from a variable")]);
    let stack = over(&fake)
        .variables(environment)
        .cache_ttl(Duration::from_millis(1))
        .build()
        .unwrap();
    assert_eq!(text(stack.get(KEY).await), "from the server");
    fake.go_down();

    let stale = until(&stack, |secret| secret.freshness().is_stale()).await;
    assert_eq!(stale.value().expose_secret(), "from the server");
    let fallback = stack.get("infisical://dev/db/OTHER").await.unwrap();
    assert_eq!(
        (fallback.value().expose_secret(), fallback.answered_by()),
        ("from a variable", "env")
    );
    let error = stack.get("infisical://dev/db/NOWHERE").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let given = stack
        .get("infisical://dev/db/NOWHERE?default=x")
        .await
        .unwrap_err();
    assert_eq!(
        given.kind(),
        ErrorKind::Unavailable,
        "a default excuses absence only"
    );
}

/// Asks again until the answer is as wanted; the cache's clock moves in steps of some milliseconds.
async fn until(stack: &Stack, wanted: impl Fn(&Secret) -> bool) -> Secret {
    let ask = async {
        loop {
            let secret = stack.get(KEY).await.unwrap();
            if wanted(&secret) {
                return secret;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ask)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_missing_secret_is_not_found_optional_or_not() {
    let fake = server().await;
    let stack = over(&fake).build().unwrap();
    for reference in [
        "infisical://dev/db/NOPE",
        "infisical://dev/db/NOPE?optional",
    ] {
        let error = stack.get(reference).await.unwrap_err();
        assert!(error.kind().is_not_found(), "{reference}: {error:?}");
        assert!(error.to_string().contains("dev/db/NOPE"), "{error}");
    }
    assert_eq!(
        text(stack.get("infisical://dev/db/NOPE?default=x").await),
        "x"
    );
}

#[tokio::test]
async fn a_batch_answers_in_order_and_costs_one_list() {
    let fake = server().await;
    let stack = over(&fake).build().unwrap();
    let answers = stack
        .get_many(&[
            "infisical:///db/OTHER",
            "not a reference",
            KEY,
            "infisical://dev/db/NOPE",
        ])
        .await;
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().err().map(|error| error.kind().as_str()))
        .collect();
    assert_eq!(kinds, [None, Some("invalid"), None, Some("not_found")]);
    assert_eq!(text(answers[0].clone()), "other");
    let requests = stack.describe().requests.unwrap();
    assert_eq!((requests.logins, requests.lists, requests.gets), (1, 1, 0));
}

#[tokio::test]
async fn peek_sees_what_is_at_hand_and_asks_nobody() {
    let fake = server().await;
    let stack = over(&fake).build().unwrap();
    assert!(stack.peek(KEY).is_none());
    assert_eq!(fake.counts().total, 0);
    stack.get(KEY).await.unwrap();
    let before = fake.counts().total;
    let seen = stack.peek("infisical:///db/KEY?encode=percent").unwrap();
    assert_eq!(seen.value().expose_secret(), "from%20the%20server");
    assert_eq!(fake.counts().total, before);
}

#[tokio::test]
async fn a_key_alone_means_the_default_folder() {
    let fake = server().await;
    let stack = over(&fake).folder("/db").build().unwrap();
    assert_eq!(text(stack.secret("KEY").await), "from the server");
    let error = testing::stack([]).unwrap().secret("KEY").await.unwrap_err();
    assert!(
        error.hint().unwrap().contains("INFISICAL_ENVIRONMENT"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_folder_is_listed() {
    let fake = server().await;
    let stack = over(&fake).build().unwrap();
    let secrets = stack.list("infisical://dev/db/").await.unwrap();
    let mut keys: Vec<_> = secrets.iter().map(|(address, _)| address.key()).collect();
    keys.sort();
    assert_eq!(keys, ["KEY", "OTHER"]);
    assert_eq!(
        stack.list(KEY).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
    let beneath = stack.list_recursive("infisical://dev/").await.unwrap();
    assert_eq!(beneath.len(), secrets.len());
}

#[tokio::test]
async fn after_a_shutdown_look_ups_get_an_error_of_their_own() {
    let fake = server().await;
    let stack = over(&fake)
        .variables(variables(&[("DB_OTHER", "override")]))
        .build()
        .unwrap();
    stack.get(KEY).await.unwrap();
    fake.script(Fault::status(503).times(1));
    assert!(stack.get("infisical://dev/other/KEY").await.is_err());
    let breaker = stack.describe().sources[0].breaker;
    assert_eq!(breaker, Some(BreakerState::Closed { failures: 1 }));
    stack.clone().shutdown().await;
    for reference in [KEY, "infisical://dev/db/OTHER"] {
        let error = stack.get(reference).await.unwrap_err();
        assert!(error.to_string().contains("shut down"), "{error}");
        assert!(stack.peek(reference).is_none());
        let refreshed = stack
            .resolver()
            .refresh_many(&[reference.parse::<SecretRef>().unwrap()])
            .await;
        let error = refreshed[0].as_ref().unwrap_err();
        assert!(error.to_string().contains("shut down"), "{error}");
        assert!(
            stack
                .refresh(reference)
                .await
                .unwrap_err()
                .to_string()
                .contains("shut down")
        );
    }
    let description = stack.describe();
    assert!(description.shut_down);
    assert_eq!(
        description.sources[0].breaker,
        Some(BreakerState::Closed { failures: 0 })
    );
    assert_eq!(description.requests.unwrap().revocations, 1);
    assert_eq!(description.sources[0].cache.unwrap().entries, 0);
}

#[tokio::test]
async fn a_refresh_asks_once_and_answers_with_what_it_fetched_where_nothing_is_kept() {
    let source = ScriptedSource::value(r#"{"user": "fetched"}"#);
    let stack = |pairs: &[(&str, &str)]| {
        let builder = Stack::builder().cache_ttl(Duration::ZERO);
        let builder = builder.variables(variables(pairs));
        let source = source.clone();
        builder.source("infisical", source).build().unwrap()
    };
    let reference = "infisical://dev/db/KEY#/user";
    let plain = stack(&[("KEY", "stands in")]);
    let fetched = plain.refresh(reference).await.unwrap();
    assert_eq!(fetched.value().expose_secret(), "fetched");
    assert_eq!(fetched.answered_by(), "api");
    assert_eq!(source.calls(), 1);
    let missing = plain.refresh("infisical://dev/db/KEY#/none").await;
    assert!(missing.unwrap_err().kind().is_not_found());
    let optional = "infisical://dev/db/KEY?default=none#/none";
    assert_eq!(text(plain.refresh(optional).await), "none");

    let overridden = stack(&[("DB_KEY", r#"{"user": "override"}"#)]);
    assert_eq!(text(overridden.refresh(reference).await), "override");
    assert_eq!(source.calls(), 4, "fetched all the same");
}

#[tokio::test]
async fn a_refused_login_is_tried_again_on_refresh_only() {
    let fake = server().await;
    let stack = over(&fake)
        .client_secret(SecretString::from("wrong"))
        .build()
        .unwrap();
    for _ in 0..10 {
        assert_eq!(
            stack.get(KEY).await.unwrap_err().kind(),
            ErrorKind::Unauthenticated
        );
    }
    assert_eq!(stack.describe().requests.unwrap().logins, 1);
    assert!(stack.refresh(KEY).await.is_err());
    assert_eq!(stack.describe().requests.unwrap().logins, 2);
}

#[tokio::test]
async fn invalidating_makes_the_next_look_up_ask_again() {
    let fake = server().await;
    let stack = over(&fake).build().unwrap();
    stack.get(KEY).await.unwrap();
    fake.set("dev", "/db", "KEY", "changed");
    assert_eq!(stack.cache().invalidate(&Selector::all()), 1);
    assert_eq!(text(stack.get(KEY).await), "changed");
    assert!(stack.cache().stats("infisical").unwrap().fetches >= 2);
}

#[tokio::test]
async fn nothing_configured_means_that_the_environment_answers() {
    let folder = tempfile::tempdir().unwrap();
    let dotenv = folder.path().join(".env");
    std::fs::write(&dotenv, "DB_OTHER='from $a file'\n").unwrap();
    let stack = Stack::builder()
        .variables(variables(&[
            ("DB_KEY", "qualified"),
            ("INFISICAL_ENVIRONMENT", "dev"),
        ]))
        .dotenv(dotenv.to_str().unwrap())
        .build()
        .unwrap();
    assert!(stack.describe().requests.is_none());
    assert_eq!(text(stack.get("infisical:///db/KEY").await), "qualified");
    assert_eq!(
        text(stack.get("infisical:///db/OTHER").await),
        "from $a file"
    );
    let error = stack.get("infisical:///db/NOPE").await.unwrap_err();
    assert!(error.kind().is_not_found(), "{error:?}");
    assert!(error.hint().unwrap().contains("DB_NOPE"), "{error:?}");
}

#[tokio::test]
async fn a_missing_dotenv_file_is_a_fault() {
    let error = Stack::builder()
        .dotenv("/no/such/.env")
        .build()
        .unwrap_err();
    assert_eq!(error.faults()[0].setting(), "dotenv");
}

#[tokio::test]
async fn the_explicit_map_gives_a_secret_a_variable_of_its_own() {
    let environment = variables(&[("DATABASE_URL", "mapped")]);
    let map = [("DATABASE_URL", "infisical:///db/KEY")];
    let stack = testing::builder([])
        .unwrap()
        .variables(environment.clone())
        .environment("dev")
        .env_map(map)
        .build()
        .unwrap();
    assert_eq!(text(stack.get(KEY).await), "mapped");
    let error = testing::builder([])
        .unwrap()
        .variables(environment)
        .env_map(map)
        .build()
        .unwrap_err();
    assert_eq!(
        error.faults()[0].setting(),
        "env_map",
        "a reference needs an environment"
    );
}

#[tokio::test]
async fn a_registered_scheme_has_layers_and_variables_of_its_own() {
    let environment = variables(&[("DB_KEY", "infisical's"), ("VAULT_DB_KEY", "the vault's")]);
    let secrets = [
        ("infisical://dev/db/KEY", "a"),
        ("vault://dev/db/KEY", "b"),
        ("vault://dev/db/SECOND", "c"),
    ];
    let stack = testing::builder(secrets)
        .unwrap()
        .variables(environment)
        .build()
        .unwrap();
    assert_eq!(text(stack.get(KEY).await), "infisical's");
    assert_eq!(text(stack.get("vault://dev/db/KEY").await), "the vault's");
    assert_eq!(text(stack.get("vault://dev/db/SECOND").await), "c");
    assert_eq!(stack.cache().stats("vault").unwrap().entries, 1);
    assert_eq!(stack.cache().stats("infisical").unwrap().entries, 0);
    assert_eq!(
        stack.get("vauld://dev/db/KEY").await.unwrap_err().hint(),
        Some("did you mean `vault://`?")
    );
}

#[tokio::test]
async fn a_scheme_that_is_none_is_a_fault() {
    let error = testing::builder([])
        .unwrap()
        .source("my_vault", NoSource)
        .build()
        .unwrap_err();
    assert_eq!(error.faults()[0].setting(), "source");
}

#[derive(Debug)]
struct NoSource;

#[keyfob::async_trait]
impl keyfob::SecretSource for NoSource {
    fn origin(&self) -> keyfob::Origin {
        keyfob::Origin::new("none")
    }

    async fn get(&self, _: &keyfob::SecretAddress) -> Result<Secret, SecretError> {
        Err(SecretError::unsupported("nothing is here"))
    }
}

#[tokio::test]
async fn references_outside_the_allow_lists_are_refused() {
    let stack = testing::builder([
        ("infisical://dev/db/KEY", "x"),
        ("infisical://prod/db/KEY", "y"),
    ])
    .unwrap()
    .environments(["dev"])
    .allowed_folders(["/db"])
    .build()
    .unwrap();
    assert_eq!(text(stack.get(KEY).await), "x");
    for reference in ["infisical://prod/db/KEY", "infisical://dev/other/KEY"] {
        assert_eq!(
            stack.get(reference).await.unwrap_err().kind(),
            ErrorKind::Invalid,
            "{reference}"
        );
    }
    assert_eq!(
        testing::builder([])
            .unwrap()
            .allowed_folders(["db"])
            .build()
            .unwrap_err()
            .faults()[0]
            .setting(),
        "allowed_folders"
    );
}

#[tokio::test]
async fn the_description_serialises_and_shows_no_value() {
    let fake = server().await;
    let stack = over(&fake).log_names(LogNames::None).build().unwrap();
    stack.get(KEY).await.unwrap();
    let text = serde_json::to_string(&stack.describe()).unwrap() + &format!("{stack:?}");
    for hidden in ["from the server", &fake.client_secret(), &fake.client_id()] {
        assert!(!text.contains(hidden), "{text}");
    }
    for shown in ["token_age_seconds", "closed", "builder", "cache_ttl"] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
}

/// Never answers.
#[derive(Debug)]
struct Hanging;

#[keyfob::async_trait]
impl keyfob::SecretSource for Hanging {
    fn origin(&self) -> keyfob::Origin {
        keyfob::Origin::new("hanging")
    }

    async fn get(
        &self,
        _address: &keyfob::SecretAddress,
    ) -> Result<keyfob::Secret, keyfob::SecretError> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_registered_source_that_hangs_is_an_outage_after_the_deadline() {
    let stack = Stack::builder()
        .source("vault", Hanging)
        .lookup_deadline(Duration::from_secs(7))
        .build()
        .unwrap();
    let before = tokio::time::Instant::now();
    let error = stack.get("vault://dev/KEY").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(before.elapsed(), Duration::from_secs(7));
    let answers = stack
        .get_many(&["vault://dev/KEY", "vault://dev/OTHER"])
        .await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(before.elapsed(), Duration::from_secs(14));
}

#[tokio::test(start_paused = true)]
async fn the_environment_stands_in_before_the_start_up_ends() {
    let stack = Stack::builder()
        .source("infisical", Hanging)
        .variables(Environment::from_pairs([("KEY", "from a variable")]))
        .lookup_deadline(Duration::from_secs(30))
        .startup_deadline(Duration::from_secs(10))
        .build()
        .unwrap();
    let answers = stack.get_many(&["infisical://dev/db/KEY"]).await;
    assert_eq!(
        answers[0].as_ref().unwrap().origin().name(),
        "env",
        "{answers:?}"
    );
}

#[tokio::test]
async fn look_ups_beyond_the_bound_are_told_so_and_the_breaker_does_not_count_them() {
    let source = ScriptedSource::value("value");
    source.hold();
    let builder = Stack::builder().environment("dev").waiting_lookups(1);
    let builder = builder
        .breaker_failures(1)
        .source("infisical", source.clone());
    let stack = builder.build().unwrap();
    let waiting = tokio::spawn({
        let stack = stack.clone();
        async move { stack.get("infisical:///A").await }
    });
    source.until_waiting(1).await;
    let error = stack.get("infisical:///B").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("look-ups wait"), "{error}");
    let breaker = stack.describe().sources[0].breaker;
    assert_eq!(breaker, Some(BreakerState::Closed { failures: 0 }));
    source.release();
    assert_eq!(text(waiting.await.unwrap()), "value");
    assert_eq!(text(stack.get("infisical:///B").await), "value");
}
