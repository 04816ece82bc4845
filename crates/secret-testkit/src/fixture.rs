//! [`Fixture`]: what the laws need to know about the source they try.

use secret_ref::FolderPath;
use secret_source::{ExposeSecret, FolderAddress, SecretAddress, SecretString};

use crate::Canary;

/// Says what a source holds and what it supports, so that the laws know what to expect.
///
/// # Examples
///
/// ```
/// use secret_source::FolderAddress;
/// use secret_testkit::{Canary, Fixture};
///
/// let folder = FolderAddress::new("vault", "prod", &"/db".parse()?);
/// let fixture = Fixture::new(folder.secret("NO_SUCH_SECRET"))
///     .secret(folder.secret("PASSWORD"), Canary::named("password").value())
///     .secret(folder.secret("DSN"), Canary::named("dsn").value())
///     .supports_versions()
///     .credential(Canary::named("vault token"));
/// # let _ = fixture;
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fixture {
    secrets: Vec<(SecretAddress, SecretString)>,
    missing: SecretAddress,
    foreign_project: String,
    credentials: Vec<Canary>,
    versions: bool,
    personal: bool,
}

impl Fixture {
    /// Begins with the address of a secret that does not exist.
    pub fn new(missing: SecretAddress) -> Self {
        Self {
            secrets: Vec::new(),
            missing,
            foreign_project: "project-of-nobody".to_owned(),
            credentials: Vec::new(),
            versions: false,
            personal: false,
        }
    }

    /// Makes up four secrets in two folders, whose values are canaries, for a source that can be
    /// filled with whatever a test likes.
    pub fn example(scheme: &str, environment: &str) -> Self {
        let root = FolderAddress::new(scheme, environment, &FolderPath::root());
        // The path is correct as it stands, and the root would serve as well.
        let path = FolderPath::parse("/shared/db").unwrap_or_default();
        let folder = FolderAddress::new(scheme, environment, &path);
        let secrets = [
            folder.secret("POSTGRES_DSN"),
            folder.secret("POSTGRES_PASSWORD"),
            root.secret("API_TOKEN"),
            root.secret("SESSION_KEY"),
        ];
        secrets.into_iter().fold(
            Self::new(folder.secret("NO_SUCH_SECRET")),
            |fixture, address| {
                let canary = Canary::named(address.to_string());
                fixture.secret(address, canary.value())
            },
        )
    }

    /// Adds a secret that the source holds, with its value.
    #[must_use]
    pub fn secret(mut self, address: SecretAddress, value: impl Into<SecretString>) -> Self {
        self.secrets.push((address, value.into()));
        self
    }

    /// Adds a credential of the source, which nothing may ever show.
    #[must_use]
    pub fn credential(mut self, canary: Canary) -> Self {
        self.credentials.push(canary);
        self
    }

    /// Says that the source knows versions; without this it must refuse them.
    #[must_use]
    pub fn supports_versions(mut self) -> Self {
        self.versions = true;
        self
    }

    /// Says that the source knows personal values; without this it must refuse them.
    #[must_use]
    pub fn supports_personal_values(mut self) -> Self {
        self.personal = true;
        self
    }

    /// Names a project of which the source holds nothing; the default is `project-of-nobody`.
    #[must_use]
    pub fn foreign_project(mut self, project: impl Into<String>) -> Self {
        self.foreign_project = project.into();
        self
    }

    /// Returns the addresses that the source answers.
    pub fn addresses(&self) -> impl Iterator<Item = &SecretAddress> {
        self.secrets.iter().map(|(address, _)| address)
    }

    /// Returns what the source answers, in the clear, to fill it with.
    pub fn values(&self) -> impl Iterator<Item = (&SecretAddress, &str)> {
        self.secrets
            .iter()
            .map(|(address, value)| (address, value.expose_secret()))
    }

    /// Returns the address that the source does not answer.
    pub fn missing(&self) -> &SecretAddress {
        &self.missing
    }

    /// Returns canaries for the values and the credentials, each named so that it can be told apart.
    pub fn canaries(&self) -> Vec<Canary> {
        let values = self
            .values()
            .map(|(address, value)| Canary::of_value(format!("value of {address}"), value));
        values.chain(self.credentials.iter().cloned()).collect()
    }

    pub(crate) fn credentials(&self) -> &[Canary] {
        &self.credentials
    }

    pub(crate) fn project_of_nobody(&self) -> &str {
        &self.foreign_project
    }

    pub(crate) fn has_versions(&self) -> bool {
        self.versions
    }

    pub(crate) fn has_personal_values(&self) -> bool {
        self.personal
    }
}
