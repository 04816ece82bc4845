//! How references become addresses, and answers become values.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secret_ref::{FolderPath, SecretRef};
use secret_source::{
    CorrelationId, ErrorKind, ExposeSecret, FolderAddress, MemorySource, Origin, Resolver, Secret,
    SecretAddress, SecretError, SecretSource, ValuePolicy, async_trait,
};

/// Counts the batches that reach a source in memory, and hangs for the key `HANG`.
#[derive(Debug)]
struct Counting {
    inner: MemorySource,
    batches: Arc<AtomicUsize>,
    addresses: Arc<AtomicUsize>,
}

#[async_trait]
impl SecretSource for Counting {
    fn origin(&self) -> Origin {
        self.inner.origin()
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.inner.get(address).await
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.batches.fetch_add(1, Ordering::SeqCst);
        self.addresses.fetch_add(addresses.len(), Ordering::SeqCst);
        if addresses.iter().any(|address| address.key() == "HANG") {
            std::future::pending::<()>().await;
        }
        self.inner.get_many(addresses).await
    }
}

fn references<const N: usize>(texts: [&str; N]) -> Vec<SecretRef> {
    texts
        .iter()
        .map(|text| SecretRef::parse(text).unwrap())
        .collect()
}

fn source() -> MemorySource {
    MemorySource::new()
        .with("infisical://dev/KEY", "value")
        .and_then(|source| source.with("infisical://dev/shared/db/EMPTY", ""))
        .and_then(|source| source.with("infisical://acme@dev/KEY", "acme's"))
        .unwrap()
}

#[tokio::test]
async fn an_address_is_asked_for_once_however_often_it_is_referenced() {
    let (batches, addresses) = (Arc::default(), Arc::default());
    let counting = Counting {
        inner: source(),
        batches: Arc::clone(&batches),
        addresses: Arc::clone(&addresses),
    };
    let resolver = Resolver::builder(counting)
        .environment("dev")
        .build()
        .unwrap();
    let asked = references([
        "infisical:///KEY",
        "infisical://dev/KEY?encode=base64",
        "infisical://dev/NOPE?default=d",
        "infisical://acme@dev/KEY",
    ]);
    let answers = resolver.answer_many(&asked).await;
    let values: Vec<_> = answers
        .iter()
        .map(|answer| {
            answer
                .as_ref()
                .unwrap()
                .as_ref()
                .unwrap()
                .value()
                .expose_secret()
        })
        .collect();
    assert_eq!(values, ["value", "dmFsdWU=", "d", "acme's"]);
    assert_eq!(batches.load(Ordering::SeqCst), 1);
    assert_eq!(addresses.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn one_bad_reference_fails_alone() {
    let resolver = Resolver::builder(source())
        .environment("dev")
        .build()
        .unwrap();
    let asked = references([
        "infisical:///KEY",
        "vault:///KEY",
        "infisical:///NOPE",
        "infisical:///KEY",
    ]);
    let answers = resolver.answer_many(&asked).await;
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().err().map(SecretError::kind))
        .collect();
    let not_found = answers[2].as_ref().unwrap_err().kind();
    assert!(not_found.is_not_found());
    assert_eq!(
        kinds,
        [None, Some(ErrorKind::Invalid), Some(not_found), None]
    );
    let correlations: Vec<_> = answers
        .iter()
        .flat_map(|answer| answer.as_ref().err())
        .collect();
    assert_eq!(
        correlations[0].correlation_id(),
        correlations[1].correlation_id()
    );
}

#[test]
fn a_reference_without_environment_names_the_variable_that_would_set_one() {
    let resolver = Resolver::builder(source()).build().unwrap();
    let error = resolver
        .address(&"infisical:///KEY".parse().unwrap())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(
        error.hint().unwrap().contains("INFISICAL_ENVIRONMENT"),
        "{error:?}"
    );
    assert!(error.to_string().contains("infisical:///KEY"), "{error}");
}

#[test]
fn the_allow_lists_hold_for_references_folders_and_bare_keys() {
    let folder = FolderPath::parse("/shared").unwrap();
    let resolver = Resolver::builder(source())
        .environment("dev")
        .allow_environments(["dev", "staging"])
        .allow_folders([folder.clone()])
        .build()
        .unwrap();
    let address = |text: &str| resolver.address(&text.parse().unwrap());
    assert!(address("infisical:///shared/db/KEY").is_ok());
    assert!(address("infisical://staging/shared/KEY").is_ok());
    assert!(address("infisical:///sharedother/KEY").is_err());
    assert!(
        resolver
            .folder(&"infisical://prod/shared/".parse().unwrap())
            .is_err()
    );
    assert!(
        resolver.key("KEY").is_err(),
        "the root folder is not allowed"
    );
    let error = address("infisical://stagin/shared/KEY").unwrap_err();
    assert_eq!(error.hint(), Some("did you mean `staging`?"));
}

#[test]
fn bare_keys_live_in_the_default_folder() {
    let resolver = Resolver::builder(source())
        .scheme("aardvark")
        .environment("dev")
        .folder(FolderPath::parse("/app").unwrap())
        .build()
        .unwrap();
    assert_eq!(
        resolver.key("KEY").unwrap().to_string(),
        "infisical://dev/app/KEY"
    );
}

#[tokio::test]
async fn an_empty_value_is_a_value_unless_the_policy_says_otherwise() {
    let reference = "infisical://dev/shared/db/EMPTY".parse().unwrap();
    for (policy, accepted) in [
        (ValuePolicy::Allow, true),
        (ValuePolicy::Warn, true),
        (ValuePolicy::Error, false),
    ] {
        let resolver = Resolver::builder(source())
            .empty_values(policy)
            .build()
            .unwrap();
        assert_eq!(
            resolver.answer(&reference).await.is_ok(),
            accepted,
            "{policy:?}"
        );
    }
}

/// Answers everything with a value that its server did not expand.
#[derive(Debug)]
struct Unexpanded;

#[async_trait]
impl SecretSource for Unexpanded {
    fn origin(&self) -> Origin {
        Origin::new("unexpanded")
    }

    async fn get(&self, _address: &SecretAddress) -> Result<Secret, SecretError> {
        Ok(Secret::new("${OTHER}", self.origin()).with_unexpanded(true))
    }

    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        let address = folder.secret("KEY");
        let secret = self.get(&address).await?;
        Ok(vec![(address, secret)])
    }
}

