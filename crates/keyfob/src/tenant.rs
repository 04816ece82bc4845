//! [`Tenant`]: a server, an identity and a project that references reach by name.

use std::collections::BTreeSet;
use std::fmt;

use infisical_http::{Auth, BuildFault, Infisical};

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
/// use keyfob::auth::UniversalAuth;
/// use keyfob::{Stack, Tenant};
///
/// let acme = Tenant::new("https://infisical.acme.example")
///     .auth(UniversalAuth::secret_file("5f1c7a52-example", "/run/secrets/acme"))
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
    auth: Option<Auth>,
    organization: Option<String>,
    project: Option<String>,
}

impl Tenant {
    /// Begins a tenant of the server at `address`, an https origin, with or without `/api`.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            allow_http: false,
            auth: None,
            organization: None,
            project: None,
        }
    }

    /// Allows plain HTTP to another machine, as inside a cluster; the default is not to.
    pub fn allow_http(mut self, is_allowed: bool) -> Self {
        self.allow_http = is_allowed;
        self
    }

    /// Sets how the tenant's identity logs in: each way is a type of [`auth`](crate::auth).
    pub fn auth(mut self, auth: impl Into<Auth>) -> Self {
        self.auth = Some(auth.into());
        self
    }

    /// Sets the slug of the organisation to log in to, for an identity that belongs to several.
    pub fn organization(mut self, slug: &str) -> Self {
        self.organization = Some(slug.to_owned());
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
        match &self.auth {
            Some(auth) => client = client.auth(auth.clone()),
            None => faults.push(
                fault(name, "it has no credentials")
                    .hint_at("say how the tenant logs in: `.auth(…)`"),
            ),
        }
        if let Some(slug) = &self.organization {
            client = client.organization(slug);
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
            .field("auth", &self.auth)
            .field("organization", &self.organization)
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
