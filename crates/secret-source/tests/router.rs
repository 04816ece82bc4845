//! How the router keeps sources, schemes and tenants apart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::sync::Arc;

use secret_ref::FolderPath;
use secret_source::{
    Entry, ErrorKind, ExposeSecret, FolderAddress, MemorySource, PutOptions, Router, SecretAddress,
    SecretSource, SecretStore, SourceExt,
};

fn router() -> Router {
    let source = |reference: &str, value: &str| MemorySource::new().with(reference, value).unwrap();
    Router::builder()
        .scheme("infisical", source("infisical://dev/KEY", "ours"))
        .tenant(
            "infisical",
            "acme",
            source("infisical://acme@dev/KEY", "acme's"),
        )
        .scheme("vault", source("vault://dev/KEY", "the vault's"))
        .build()
}

fn address(scheme: &str, project: Option<&str>) -> SecretAddress {
    let address = SecretAddress::new(scheme, "dev", &FolderPath::root(), "KEY");
    match project {
        Some(project) => address.with_project(project),
        None => address,
    }
}

#[tokio::test]
async fn a_batch_is_split_by_source_and_answered_in_order() {
    let asked = [
        address("vault", None),
        address("infisical", Some("acme")),
        address("nowhere", None),
        address("infisical", None),
        address("vault", None),
    ];
    let answers = router().lookup_many(&asked).await;
    let values: Vec<_> = answers
        .iter()
        .map(|answer| {
            answer
                .as_ref()
                .ok()
                .map(|secret| secret.value().expose_secret())
        })
        .collect();
    assert_eq!(
        values,
        [
            Some("the vault's"),
            Some("acme's"),
            None,
            Some("ours"),
            Some("the vault's")
        ]
    );
    assert_eq!(answers[2].as_ref().unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn a_project_that_is_no_tenant_goes_to_the_schemes_own_source() {
    let error = router()
        .lookup(&address("infisical", Some("other")))
        .await
        .unwrap_err();
    assert!(
        error.kind() == ErrorKind::Invalid,
        "another project is never answered with ours: {error:?}"
    );
}

#[tokio::test]
async fn a_near_scheme_is_suggested() {
    let error = router().lookup(&address("vaul", None)).await.unwrap_err();
    assert_eq!(error.hint(), Some("did you mean `vault://`?"));
}

#[tokio::test]
async fn a_folder_is_listed_by_the_source_that_has_it() {
    let folder = FolderAddress::new("infisical", "dev", &FolderPath::root()).with_project("acme");
    let listed = router().list(&folder).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].1.value().expose_secret(), "acme's");
    let beneath = router().list_recursive(&folder).await.unwrap();
    assert_eq!(beneath[0].1.value().expose_secret(), "acme's");
}

#[tokio::test]
async fn a_batch_of_writes_is_split_by_store_and_told_in_order() {
    let (ours, acmes) = (Arc::new(MemorySource::new()), Arc::new(MemorySource::new()));
    let router = Router::of_stores()
        .scheme("infisical", Arc::clone(&ours))
        .tenant("infisical", "acme", Arc::clone(&acmes))
        .build();
    let asked = [
        address("infisical", Some("acme")),
        address("nowhere", None),
        address("infisical", None),
    ];
    let entries = asked.clone().map(|address| {
        let value = format!("for {:?}", address.project());
        Entry::new(address, value)
    });
    let written = router.put_many(&entries, PutOptions::create()).await;
    let kinds = |outcomes: Vec<Option<ErrorKind>>| {
        assert_eq!(outcomes, [None, Some(ErrorKind::Invalid), None])
    };
    kinds(
        written
            .into_iter()
            .map(|outcome| outcome.err().map(|error| error.kind()))
            .collect(),
    );
    for (store, address) in [(&acmes, &asked[0]), (&ours, &asked[2])] {
        let stored = store.lookup(address).await.unwrap();
        assert_eq!(
            stored.value().expose_secret(),
            format!("for {:?}", address.project())
        );
    }
    assert!(ours.lookup(&asked[0]).await.is_err());

    let deleted = router.delete_many(&asked).await;
    kinds(
        deleted
            .into_iter()
            .map(|outcome| outcome.err().map(|error| error.kind()))
            .collect(),
    );
    assert!(acmes.lookup(&asked[0]).await.is_err());
}

#[tokio::test]
async fn a_scheme_of_tenants_alone_names_them() {
    let router = Router::builder()
        .tenant("infisical", "acme", MemorySource::new())
        .build();
    let error = router
        .lookup(&address("infisical", None))
        .await
        .unwrap_err();
    assert_eq!(error.hint(), Some("name one of them: infisical://acme@"));
}
