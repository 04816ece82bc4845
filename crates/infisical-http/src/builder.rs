//! [`InfisicalBuilder`]: the settings of a client.

mod limits;
mod network;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use secrecy::SecretString;
use secret_source::LogNames;

use crate::auth::credential::{Credential, as_sent};
use crate::auth::identity::Identity;
use crate::auth::metadata::Metadata;
use crate::auth::method::{Auth, Method};
use crate::auth::token_auth::TokenAuth;
use crate::auth::tokens::Tokens;
use crate::auth::universal::UniversalAuth;
use crate::build_error::BuildFault;
use crate::client::Client;
use crate::http::http_client;
use crate::http::proxy::ProxyChoice;
use crate::http::trust::Trust;
use crate::limits::Limits;
use crate::project::Projects;
use crate::traffic::transport::Transport;
use crate::{BuildError, Infisical, ServerAddress};

/// Collects the settings of an [`Infisical`] client.
///
/// Needed are an address and either the credentials of a machine identity or a token. Nothing is read
/// from the environment, and nothing is sent before the first look-up.
pub struct InfisicalBuilder {
    address: String,
    auth: Vec<Method>,
    organization: Option<String>,
    project: Option<String>,
    aliases: BTreeMap<String, String>,
    allow_http: bool,
    limits: Limits,
    names: LogNames,
    jitter_seed: Option<u64>,
    trust: Trust,
    proxy: ProxyChoice,
}

impl InfisicalBuilder {
    pub(crate) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            auth: Vec::new(),
            organization: None,
            project: None,
            aliases: BTreeMap::new(),
            allow_http: false,
            limits: Limits::default(),
            names: LogNames::default(),
            jitter_seed: None,
            trust: Trust::default(),
            proxy: ProxyChoice::default(),
        }
    }

    /// Sets how the client logs in: one of the types that end in `Auth`. Two different ones are a fault;
    /// of two of a kind the last counts.
    #[must_use]
    pub fn auth(mut self, auth: impl Into<Auth>) -> Self {
        let Auth(method) = auth.into();
        self.auth.retain(|other| other.name() != method.name());
        self.auth.push(method);
        self
    }

    /// Logs in with a machine identity's client id and client secret; short for [`UniversalAuth`].
    #[must_use]
    pub fn universal_auth(
        self,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        self.auth(UniversalAuth::new(client_id, client_secret))
    }

    /// Uses a token that was obtained elsewhere, which cannot be replaced once it has expired; short for
    /// [`TokenAuth`].
    #[must_use]
    pub fn token(self, token: impl Into<SecretString>) -> Self {
        self.auth(TokenAuth::new(token))
    }

    /// Sets the organization that a login is for, by slug: of several that the identity is in, its token
    /// is for one (default: the identity's own).
    #[must_use]
    pub fn organization(mut self, slug: impl Into<String>) -> Self {
        self.organization = Some(slug.into());
        self
    }

    /// Sets the project of addresses that name none, by id or slug. A slug is looked up once.
    #[must_use]
    pub fn project(mut self, id_or_slug: impl Into<String>) -> Self {
        self.project = Some(id_or_slug.into());
        self
    }

    /// Gives a project another name for use in references, such as a tenant's.
    #[must_use]
    pub fn project_alias(mut self, name: impl Into<String>, id_or_slug: impl Into<String>) -> Self {
        self.aliases.insert(name.into(), id_or_slug.into());
        self
    }

    /// Allows plain http to a host that is not this machine (default: no). Secrets then travel readable.
    #[must_use]
    pub fn allow_http(mut self, allowed: bool) -> Self {
        self.allow_http = allowed;
        self
    }

    /// Sets how much of the names of folders the log shows.
    #[must_use]
    pub fn log_names(mut self, names: LogNames) -> Self {
        self.names = names;
        self
    }

    /// Makes the jitter of pauses the same in every run, for tests.
    #[must_use]
    pub fn jitter_seed(mut self, seed: u64) -> Self {
        self.jitter_seed = Some(seed);
        self
    }

    /// Builds the client. For https this reads the machine's trust store.
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong at once: an address that is none or not encrypted, credentials
    /// that are missing, empty or given twice, a limit of zero, a trust store that cannot be read,
    /// certificates, a key or a proxy that are none.
    pub fn build(self) -> Result<Infisical, BuildError> {
        let mut faults = Vec::new();
        let server = self.server(&mut faults);
        let credentials = self.credentials(&mut faults);
        self.check_limits(&mut faults);
        let http = server.as_ref().and_then(|server| {
            let trust = self.trust.with_authorities_read();
            let built = trust.and_then(|trust| {
                let http = http_client::build(server, &self.limits, &trust, &self.proxy)?;
                Ok((http, trust))
            });
            built.map_err(|fault| faults.push(fault)).ok()
        });
        let (Some(server), Some(credentials), Some((http, trust)), true) =
            (server, credentials, http, faults.is_empty())
        else {
            return Err(BuildError::new(faults));
        };
        let metadata = Metadata::new(&self.limits, &trust, &self.proxy);
        let transport = Transport::new(server, self.limits, self.names, self.jitter_seed, http)
            .proxied(self.proxy.is_set());
        let transport = Arc::new(transport);
        let tokens = Tokens::new(Arc::clone(&transport), credentials, metadata);
        let projects = Projects::new(self.project.filter(|name| !name.is_empty()), self.aliases);
        Ok(Infisical::new(Client::new(transport, tokens, projects)))
    }

    fn server(&self, faults: &mut Vec<BuildFault>) -> Option<ServerAddress> {
        match ServerAddress::parse(&self.address) {
            Ok(server) if server.is_https() || server.is_loopback() || self.allow_http => {
                Some(server)
            }
            Ok(_) => {
                faults.push(BuildFault::new(
                    "address",
                    "the address is plain http and the host is not this machine",
                    "write https, or allow plain http where the network is trusted",
                ));
                None
            }
            Err(error) => {
                faults.push(BuildFault::new(
                    "address",
                    error.to_string(),
                    "an example: https://app.infisical.com",
                ));
                None
            }
        }
    }

    fn credentials(&self, faults: &mut Vec<BuildFault>) -> Option<Identity> {
        let (setting, message, hint) = match &self.auth[..] {
            [Method::Token(TokenAuth(Credential::Text(token)))] if !is_sendable(token) => (
                "token",
                "the token is empty or holds a line break or other control character".to_owned(),
                "copy the token again, without what surrounds it",
            ),
            [method] => {
                let blanks = method.blanks();
                if blanks.is_empty() {
                    return Some(Identity {
                        method: method.clone(),
                        organization: self.organization.clone().filter(|slug| !slug.is_empty()),
                    });
                }
                let setting = match method {
                    Method::Universal(_) => "universal_auth",
                    _ => "auth",
                };
                (
                    setting,
                    format!("the {} is empty", blanks.join(" and the ")),
                    "copy it from the identity's page in Infisical",
                )
            }
            [] => (
                "universal_auth",
                "no credentials are given".to_owned(),
                "give a client id and client secret, a token, or another way to log in",
            ),
            [first, second, ..] => (
                "auth",
                format!("both {} and {} are given", first.name(), second.name()),
                "give one of them: it must be clear who asks",
            ),
        };
        faults.push(BuildFault::new(setting, message, hint));
        None
    }
}

