//! [`Tenant`]: a server, an identity and a project that references reach by name.

use std::collections::BTreeSet;
use std::fmt;

use infisical_http::{BuildFault, Infisical};
use secret_source::SecretString;

use crate::client::tuned;
use crate::settings::{Fault, Settings};

/// Says where the secrets of one tenant are and who reads them.
///
/// An organisation has its own identities, so each tenant names its own server, credentials and project;
/// none of them is taken from the stack or from the environment. See
/// [`StackBuilder::tenant`](crate::StackBuilder::tenant).
///
/// # Examples
///
/// ```
/// use keyfob::{SecretString, Stack, Tenant};
///
/// let acme = Tenant::new("https://infisical.acme.example")
///     .client_id("5f1c7a52-example")
///     .client_secret(SecretString::from("from a file, say"))
///     .project("acme-production");
/// let stack = Stack::builder().tenant("acme", acme).build()?;
/// // `infisical://acme@prod/shared/db/PASSWORD` is now asked of that server, as that identity.
/// # let _ = stack;
/// # Ok::<(), keyfob::SettingsError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Tenant {
    address: String,
    allow_http: bool,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    token: Option<SecretString>,
    project: Option<String>,
}

impl Tenant {
    /// Begins a tenant of the server at `address`, an https origin, with or without `/api`.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            allow_http: false,
            client_id: None,
            client_secret: None,
            token: None,
            project: None,
        }
    }

    /// Allows plain HTTP to another machine, as inside a cluster; the default is not to.
    pub fn allow_http(mut self, is_allowed: bool) -> Self {
        self.allow_http = is_allowed;
        self
    }

    /// Sets the client id of a machine identity with universal auth.
    pub fn client_id(mut self, client_id: &str) -> Self {
        self.client_id = Some(client_id.to_owned());
        self
    }

    /// Sets the client secret that belongs to the client id.
    pub fn client_secret(mut self, client_secret: SecretString) -> Self {
        self.client_secret = Some(client_secret);
        self
    }

    /// Sets an access token, which is used as it is and never renewed.
    pub fn token(mut self, token: SecretString) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the project, an id or slug, that the tenant's name stands for.
    pub fn project(mut self, id_or_slug: &str) -> Self {
        self.project = Some(id_or_slug.to_owned());
        self
    }

    /// Builds the client, which knows the project by the tenant's name and has no default one: an address
    /// that went astray is refused and not answered from here.
    fn client(&self, name: &str, settings: &Settings) -> Result<Infisical, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut client = tuned(&self.address, settings).allow_http(self.allow_http);
        match self.project.as_deref().map(str::trim) {
            Some(project) if !project.is_empty() => client = client.project_alias(name, project),
            _ => faults.push(
                fault(name, "it has no project").hint_at("set the tenant's project, an id or slug"),
            ),
        }
        match (&self.client_id, &self.client_secret, &self.token) {
            (Some(id), Some(secret), None) => client = client.universal_auth(id, secret.clone()),
            (None, None, Some(token)) => client = client.token(token.clone()),
            _ => faults.push(
                fault(name, "it needs one complete set of credentials")
                    .hint_at("set a client id with its client secret, or a token alone"),
            ),
        }
        // Without credentials the client would report their lack a second time.
        if !faults.is_empty() {
            return Err(faults);
        }
        client.build().map_err(|error| {
            let of_tenant = |found: &BuildFault| {
                fault(name, &format!("{}: {}", found.setting(), found.message()))
                    .hint_at(found.hint())
            };
            error.faults().iter().map(of_tenant).collect()
        })
    }
}

/// Shows the project and how it logs in, and no credential; an address may hold one by mistake.
impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant")
            .field("has_token", &self.token.is_some())
            .field("project", &self.project)
            .finish_non_exhaustive()
    }
}

/// Builds a client for each tenant, by name.
///
/// A name that could mean something else is refused: one given twice, or that of the stack's own project,
/// whose references the resolver takes for those that name none.
pub(crate) fn clients(
    tenants: &[(String, Tenant)],
    settings: &Settings,
) -> Result<Vec<(String, Infisical)>, Vec<Fault>> {
    let mut clients = Vec::new();
    let mut faults = Vec::new();
    let mut names = BTreeSet::new();
    for (name, tenant) in tenants {
        if name.is_empty() {
            let found = fault(name, "its name is empty");
            faults.push(found.hint_at("name it as references do: `infisical://name@prod/…`"));
        }
        if !names.insert(name) {
            let found = fault(name, "there are two tenants of this name");
            faults.push(found.hint_at("give each tenant a name of its own"));
        }
        if Some(name) == settings.project.as_ref() {
            let found = fault(name, "this is the stack's own project, too");
            faults.push(found.hint_at("rename the tenant, or give the project by its id"));
        }
        match tenant.client(name, settings) {
            Ok(client) => clients.push((name.clone(), client)),
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() {
        Ok(clients)
    } else {
        Err(faults)
    }
}

fn fault(name: &str, message: &str) -> Fault {
    Fault::new(format!("tenant `{name}`"), message)
}
