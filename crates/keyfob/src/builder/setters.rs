//! One method per setting of the table.

use std::time::Duration;

use env_fallback::{FallbackPolicy, Override};
use secret_source::{LogNames, SecretString, ValuePolicy};

use super::StackBuilder;
use super::written;
use crate::AuthMethod;

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        impl StackBuilder {
            $(
                $(#[$doc])*
                pub fn $name(self, $name: $kind) -> Self {
                    self.setting(stringify!($name), written::candidate($name))
                }
            )*
        }

        #[cfg(test)]
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

setters! {
    /// Says whether Infisical is asked at all; the default follows from what else is set.
    enabled: bool;
    /// Sets the address of the Infisical server: an https origin, with or without `/api`.
    address: &str;
    /// Allows plain HTTP to another machine, as inside a cluster; the default is not to.
    allow_http: bool;
    /// Names a PEM file of certificate authorities that are trusted beside those of the machine.
    ca_file: &str;
    /// Names a PEM file with the certificate that a server asks the client for; it needs a key too.
    client_cert_file: &str;
    /// Names a PEM file with the key of that certificate.
    client_key_file: &str;
    /// Sends all requests through an HTTP proxy, whose URL may hold a user and a password.
    proxy: SecretString;
    /// Says whether the proxies of the system are used; the default is not to.
    system_proxy: bool;
    /// Chooses how to log in where two sets of credentials are given.
    auth_method: AuthMethod;
    /// Sets the client id of a machine identity with universal auth.
    client_id: &str;
    /// Sets the client secret that belongs to the client id.
    client_secret: SecretString;
    /// Sets an access token, which is used as it is and never renewed.
    token: SecretString;
    /// Sets the id of the machine identity, for all methods but universal auth and the token.
    identity_id: &str;
    /// Sets the token for the methods `oidc` and `jwt`.
    jwt: SecretString;
    /// Sets the file with the service account's token, for the method `kubernetes`.
    kubernetes_token_file: &str;
    /// Sets the name for the method `ldap`.
    ldap_username: &str;
    /// Sets the password for the method `ldap`.
    ldap_password: SecretString;
    /// Sets the service account's key file, for the method `gcp-iam`.
    gcp_key_file: &str;
    /// Sets the resource that the machine's token is for, with the method `azure`.
    azure_resource: &str;
    /// Sets the region whose STS vouches for the machine, with the method `aws`.
    aws_region: &str;
    /// Sets the organization that a login is for, by slug.
    organization: &str;
    /// Sets the project, an id or slug, of references that name none.
    project: &str;
    /// Sets the environment of references that name none; without it, naming none is an error.
    environment: &str;
    /// Sets the folder, an absolute path, of keys asked for by name alone; the default is `/`.
    folder: &str;
    /// Sets how long a fetched value is fresh, 300 s unless set; zero turns the cache off.
    cache_ttl: Duration;
    /// Sets how long after that a value may stand in while the server is down, 600 s unless set.
    cache_stale: Duration;
    /// Sets how long a missing secret is remembered to be missing, 10 s unless set.
    cache_negative_ttl: Duration;
    /// Sets how many secrets the cache holds at most, 1000 unless set.
    cache_entries: u32;
    /// Names a file that keeps what was fetched, encrypted, for a start while the server is down; none
    /// unless set. It needs a key: [`snapshot_key_file`](Self::snapshot_key_file) or
    /// [`snapshot_key`](Self::snapshot_key). Tenants have no snapshot.
    snapshot: &str;
    /// Names the file with the key of the snapshot, which its owner alone may read.
    snapshot_key_file: &str;
    /// Sets how old a secret of the snapshot may be to stand in, 24 h unless set.
    snapshot_max_age: Duration;
    /// Sets how long connecting may take, 5 s unless set.
    connect_timeout: Duration;
    /// Sets how long one request may take, 10 s unless set.
    request_timeout: Duration;
    /// Sets how long one look-up may take with login and retries, 30 s unless set.
    lookup_deadline: Duration;
    /// Sets how long a whole batch, such as resolving a configuration, may take; 60 s unless set.
    startup_deadline: Duration;
    /// Sets how long a look-up waits while an old value is at hand, 1 s unless set: a stale one or, in an
    /// outage, one of the snapshot.
    refresh_deadline: Duration;
    /// Sets how often a request that failed transiently is sent again, 3 times unless set.
    retries: u32;
    /// Sets the longest wait before the first retry, 200 ms unless set.
    retry_delay: Duration;
    /// Sets the longest wait before any retry, 5 s unless set.
    retry_max_delay: Duration;
    /// Bounds the lists and reads a minute that each server is to see: beyond it, one recursive list takes
    /// the place of many.
    requests_per_minute: u32;
    /// Bounds how many look-ups, a batch being one, may wait for the server at a time.
    waiting_lookups: u32;
    /// Sets how many failures in a row open the circuit breaker, 5 unless set; 0 turns it off.
    breaker_failures: u32;
    /// Sets how long the circuit breaker stays open, 60 s unless set.
    breaker_reset: Duration;
    /// Says which environment variables come before Infisical; those with qualified names unless set.
    env_override: Override;
    /// Says when the environment may answer instead of Infisical; the table of failures unless set.
    fallback: FallbackPolicy;
    /// Sets what the names of variables for secrets begin with; nothing unless set.
    env_prefix: &str;
    /// Names a `.env` file to fall back to; none is searched for.
    dotenv: &str;
    /// Says what to do about an empty value: warn unless set.
    empty: ValuePolicy;
    /// Says what to do about a value that Infisical did not expand: fail unless set.
    unresolved: ValuePolicy;
    /// Says how much of the secrets' names the log shows: all unless set.
    log_names: LogNames;
}

impl StackBuilder {
    /// Allows only these environments, in this builder and in every reference; any unless set.
    pub fn environments<'a>(self, environments: impl IntoIterator<Item = &'a str>) -> Self {
        let environments: Vec<_> = environments.into_iter().collect();
        self.setting(
            "environments",
            written::candidate(environments.join(",").as_str()),
        )
    }

    /// Lets variables stand for secrets under names of their own: pairs of variable and reference.
    pub fn env_map<'a>(self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let pairs: Vec<_> = pairs
            .into_iter()
            .map(|(variable, reference)| format!("{variable}={reference}"))
            .collect();
        self.setting("env_map", written::candidate(pairs.join("\n").as_str()))
    }
}
