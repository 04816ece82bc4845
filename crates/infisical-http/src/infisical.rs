//! [`Infisical`]: the source that asks an Infisical server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secret_source::{FolderAddress, Origin, Secret, SecretAddress, SecretError, SecretSource};

use crate::client::Client;
use crate::read::trees::Occasion;
use crate::{InfisicalBuilder, Requests};

/// Answers addresses from one Infisical server, as one identity.
///
/// Clones share the connections, the token and what was learned about the server. A client belongs to
/// the tokio runtime that uses it first and says so on any other.
///
/// * References in one folder cost one list, many folders of one environment one recursive list, and a batch of
///   one address a look-up by name.
/// * A list is read in full once; after that the server is asked whether it changed.
/// * Any number of concurrent callers share one login; a refused one is remembered and not repeated.
/// * What may be repeated is, with exponential backoff and full jitter, within one deadline. A pause that the
///   server asks for holds for all requests of its kind: a look-up that has no time for it fails at once, with
///   the pause on its error.
/// * One reference that may not be followed denies its own secret, although the server refuses the whole list.
/// * Versions and personal values are asked for by name. A server that ignores the version makes the
///   look-up fail with [`Unsupported`](secret_source::ErrorKind::Unsupported).
/// * Every error carries the correlation id that its requests were sent with.
///
/// # Order
///
/// Innermost: decorators wrap it, the circuit breaker first.
///
/// # Examples
///
/// ```
/// use infisical_fake::{Fake, Seed};
/// use infisical_http::Infisical;
/// use secret_source::{ExposeSecret, SecretAddress, SecretSource};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let server = Fake::builder().seed(Seed::new().secret("prod", "/db", "PASSWORD", "correct horse")).start().await?;
/// let infisical = Infisical::builder(&server.url())
///     .universal_auth(server.client_id(), server.client_secret())
///     .project(server.project_id())
///     .build()?;
///
/// let address = SecretAddress::new("infisical", "prod", &"/db".parse()?, "PASSWORD");
/// assert_eq!(infisical.get(&address).await?.value().expose_secret(), "correct horse");
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Infisical(Arc<Client>);

impl Infisical {
    /// Begins a client for the server at `address`: `https://host`, with or without `/api`.
    pub fn builder(address: &str) -> InfisicalBuilder {
        InfisicalBuilder::new(address)
    }

    pub(crate) fn new(client: Client) -> Self {
        Self(Arc::new(client))
    }

    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.0
    }

    /// Returns the server's host, with the port where it is not the scheme's own.
    pub fn host(&self) -> &str {
        self.0.transport.server.host()
    }

    /// Returns how many requests of each kind were sent so far.
    pub fn requests(&self) -> Requests {
        self.0.transport.counters.read()
    }

    /// Returns how long ago the token that is in use was obtained; `None` before the first login.
    pub fn token_age(&self) -> Option<Duration> {
        self.0.tokens.age()
    }

    /// Forgets that the server refused the credentials, or failed to answer a login, so that the next look-up
    /// tries them again.
    ///
    /// Call it when a refresh is forced: someone may have put the identity right.
    pub fn forget_refusal(&self) {
        self.0.tokens.forget_refusal();
    }

    /// Asks the server to forget the token, and forgets it here; a later look-up logs in again.
    ///
    /// It takes no longer than one request may. Nothing is sent where there is no token, or where the
    /// token was given instead of obtained, since others may be using it.
    ///
    /// # Errors
    ///
    /// Fails where the server did not confirm. The token then stays valid until it expires.
    pub async fn revoke(&self) -> Result<(), SecretError> {
        self.0.home.enter()?;
        self.0.kept.clear();
        self.0.tokens.revoke().await
    }

    /// Revokes the token as [`revoke`](Self::revoke) does, and ends this client and its clones: no look-up
    /// and no write gets a token any more. Its connections end too, with what they buffer of the last answers.
    ///
    /// So none is obtained that nobody would revoke. What is under way ends with what was already sent; a
    /// later look-up is [`Invalid`](secret_source::ErrorKind::Invalid).
    ///
    /// # Errors
    ///
    /// Fails where the server did not confirm. The token then stays valid until it expires.
    ///
    /// # Examples
    ///
    /// ```
    /// use infisical_fake::{Fake, Seed};
    /// use infisical_http::Infisical;
    /// use secret_source::{ErrorKind, SecretAddress, SecretSource};
    ///
    /// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
    /// let server = Fake::builder().seed(Seed::new().secret("prod", "/db", "PASSWORD", "pw")).start().await?;
    /// let infisical = Infisical::builder(&server.url())
    ///     .universal_auth(server.client_id(), server.client_secret())
    ///     .project(server.project_id())
    ///     .build()?;
    /// infisical.close().await?;
    ///
    /// let address = SecretAddress::new("infisical", "prod", &"/db".parse()?, "PASSWORD");
    /// assert_eq!(infisical.get(&address).await.unwrap_err().kind(), ErrorKind::Invalid);
    /// assert_eq!(server.counts().logins, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub async fn close(&self) -> Result<(), SecretError> {
        self.0.home.enter()?;
        self.0.kept.close();
        let outcome = self.0.tokens.close().await;
        // A login that is still under way revokes its token first, and hangs up then.
        if !self.0.tokens.is_logging_in() {
            self.0.transport.hang_up();
            // Lets the connections hear of it, on a runtime that nobody may run afterwards.
            tokio::task::yield_now().await;
        }
        outcome
    }
}