/// Shows the settings, and no credential.
impl fmt::Debug for InfisicalBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a password until it is checked.
        f.debug_struct("InfisicalBuilder")
            .field(
                "auth",
                &self.auth.iter().map(Method::name).collect::<Vec<_>>(),
            )
            .field("project", &self.project)
            .field("aliases", &self.aliases)
            .field("allow_http", &self.allow_http)
            .field("limits", &self.limits)
            .field("names", &self.names)
            .field("proxy", &self.proxy.is_set())
            .field("system_proxy", &self.proxy.system)
            .finish_non_exhaustive()
    }
}

fn is_sendable(token: &SecretString) -> bool {
    let text = as_sent(token);
    !text.trim().is_empty() && text == text.trim() && HeaderValue::from_str(text).is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn settings(builder: InfisicalBuilder) -> Vec<&'static str> {
        let error = builder.build().expect_err("something is wrong");
        error.faults().iter().map(BuildFault::setting).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once() {
        let builder = InfisicalBuilder::new("http://example.com")
            .max_body(0)
            .request_timeout(Duration::ZERO)
            .universal_auth("", "");
        let faults = settings(builder);
        assert_eq!(
            faults,
            ["address", "universal_auth", "request_timeout", "max_body"]
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_or_where_it_is_allowed() {
        let builder = |address| InfisicalBuilder::new(address).token("t");
        assert!(builder("http://127.0.0.1:8080").build().is_ok());
        assert_eq!(settings(builder("http://infisical:8080")), ["address"]);
        assert!(
            builder("http://infisical:8080")
                .allow_http(true)
                .build()
                .is_ok()
        );
    }

    #[test]
    fn an_https_client_is_built_with_the_machines_trust_store() {
        let built = InfisicalBuilder::new("https://app.infisical.com")
            .token("t")
            .build();
        match built {
            Ok(infisical) => assert_eq!(infisical.host(), "app.infisical.com"),
            // A machine without any certificate says so instead.
            Err(error) => assert!(error.to_string().contains("certificate"), "{error}"),
        }
    }

    #[test]
    fn credentials_must_be_given_once_and_be_usable() {
        let builder = || InfisicalBuilder::new("http://localhost");
        assert_eq!(settings(builder()), ["universal_auth"]);
        assert_eq!(
            settings(builder().token("t").universal_auth("a", "b")),
            ["auth"]
        );
        for token in ["", " ", "a\nb", "trailing\n\n", " leading"] {
            assert_eq!(settings(builder().token(token)), ["token"], "{token:?}");
        }
        for token in ["of a variable\n", "of another\r\n"] {
            assert!(builder().token(token).build().is_ok(), "{token:?}");
        }
    }

    #[test]
    fn no_error_and_no_debug_holds_a_credential() {
        let builder = InfisicalBuilder::new("http://u:canary-1@example.com")
            .universal_auth("id", "canary-2")
            .token("canary-3");
        let debug = format!("{builder:?}");
        let error = builder.build().unwrap_err();
        assert!(!format!("{debug}{error}{error:?}").contains("canary"));
    }
}