#[tokio::test]
async fn an_unexpanded_value_fails_a_list_of_values_and_not_one_of_names() {
    let folder = "infisical://dev/".parse().unwrap();
    let id = CorrelationId::generate();
    let strict = Resolver::builder(Unexpanded)
        .build()
        .unwrap()
        .correlated(id);
    let error = strict.list(&folder).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert_eq!(error.correlation_id(), id);
    let names = strict.addresses_in(&folder, false).await.unwrap();
    assert_eq!(names[0].key(), "KEY");
    let error = strict.addresses_in(&folder, true).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.correlation_id(), id);
}

#[tokio::test]
async fn an_unexpanded_value_is_refused_unless_the_reference_or_the_policy_allows_it() {
    let strict = Resolver::builder(Unexpanded).build().unwrap();
    let plain = "infisical://dev/KEY?default=d".parse().unwrap();
    let error = strict.answer(&plain).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(!format!("{error:?}").contains("OTHER"), "{error:?}");
    let exempt = "infisical://dev/KEY?unresolved=allow".parse().unwrap();
    assert!(strict.answer(&exempt).await.is_ok());
    let lenient = Resolver::builder(Unexpanded)
        .unexpanded_values(ValuePolicy::Warn)
        .build()
        .unwrap();
    assert!(lenient.answer(&plain).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_with_its_deadline() {
    let counting = Counting {
        inner: source(),
        batches: Arc::default(),
        addresses: Arc::default(),
    };
    let resolver = Resolver::builder(counting)
        .environment("dev")
        .batch_deadline(Duration::from_secs(60))
        .build()
        .unwrap();
    let before = tokio::time::Instant::now();
    let answers = resolver
        .answer_many(&references(["infisical:///HANG", "infisical:///KEY"]))
        .await;
    assert_eq!(before.elapsed(), Duration::from_secs(60));
    for answer in answers {
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn peeking_applies_the_reference_and_asks_nobody() {
    /// Has everything at hand.
    #[derive(Debug)]
    struct Ready(Arc<AtomicUsize>);

    #[async_trait]
    impl SecretSource for Ready {
        fn origin(&self) -> Origin {
            Origin::new("ready")
        }

        fn peek(&self, address: &SecretAddress) -> Option<Secret> {
            self.0.fetch_add(1, Ordering::SeqCst);
            (address.key() == "KEY").then(|| Secret::new("value", self.origin()))
        }

        async fn get(&self, _address: &SecretAddress) -> Result<Secret, SecretError> {
            Err(SecretError::protocol("nobody is to be asked"))
        }
    }

    let peeks = Arc::new(AtomicUsize::new(0));
    let resolver = Resolver::builder(Ready(Arc::clone(&peeks)))
        .build()
        .unwrap();
    let peek = |text: &str| resolver.peek(&text.parse().unwrap());
    let secret = peek("infisical://dev/KEY?encode=base64").unwrap();
    assert_eq!(secret.value().expose_secret(), "dmFsdWU=");
    assert!(peek("infisical://dev/OTHER?default=d").is_none());
    assert_eq!(peeks.load(Ordering::SeqCst), 2, "a peek is one hit");
}

#[tokio::test]
async fn a_folder_is_listed_with_what_is_beneath_it_or_without() {
    let source = source().with("infisical://dev/sharedother/KEY", "begins alike");
    let resolver = Resolver::builder(source.unwrap())
        .environment("dev")
        .build()
        .unwrap();
    let shown = |listed: Result<Vec<(SecretAddress, Secret)>, SecretError>| {
        let listed = listed.unwrap().into_iter();
        listed
            .map(|(address, _)| address.to_string())
            .collect::<Vec<_>>()
    };
    let root = "infisical:///".parse().unwrap();
    assert_eq!(
        shown(resolver.list(&root).await),
        ["infisical://dev/KEY"],
        "another project's is not among them"
    );
    assert_eq!(
        shown(resolver.list_recursive(&root).await),
        [
            "infisical://dev/KEY",
            "infisical://dev/shared/db/EMPTY",
            "infisical://dev/sharedother/KEY",
        ]
    );
    let shared = "infisical:///shared/".parse().unwrap();
    assert!(
        resolver
            .list(&shared)
            .await
            .unwrap_err()
            .kind()
            .is_not_found()
    );
    assert_eq!(shown(resolver.list_recursive(&shared).await).len(), 1);
    for wrong in ["infisical://nowhere/", "vault://dev/"] {
        let wrong = wrong.parse().unwrap();
        let errors = [
            resolver.list(&wrong).await.unwrap_err(),
            resolver.list_recursive(&wrong).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::Invalid, "{wrong}");
        }
    }
}