impl Infisical {
    async fn look_up(
        &self,
        addresses: &[SecretAddress],
        occasion: Occasion,
    ) -> Vec<Result<Secret, SecretError>> {
        match self.0.home.enter() {
            Ok(()) => self.0.look_up(addresses, occasion).await,
            Err(error) => addresses
                .iter()
                .map(|address| Err(error.clone().with_address(address)))
                .collect(),
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl SecretSource for Infisical {
    fn origin(&self) -> Origin {
        let origin = Origin::new("infisical").with("host", self.host());
        match &self.0.projects.default {
            Some(project) => origin.with("project", project),
            None => origin,
        }
    }

    fn peek(&self, _address: &SecretAddress) -> Option<Secret> {
        None
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let mut answers = self.get_many(std::slice::from_ref(address)).await;
        answers
            .pop()
            .unwrap_or_else(|| Err(SecretError::protocol("the look-up gave no answer")))
    }

    async fn get_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.look_up(addresses, Occasion::LookUp).await
    }

    /// Every look-up asks the server, if only whether what it answered before has changed. What is asked for anew is
    /// likely to be the same, so up to fifty folders are asked that one by one while the budget of requests lasts.
    async fn refresh_many(&self, addresses: &[SecretAddress]) -> Vec<Result<Secret, SecretError>> {
        self.look_up(addresses, Occasion::Renewal).await
    }

    /// Lists a folder with what it imports, whole or not at all: one value that the identity may not read,
    /// or one reference that leads to such a value, denies the list. [`get_many`](Self::get_many) denies only
    /// the secrets concerned.
    async fn list(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.0.home.enter()?;
        self.0.look_into(folder).await
    }

    /// Finds the folders by asking each for those in it, and lists each as [`list`](Self::list) does: two
    /// requests for each folder. A server's own recursive list is one request, but it leaves out, without a
    /// word, what the identity may not read, and does not tell which folder imports what.
    async fn list_recursive(
        &self,
        folder: &FolderAddress,
    ) -> Result<Vec<(SecretAddress, Secret)>, SecretError> {
        self.0.home.enter()?;
        self.0.look_beneath(folder).await
    }
}

/// Shows the server and how the client logs in, and no credential.
impl fmt::Debug for Infisical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Infisical")
            .field("host", &self.host())
            .field("project", &self.0.projects.default)
            .field("login", &self.0.tokens.identity().method.name())
            .field("requests", &self.requests())
            .finish_non_exhaustive()
    }
}
