//! A fake server, a client of it that waits for nothing, and short names for what tests ask.

use std::time::Duration;

use infisical_fake::{Era, Fake, Seed};
use infisical_http::{Infisical, InfisicalBuilder};
use secret_ref::FolderPath;
use secret_source::{ExposeSecret, FolderAddress, Secret, SecretAddress, SecretError};

pub(crate) const FOLDERS: [&str; 5] = [
    "/shared/db",
    "/shared/kafka",
    "/services/api",
    "/services/web",
    "/",
];

/// Starts a server with ten keys, `KEY_0` to `KEY_9`, in each of five folders of `dev`.
pub(crate) async fn fake(era: Era) -> Fake {
    let mut seed = Seed::new();
    for folder in FOLDERS {
        for index in 0..10 {
            seed = seed.secret(
                "dev",
                folder,
                &format!("KEY_{index}"),
                &value(folder, index),
            );
        }
    }
    serve(era, seed).await
}

pub(crate) async fn serve(era: Era, seed: Seed) -> Fake {
    Fake::builder().era(era).seed(seed).start().await.unwrap()
}

pub(crate) fn value(folder: &str, index: usize) -> String {
    format!("value {index} of {folder}")
}

/// Begins a client that repeats without a pause.
pub(crate) fn builder(fake: &Fake) -> InfisicalBuilder {
    Infisical::builder(&fake.url())
        .universal_auth(fake.client_id(), fake.client_secret())
        .project(fake.project_id())
        .retry_delay(Duration::ZERO)
}

pub(crate) fn client(fake: &Fake) -> Infisical {
    builder(fake).build().unwrap()
}

pub(crate) fn folder(environment: &str, path: &str) -> FolderAddress {
    FolderAddress::new("infisical", environment, &FolderPath::parse(path).unwrap())
}

pub(crate) fn address(path: &str, key: &str) -> SecretAddress {
    folder("dev", path).secret(key)
}

/// All fifty addresses of [`fake`], folder by folder.
pub(crate) fn fifty() -> Vec<SecretAddress> {
    let keys = |path| (0..10).map(move |index| address(path, &format!("KEY_{index}")));
    FOLDERS.into_iter().flat_map(keys).collect()
}

pub(crate) fn text(answer: Result<Secret, SecretError>) -> String {
    answer.unwrap().value().expose_secret().to_owned()
}

/// Lets time pass on tokio's clock without waiting for it.
pub(crate) async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
