//! The handle of a running fake.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::builder::FakeBuilder;
use crate::counts::Counts;
use crate::era::Era;
use crate::faults::fault::Fault;
use crate::http::request::Request;
use crate::http::server::Server;
use crate::store::project::{Project, normal_path};
use crate::store::state::Denial;
use crate::store::token;

/// Controls a running fake server.
///
/// Clones control the same server, and it stops when the last one is dropped. Edits take effect with the
/// next request; those that name an environment and a folder concern the default project.
#[derive(Clone)]
pub struct Fake {
    running: Arc<Running>,
}

struct Running {
    server: Arc<Server>,
    accepting: AbortHandle,
    /// Ends the thread of a server that has one, by being dropped.
    thread: Mutex<Option<oneshot::Sender<()>>>,
}

impl Fake {
    /// Begins to set a server up.
    pub fn builder() -> FakeBuilder {
        FakeBuilder::new()
    }

    pub(crate) fn new(
        server: Arc<Server>,
        accepting: AbortHandle,
        thread: Option<oneshot::Sender<()>>,
    ) -> Self {
        Self {
            running: Arc::new(Running {
                server,
                accepting,
                thread: Mutex::new(thread),
            }),
        }
    }

    /// Gives the server's origin, such as `http://127.0.0.1:38123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Gives the address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server().port.address()
    }

    /// Gives the generation of server it plays.
    #[must_use]
    pub fn era(&self) -> Era {
        self.server().era
    }

    /// Gives the default identity's client id.
    #[must_use]
    pub fn client_id(&self) -> String {
        self.server().state().accounts[0].identity.client_id.clone()
    }

    /// Gives the default identity's client secret.
    #[must_use]
    pub fn client_secret(&self) -> String {
        self.server().state().accounts[0]
            .identity
            .client_secret
            .clone()
    }

    /// Gives the default project's id.
    #[must_use]
    pub fn project_id(&self) -> String {
        self.server().state().projects[0].id.clone()
    }

    /// Gives the slugs of the default project's environments, in their order.
    #[must_use]
    pub fn environments(&self) -> Vec<String> {
        let state = self.server().state();
        let environments = state.projects[0].environments.iter();
        environments
            .map(|environment| environment.slug.clone())
            .collect()
    }

    /// Gives the default project's slug.
    #[must_use]
    pub fn project_slug(&self) -> String {
        self.server().state().projects[0].slug.clone()
    }

    /// Gives the default identity an access token without a login, as token auth does.
    #[must_use]
    pub fn issue_token(&self) -> String {
        token::issue(&mut self.server().state(), 0).text
    }

    /// Gives a token of the user: a person who may read all projects, and has values of their own
    /// ([`SecretSeed::personal`](crate::SecretSeed::personal)).
    #[must_use]
    pub fn issue_user_token(&self) -> String {
        let state = &mut self.server().state();
        let user = state.user();
        token::issue(state, user).text
    }

    /// Gives the counts of requests.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.server().state().counts
    }

    /// Sets the counts to zero and forgets the requests.
    pub fn reset_counts(&self) {
        self.server().state().reset_counts();
    }

    /// Gives the requests that came in, oldest first: the last 10,000.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.server().state().log()
    }

    /// Sets a value: a new secret, or a new version of a known one. The folder is made if need be.
    pub fn set(&self, environment: &str, folder: &str, key: &str, value: &str) {
        self.edit(|project| project.folder_or_new(environment, folder).set(key, value));
    }

    /// Removes a secret, if it is there.
    pub fn remove(&self, environment: &str, folder: &str, key: &str) {
        self.edit(|project| {
            if let Some(found) = project.folder_mut(environment, folder) {
                found.secrets.retain(|secret| secret.key != key);
            }
        });
    }

    /// Lets readers see that a secret exists and not what it is: a list masks it, a look-up is refused.
    pub fn hide(&self, environment: &str, folder: &str, key: &str) {
        self.set_hidden(environment, folder, key, true);
    }

    /// Undoes [`hide`](Fake::hide).
    pub fn reveal(&self, environment: &str, folder: &str, key: &str) {
        self.set_hidden(environment, folder, key, false);
    }

    /// Forbids everyone to read a folder and those below it.
    pub fn deny(&self, environment: &str, folder: &str) {
        let mut state = self.server().state();
        let denial = denial(&state.projects[0], environment, folder);
        state.denied.push(denial);
    }

    /// Undoes [`deny`](Fake::deny).
    pub fn allow(&self, environment: &str, folder: &str) {
        let mut state = self.server().state();
        let denial = denial(&state.projects[0], environment, folder);
        state.denied.retain(|known| *known != denial);
    }

    /// Guards a folder with a change policy: a write is answered with an approval to be given, and nothing
    /// is stored.
    pub fn require_approval(&self, environment: &str, folder: &str) {
        let mut state = self.server().state();
        let place = denial(&state.projects[0], environment, folder);
        state.guarded.push(place);
    }

    /// Gives the current value of a secret, without asking over HTTP.
    #[must_use]
    pub fn value(&self, environment: &str, folder: &str, key: &str) -> Option<String> {
        let state = self.server().state();
        let located = state.projects[0].locate(environment, &normal_path(folder))?;
        Some(located.folder.secret(key)?.value().to_owned())
    }

    /// Lets a folder import another, after the imports it has; the other need not exist.
    pub fn import(
        &self,
        environment: &str,
        folder: &str,
        from_environment: &str,
        from_folder: &str,
    ) {
        self.edit(|project| {
            project
                .folder_or_new(environment, folder)
                .import(from_environment, &normal_path(from_folder));
        });
    }

    /// Lets every token issued so far be over its time: its next use is 403 `TokenError`.
    pub fn expire_tokens(&self) {
        for token in self.server().state().tokens.values_mut() {
            token.expire();
        }
    }

    /// Revokes every token issued so far: its next use is 401.
    pub fn revoke_tokens(&self) {
        for token in self.server().state().tokens.values_mut() {
            token.delete();
        }
    }

    /// Gives the default identity a new client secret; tokens it has stay good.
    pub fn rotate_client_secret(&self, client_secret: &str) {
        let account = &mut self.server().state().accounts[0];
        client_secret.clone_into(&mut account.identity.client_secret);
        account.secret_gone = false;
        account.secret_uses = 0;
    }

    /// Adds a fault after those already scripted.
    pub fn script(&self, fault: Fault) {
        self.server().state().faults.push(fault);
    }

    /// Adds several faults, in order.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.server().state().faults.extend(faults);
    }

    /// Forgets all faults, those included that are not used up.
    pub fn clear_faults(&self) {
        self.server().state().faults.clear();
    }

    /// Takes the server down: connecting is refused at once, and open connections are dropped.
    pub fn go_down(&self) {
        self.server().port.close();
    }

    /// Brings the server back, at the same port and with all it knew.
    ///
    /// # Errors
    ///
    /// Fails when the system does not let it listen again.
    pub fn come_back(&self) -> io::Result<()> {
        self.server().port.reopen()
    }

    /// Tells whether the server is down.
    #[must_use]
    pub fn is_down(&self) -> bool {
        !self.server().port.is_open()
    }

    /// Stops the server for good and frees its port, whatever other handles exist.
    pub fn stop(&self) {
        self.running.stop();
    }

    fn server(&self) -> &Server {
        &self.running.server
    }

    fn edit(&self, change: impl FnOnce(&mut Project)) {
        change(&mut self.server().state().projects[0]);
    }

    fn set_hidden(&self, environment: &str, folder: &str, key: &str, hidden: bool) {
        self.edit(|project| {
            let found = project.folder_mut(environment, folder);
            if let Some(secret) = found.and_then(|found| found.secret_mut(key)) {
                secret.hidden = hidden;
            }
        });
    }
}

impl fmt::Debug for Fake {
    /// Shows address and era, and nothing of what the server knows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fake")
            .field("url", &self.url())
            .field("era", &self.era())
            .field("is_down", &self.is_down())
            .finish_non_exhaustive()
    }
}

impl Running {
    fn stop(&self) {
        self.accepting.abort();
        self.server.port.give_up();
        drop(
            self.thread
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

fn denial(project: &Project, environment: &str, folder: &str) -> Denial {
    Denial {
        project: project.id.clone(),
        environment: environment.to_owned(),
        folder: normal_path(folder),
    }
}
