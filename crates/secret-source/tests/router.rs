//! How the router keeps sources, schemes and tenants apart.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use secret_ref::FolderPath;
use secret_source::{
    ErrorKind, ExposeSecret, FolderAddress, MemorySource, Router, SecretAddress, SecretSource,
    SourceExt,
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
}
