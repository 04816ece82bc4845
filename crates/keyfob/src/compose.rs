//! The composition: from settings to layers around sources, behind one resolver.

use std::collections::BTreeMap;
use std::sync::Arc;

use env_fallback::{DotenvSource, EnvConfig, EnvExt, EnvSource};
use infisical_http::Infisical;
use secret_breaker::{BreakerConfig, BreakerExt, BreakerHandle};
use secret_cache::{CacheConfig, CacheExt, CacheHandle};
use secret_ref::{FolderPath, Schemes, SecretRef};
use secret_source::{Resolver, Router, SecretAddress, SecretSource, SourceExt};

use crate::gate::{Gate, Latch};
use crate::settings::{AuthMethod, EffectiveSetting, Fault, Inputs, Mode, Reading, Settings, SettingsError};
use crate::{INFISICAL, StackBuilder, StackCache};

/// Holds a composed stack and the handles that reach into its layers.
pub(crate) struct Composition {
    pub(crate) resolver: Resolver,
    pub(crate) infisical: Option<Infisical>,
    pub(crate) layers: Vec<Layers>,
    pub(crate) cache: StackCache,
    pub(crate) latch: Latch,
    pub(crate) folder: FolderPath,
    pub(crate) folders: Option<Vec<String>>,
    pub(crate) effective: Vec<EffectiveSetting>,
}

/// Holds what answers one scheme.
pub(crate) struct Layers {
    pub(crate) scheme: String,
    pub(crate) source: Arc<dyn SecretSource>,
    pub(crate) handles: Option<Handles>,
}

/// Reaches the layers around one source.
pub(crate) struct Handles {
    pub(crate) breaker: BreakerHandle,
    pub(crate) cache: CacheHandle,
}
