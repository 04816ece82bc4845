//! Machine identities, as a test describes them.

use std::fmt;
use std::time::Duration;

use crate::seeds::login_method::LoginMethod;
use crate::store::id;

/// Describes a machine identity that may log in with a client id and a client secret.
///
/// Without further words it is a member of every project, may read all of it, and gets tokens that live for
/// two hours. Its credentials follow from its name, so they are the same in every run.
#[derive(Clone, Eq, PartialEq)]
pub struct Identity {
    pub(crate) name: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) client_secret_uses: Option<u64>,
    pub(crate) token_ttl: Option<Duration>,
    pub(crate) token_max_ttl: Duration,
    pub(crate) token_uses: Option<u64>,
    pub(crate) projects: Option<Vec<String>>,
    pub(crate) environments: Option<Vec<String>>,
    pub(crate) id: String,
    pub(crate) logins: Vec<(LoginMethod, String, String)>,
    pub(crate) organizations: Vec<String>,
    pub(crate) read_only: bool,
}

impl Identity {
    /// Describes an identity with credentials that follow from its name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            client_id: id::uuid(&format!("client id of {name}")),
            client_secret: id::hex(&format!("client secret of {name}"), 64),
            client_secret_uses: None,
            token_ttl: None,
            token_max_ttl: Duration::from_secs(86_400),
            token_uses: None,
            projects: None,
            environments: None,
            id: id::uuid(&format!("id of {name}")),
            logins: Vec::new(),
            organizations: Vec::new(),
            read_only: false,
        }
    }

    /// Sets the client id.
    #[must_use]
    pub fn client_id(mut self, client_id: &str) -> Self {
        client_id.clone_into(&mut self.client_id);
        self
    }

    /// Sets the client secret.
    #[must_use]
    pub fn client_secret(mut self, client_secret: &str) -> Self {
        client_secret.clone_into(&mut self.client_secret);
        self
    }

    /// Sets the id that logins other than universal auth name.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Lets it log in with exactly this token, by one of the methods that send a token.
    #[must_use]
    pub fn accepts_jwt(mut self, method: LoginMethod, jwt: &str) -> Self {
        self.logins.push((method, String::new(), jwt.to_owned()));
        self
    }

    /// Lets it log in with this name and password.
    #[must_use]
    pub fn accepts_ldap(mut self, username: &str, password: &str) -> Self {
        let login = (LoginMethod::Ldap, username.to_owned(), password.to_owned());
        self.logins.push(login);
        self
    }

    /// Lets it log in with a request that was signed with these AWS keys.
    #[must_use]
    pub fn accepts_aws(mut self, access_key_id: &str, secret_access_key: &str) -> Self {
        let login = (
            LoginMethod::Aws,
            access_key_id.to_owned(),
            secret_access_key.to_owned(),
        );
        self.logins.push(login);
        self
    }

    /// Makes it a member of an organization that logins can name by slug.
    #[must_use]
    pub fn organization(mut self, slug: &str) -> Self {
        self.organizations.push(slug.to_owned());
        self
    }

    /// Lets it read and not write (default: both).
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Limits how many logins the client secret is good for; after that it is gone.
    #[must_use]
    pub fn client_secret_uses(mut self, logins: u64) -> Self {
        self.client_secret_uses = Some(logins);
        self
    }

    /// Sets how long a token lives after login or renewal, in whole seconds (default: the builder's).
    #[must_use]
    pub fn token_ttl(mut self, ttl: Duration) -> Self {
        self.token_ttl = Some(ttl);
        self
    }

    /// Sets how long renewals can keep a token alive, in whole seconds (default: 86,400).
    #[must_use]
    pub fn token_max_ttl(mut self, max_ttl: Duration) -> Self {
        self.token_max_ttl = max_ttl;
        self
    }

    /// Limits how many calls one token is good for (default: no limit).
    #[must_use]
    pub fn token_uses(mut self, calls: u64) -> Self {
        self.token_uses = Some(calls);
        self
    }

    /// Makes it a member of these projects only (ids or slugs; default: all).
    #[must_use]
    pub fn projects<'a>(mut self, projects: impl IntoIterator<Item = &'a str>) -> Self {
        self.projects = Some(projects.into_iter().map(str::to_owned).collect());
        self
    }

    /// Lets it read secrets of these environments only (slugs; default: all).
    #[must_use]
    pub fn environments<'a>(mut self, environments: impl IntoIterator<Item = &'a str>) -> Self {
        self.environments = Some(environments.into_iter().map(str::to_owned).collect());
        self
    }
}

impl Default for Identity {
    /// Describes the identity of a fake that was given none.
    fn default() -> Self {
        Self::new("example")
    }
}

impl fmt::Debug for Identity {
    /// Shows name and client id, and not the client secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_client_secret() {
        let identity = Identity::new("app").client_secret("canary-client-secret");
        assert!(!format!("{identity:?}").contains("canary"));
    }
}
