//! Settings: the one table they come from, and what was read.
//!
//! The texts [`markdown`] and [`env_example`] are generated from the table that is also what reads
//! and checks; `docs/settings.md` and `.env.example` hold them.

mod auth_method;
mod bootstrap;
mod bounds;
mod candidate;
mod docs;
mod duration;
mod env_map;
mod fault;
mod file;
mod form;
mod provenance;
mod reading;
mod section;
mod spelling;
mod table;
mod truth;
mod unknown;

use std::path::PathBuf;
use std::time::Duration;

use env_fallback::{FallbackPolicy, Override};
use infisical_http::ServerAddress;
use secret_ref::FolderPath;
use secret_source::{LogNames, SecretString, ValuePolicy};

pub use auth_method::AuthMethod;
pub(crate) use candidate::Candidate;
pub use docs::{env_example, markdown};
pub(crate) use duration::print as print_duration;
use env_map::EnvMap;
pub use fault::{Fault, SettingsError};
pub use provenance::Provenance;
pub use reading::EffectiveSetting;
pub(crate) use reading::{Inputs, Reading};
pub(crate) use truth::Mode;

/// Holds every setting as its type.
///
/// The field values before the table's defaults are applied are never seen.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) enabled: Option<bool>,
    pub(crate) address: Option<ServerAddress>,
    pub(crate) allow_http: bool,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) client_cert_file: Option<PathBuf>,
    pub(crate) client_key_file: Option<PathBuf>,
    pub(crate) proxy: Option<SecretString>,
    pub(crate) system_proxy: bool,
    auth_method: Option<AuthMethod>,
    pub(crate) client_id: Option<SecretString>,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) token: Option<SecretString>,
    pub(crate) identity_id: Option<String>,
    pub(crate) jwt: Option<SecretString>,
    pub(crate) kubernetes_token_file: PathBuf,
    pub(crate) ldap_username: Option<SecretString>,
    pub(crate) ldap_password: Option<SecretString>,
    pub(crate) gcp_key_file: Option<PathBuf>,
    pub(crate) azure_resource: String,
    pub(crate) aws_region: String,
    pub(crate) organization: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) environments: Option<Vec<String>>,
    pub(crate) folder: FolderPath,
    pub(crate) cache_ttl: Duration,
    pub(crate) cache_stale: Duration,
    pub(crate) cache_negative_ttl: Duration,
    pub(crate) cache_entries: u32,
    pub(crate) snapshot: Option<PathBuf>,
    pub(crate) snapshot_key_file: Option<PathBuf>,
    pub(crate) snapshot_max_age: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) lookup_deadline: Duration,
    pub(crate) startup_deadline: Duration,
    pub(crate) refresh_deadline: Duration,
    pub(crate) retries: u32,
    pub(crate) retry_delay: Duration,
    pub(crate) retry_max_delay: Duration,
    pub(crate) requests_per_minute: u32,
    pub(crate) waiting_lookups: u32,
    pub(crate) breaker_failures: u32,
    pub(crate) breaker_reset: Duration,
    pub(crate) env_override: Override,
    pub(crate) env_map: EnvMap,
    pub(crate) fallback: FallbackPolicy,
    pub(crate) env_prefix: String,
    pub(crate) dotenv: Option<PathBuf>,
    pub(crate) empty: ValuePolicy,
    pub(crate) unresolved: ValuePolicy,
    pub(crate) log_names: LogNames,
}

impl Settings {
    /// Returns how long a source may take: never so long that the start-up ends before stale values or
    /// the environment could stand in.
    pub(crate) fn look_up_limit(&self) -> Duration {
        self.lookup_deadline.min(self.startup_deadline.mul_f64(0.9))
    }

    /// Returns how long a value may stay in memory: while it is fresh or stale, and not at all without a cache.
    pub(crate) fn value_lifetime(&self) -> Duration {
        if self.cache_ttl.is_zero() {
            return Duration::ZERO;
        }
        self.cache_ttl + self.cache_stale
    }

    /// Makes the blank that the table's defaults are written into.
    fn blank() -> Self {
        Self {
            enabled: None,
            address: None,
            allow_http: false,
            ca_file: None,
            client_cert_file: None,
            client_key_file: None,
            proxy: None,
            system_proxy: false,
            auth_method: None,
            client_id: None,
            client_secret: None,
            token: None,
            identity_id: None,
            jwt: None,
            kubernetes_token_file: PathBuf::new(),
            ldap_username: None,
            ldap_password: None,
            gcp_key_file: None,
            azure_resource: String::new(),
            aws_region: String::new(),
            organization: None,
            project: None,
            environment: None,
            environments: None,
            folder: FolderPath::root(),
            cache_ttl: Duration::ZERO,
            cache_stale: Duration::ZERO,
            cache_negative_ttl: Duration::ZERO,
            cache_entries: 0,
            snapshot: None,
            snapshot_key_file: None,
            snapshot_max_age: Duration::ZERO,
            connect_timeout: Duration::ZERO,
            request_timeout: Duration::ZERO,
            lookup_deadline: Duration::ZERO,
            startup_deadline: Duration::ZERO,
            refresh_deadline: Duration::ZERO,
            retries: 0,
            retry_delay: Duration::ZERO,
            retry_max_delay: Duration::ZERO,
            requests_per_minute: 0,
            waiting_lookups: 0,
            breaker_failures: 0,
            breaker_reset: Duration::ZERO,
            env_override: Override::Off,
            env_map: EnvMap::new(),
            fallback: FallbackPolicy::Off,
            env_prefix: String::new(),
            dotenv: None,
            empty: ValuePolicy::Error,
            unresolved: ValuePolicy::Error,
            log_names: LogNames::None,
        }
    }
}

/// Returns the names of all settings.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    table::all().map(|setting| setting.name)
}
