//! The client on a server, and what a check says when it is not content.

use std::time::Duration;

use infisical_http::{Infisical, InfisicalBuilder};
use secret_ref::FolderPath;
use secret_source::{
    Entry, ExposeSecret, FolderAddress, PutOptions, Secret, SecretAddress, SecretError,
    SecretStore, SecretString, Written,
};

use crate::server::Server;

/// How long a look-up or a write may take: servers with a limit of requests ask for up to a minute.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// What became of a check. The text names no value.
pub(crate) type Outcome = Result<(), String>;

/// A server with a client of it, and the folder that everything is made in.
pub(crate) struct Scene<'a> {
    pub(crate) server: &'a Server,
    pub(crate) client: Infisical,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(server: &'a Server) -> Result<Self, String> {
        let client = builder(server, &server.settings.url).build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Self { server, client })
    }

    /// Begins another client, which has a token of its own, for the same server at this address.
    pub(crate) fn builder(&self, url: &str) -> InfisicalBuilder {
        builder(self.server, url)
    }

    /// Begins a client that is to be given a token.
    pub(crate) fn builder_without_login(&self) -> InfisicalBuilder {
        bare(self.server, &self.server.settings.url)
    }

    /// Gives the path of a folder below that of this run.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("/{}/{name}", self.server.settings.folder)
    }

    /// Gives the address of such a folder.
    pub(crate) fn folder(&self, name: &str) -> FolderAddress {
        let path = FolderPath::parse(&self.path(name)).unwrap_or_else(|_| FolderPath::root());
        FolderAddress::new("infisical", &self.server.settings.environment, &path)
    }

    pub(crate) fn secret(&self, folder: &str, key: &str) -> SecretAddress {
        self.folder(folder).secret(key)
    }

    /// Makes a value that holds the mark of this run.
    pub(crate) fn value(&self, text: &str) -> String {
        format!("{text} {}", self.server.settings.mark)
    }

    /// Writes values into a folder, which is made if need be.
    pub(crate) async fn fill(&self, folder: &str, secrets: &[(&str, &str)]) -> Outcome {
        let entries: Vec<_> = secrets
            .iter()
            .map(|(key, value)| Entry::new(self.secret(folder, key), *value))
            .collect();
        let options = PutOptions::upsert().create_folders();
        for outcome in self.client.put_many(&entries, options).await {
            outcome.map_err(failed("writing what the check needs"))?;
        }
        Ok(())
    }
}

fn builder(server: &Server, url: &str) -> InfisicalBuilder {
    let settings = &server.settings;
    let secret = SecretString::from(settings.client_secret.clone());
    bare(server, url).universal_auth(settings.client_id.clone(), secret)
}

fn bare(server: &Server, url: &str) -> InfisicalBuilder {
    Infisical::builder(url)
        .project(server.settings.project.clone())
        .lookup_deadline(PATIENCE)
        // Whoever gives the address of a server without TLS means it.
        .allow_http(true)
}

/// Writes a value.
pub(crate) async fn put(
    store: &impl SecretStore,
    address: &SecretAddress,
    value: &str,
    options: PutOptions,
) -> Result<Written, SecretError> {
    store.put(address, &value.into(), options).await
}

/// Says what failed, and how: an error of the client holds no value.
pub(crate) fn failed(what: &str) -> impl Fn(SecretError) -> String {
    move |error| format!("{what}: {}: {error}", error.kind().as_str())
}

/// Fails where something does not hold.
pub(crate) fn ensure(holds: bool, what: &str) -> Outcome {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

/// Fails where an answer is none, or another than expected.
pub(crate) fn same(answer: Result<Secret, SecretError>, expected: &str, what: &str) -> Outcome {
    let secret = answer.map_err(failed(what))?;
    let found = secret.value().expose_secret();
    ensure(found == expected, &format!("{what}: another value"))
}

/// Fails where an error is of another kind, or is none.
pub(crate) fn refused<T>(
    answer: Result<T, SecretError>,
    is_right: impl Fn(secret_source::ErrorKind) -> bool,
    what: &str,
) -> Outcome {
    match answer {
        Ok(_) => Err(format!("{what}: it succeeded")),
        Err(error) if is_right(error.kind()) => Ok(()),
        Err(error) => Err(failed(what)(error)),
    }
}
