//! [`Description`]: what a stack is and how it fares, without a value.

use infisical_http::Requests;
use secret_breaker::BreakerState;
use secret_cache::{SnapshotStatus, Stats};
use secret_source::{Origin, SecretSource};
use serde::Serialize;

use crate::compose::{Composition, Layers, TenantLayers};
use crate::settings::EffectiveSetting;

/// Describes a stack for a log line at start-up or a page for operators; it holds no secret's value.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Description {
    /// The source behind each scheme, by name of the scheme.
    pub sources: Vec<SourceDescription>,
    /// The tenants, in the order they were given.
    pub tenants: Vec<TenantDescription>,
    /// The settings in effect, and where each came from.
    pub settings: Vec<EffectiveSetting>,
    /// The only folders that references may name; `None` allows all.
    pub allowed_folders: Option<Vec<String>>,
    /// How old the access token is, in seconds; `None` before the first login.
    pub token_age_seconds: Option<u64>,
    /// How many requests were sent; `None` where Infisical is not asked.
    pub requests: Option<Requests>,
    /// Whether the stack was shut down.
    pub shut_down: bool,
}

/// Describes what answers the references of one scheme.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SourceDescription {
    /// The scheme, in lower case.
    pub scheme: String,
    /// The layers, outermost first.
    pub layers: Origin,
    /// What the circuit breaker does with the next call; `None` where there is no breaker.
    pub breaker: Option<BreakerState>,
    /// What the cache has done so far; `None` where there is no cache.
    pub cache: Option<Stats>,
    /// How the cache's snapshot fares; `None` where there is none.
    pub snapshot: Option<SnapshotStatus>,
}

/// Describes what answers the references to one tenant.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TenantDescription {
    /// The name that references give as their project.
    pub tenant: String,
    /// Its layers.
    pub source: SourceDescription,
    /// How old its access token is, in seconds; `None` before the first login.
    pub token_age_seconds: Option<u64>,
    /// How many requests were sent for it.
    pub requests: Requests,
}

impl Composition {
    pub(crate) fn describe(&self) -> Description {
        let infisical = self.infisical.as_ref();
        Description {
            sources: self.layers.iter().map(describe).collect(),
            tenants: self.tenants.iter().map(describe_tenant).collect(),
            settings: self.effective.clone(),
            allowed_folders: self.folders.clone(),
            token_age_seconds: infisical
                .and_then(|client| client.token_age())
                .map(|age| age.as_secs()),
            requests: infisical.map(|client| client.requests()),
            shut_down: self.latch.is_shut(),
        }
    }
}

fn describe(layers: &Layers) -> SourceDescription {
    SourceDescription {
        scheme: layers.scheme.clone(),
        layers: layers.source.origin(),
        breaker: layers
            .handles
            .as_ref()
            .map(|handles| handles.breaker.state()),
        cache: layers.handles.as_ref().map(|handles| handles.cache.stats()),
        snapshot: layers
            .handles
            .as_ref()
            .and_then(|handles| handles.cache.snapshot()),
    }
}

fn describe_tenant(tenant: &TenantLayers) -> TenantDescription {
    TenantDescription {
        tenant: tenant.name.clone(),
        source: describe(&tenant.layers),
        token_age_seconds: tenant.client.token_age().map(|age| age.as_secs()),
        requests: tenant.client.requests(),
    }
}
