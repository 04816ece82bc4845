//! The composition: from settings to layers around sources, behind one resolver.

use std::sync::Arc;

use env_fallback::{EnvConfig, EnvExt};
use infisical_http::Infisical;
use secret_breaker::{BreakerConfig, BreakerExt, BreakerHandle, Bulkhead};
use secret_cache::{CacheConfig, CacheExt, CacheHandle, StalePolicy};
use secret_ref::{FolderPath, ParseError, Schemes};
use secret_snapshot::FileSnapshot;
use secret_source::{
    Profiles, Resolver, Router, Secret, SecretAddress, SecretError, SecretSource, SecretStore,
    SourceExt,
};

use crate::bounded::Bounded;
use crate::client::client;
use crate::gate::{Gate, Latch};
use crate::settings::{EffectiveSetting, Fault, Inputs, Reading, Settings, SettingsError};
use crate::snapshot::snapshot;
use crate::variables::Variables;
use crate::{INFISICAL, StackBuilder, StackCache, tenant};

/// Holds a composed stack and the handles that reach into its layers.
pub(crate) struct Composition {
    pub(crate) resolver: Resolver,
    pub(crate) infisical: Option<Infisical>,
    pub(crate) layers: Vec<Layers>,
    pub(crate) tenants: Vec<TenantLayers>,
    pub(crate) cache: StackCache,
    pub(crate) latch: Latch,
    pub(crate) folders: Option<Vec<String>>,
    pub(crate) effective: Vec<EffectiveSetting>,
}

/// Holds what answers one tenant.
pub(crate) struct TenantLayers {
    pub(crate) name: String,
    pub(crate) client: Infisical,
    pub(crate) layers: Layers,
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
    pub(crate) overrides: Overrides,
}

/// Tells what overrides an address, if anything does.
type Overrides = Arc<dyn Fn(&SecretAddress) -> Option<Result<Secret, SecretError>> + Send + Sync>;

/// Checks every setting and composes the layers around each source.
pub(crate) fn compose(mut builder: StackBuilder) -> Result<Composition, SettingsError> {
    let schemes = schemes(&builder)?;
    let mut reading = Reading::of(&Inputs {
        built: &builder.settings,
        environment: &builder.environment,
        section: builder.section.as_ref(),
        schemes: &schemes,
    });
    // A source that takes the place of Infisical needs neither address nor credentials.
    let is_replaced = builder.sources.contains_key(INFISICAL);
    let mode = if is_replaced { None } else { reading.mode() };
    let Reading {
        settings,
        effective,
        mut faults,
        ..
    } = reading;
    let infisical = collect(&mut faults, client(&settings, &effective, mode)).flatten();
    let clients = match settings.enabled {
        Some(false) => Some(Vec::new()),
        _ => collect(&mut faults, tenant::clients(&builder.tenants, &settings)),
    };
    let variables = collect(&mut faults, Variables::of(&builder, &settings));
    let folders = collect(&mut faults, folders(&builder));
    let key = builder.snapshot_key.take();
    let snapshot = collect(&mut faults, snapshot(&settings, key)).flatten();
    let (Some(variables), Some(folders), Some(clients), true) =
        (variables, folders, clients, faults.is_empty())
    else {
        return Err(SettingsError::new(faults));
    };

    for source in builder.sources.values_mut() {
        *source = Bounded::new(source.clone(), settings.look_up_limit()).shared();
    }
    if let Some(client) = &infisical {
        builder
            .sources
            .insert(INFISICAL.to_owned(), client.clone().shared());
    }
    // The file names the server and project that it is of, so what else there is has none.
    let mut snapshot = snapshot.filter(|_| infisical.is_some());
    let layer = |(scheme, source): (String, Arc<dyn SecretSource>)| {
        let env = variables.layer(&scheme, &settings);
        let own = if scheme == INFISICAL {
            snapshot.take()
        } else {
            None
        };
        let cache = cache_config(&settings, builder.stale_policy, own);
        layered(scheme, source, &settings, cache, env)
    };
    let of_tenant = |(name, client): (String, Infisical)| TenantLayers {
        layers: layered(
            INFISICAL.to_owned(),
            client.clone().shared(),
            &settings,
            cache_config(&settings, builder.stale_policy, None),
            variables.tenant_layer(&settings),
        ),
        name,
        client,
    };
    let tenants: Vec<_> = clients.into_iter().map(of_tenant).collect();
    let mut layers: Vec<_> = builder.sources.into_iter().map(layer).collect();
    if infisical.is_none() && !is_replaced {
        if tenants.is_empty() {
            tracing::info!("Infisical is not configured: secrets come from the environment alone");
        }
        let source = variables
            .source(&settings)
            .with_note(match settings.enabled {
                Some(false) => "Infisical is turned off (INFISICAL_ENABLED)",
                _ => "Infisical is not configured: set INFISICAL_API_URL and credentials",
            });
        layers.push(Layers {
            scheme: INFISICAL.to_owned(),
            source: source.shared(),
            handles: None,
        });
    }

    let latch = Latch::default();
    let profiles = builder.profiles;
    Ok(Composition {
        resolver: resolver(
            &layers,
            &tenants,
            &settings,
            folders,
            profiles,
            latch.clone(),
        )?,
        infisical,
        cache: StackCache::new(
            layers.iter().filter_map(Layers::cache).collect(),
            tenants.iter().filter_map(TenantLayers::cache).collect(),
        ),
        layers,
        tenants,
        latch,
        folders: builder.folders,
        effective,
    })
}

impl Composition {
    /// Returns the client that an address is asked of; `None` where it is none of Infisical's.
    pub(crate) fn client_of(&self, address: &SecretAddress) -> Option<&Infisical> {
        if address.scheme() != INFISICAL {
            return None;
        }
        let mut tenants = self.tenants.iter();
        let tenant = tenants.find(|tenant| address.project() == Some(&tenant.name));
        tenant.map_or(self.infisical.as_ref(), |tenant| Some(&tenant.client))
    }

    /// Returns what overrides an address; `None` where nothing does.
    pub(crate) fn override_of(
        &self,
        address: &SecretAddress,
    ) -> Option<Result<Secret, SecretError>> {
        let is_of = |name: &str| address.scheme() == INFISICAL && address.project() == Some(name);
        let mut tenants = self.tenants.iter();
        let of_tenant = tenants.find(|tenant| is_of(&tenant.name));
        let mut schemes = self.layers.iter();
        let layers = match of_tenant {
            Some(tenant) => &tenant.layers,
            None => schemes.find(|layers| layers.scheme == address.scheme())?,
        };
        (layers.handles.as_ref()?.overrides)(address)
    }

    /// Returns what writes go to, each tenant's to its own client; `None` where there is no client.
    pub(crate) fn servers(&self) -> Option<Router<dyn SecretStore>> {
        self.clients().next()?;
        let mut router = Router::of_stores();
        if let Some(own) = &self.infisical {
            router = router.scheme(INFISICAL, own.clone());
        }
        for tenant in &self.tenants {
            router = router.tenant(INFISICAL, &tenant.name, tenant.client.clone());
        }
        Some(router.build())
    }

    /// Returns every circuit breaker.
    pub(crate) fn breakers(&self) -> impl Iterator<Item = &BreakerHandle> {
        let tenants = self.tenants.iter().map(|tenant| &tenant.layers);
        let handles = self.layers.iter().chain(tenants);
        handles.filter_map(|layers| layers.handles.as_ref().map(|handles| &handles.breaker))
    }

    /// Returns every client, the stack's own first.
    pub(crate) fn clients(&self) -> impl Iterator<Item = &Infisical> {
        let tenants = self.tenants.iter().map(|tenant| &tenant.client);
        self.infisical.iter().chain(tenants)
    }
}

impl TenantLayers {
    fn cache(&self) -> Option<(String, CacheHandle)> {
        let (_, cache) = self.layers.cache()?;
        Some((self.name.clone(), cache))
    }
}

impl Layers {
    fn cache(&self) -> Option<(String, CacheHandle)> {
        let handles = self.handles.as_ref()?;
        Some((self.scheme.clone(), handles.cache.clone()))
    }
}

fn collect<T>(faults: &mut Vec<Fault>, result: Result<T, Vec<Fault>>) -> Option<T> {
    result.map_err(|found| faults.extend(found)).ok()
}

fn schemes(builder: &StackBuilder) -> Result<Schemes, SettingsError> {
    let schemes = builder
        .sources
        .keys()
        .map(String::as_str)
        .chain([INFISICAL]);
    Schemes::new(schemes).map_err(|error| {
        Fault::new("source", format!("a scheme is malformed: {error}"))
            .hint_at(error.hint())
            .into()
    })
}

fn folders(builder: &StackBuilder) -> Result<Option<Vec<FolderPath>>, Vec<Fault>> {
    let Some(folders) = &builder.folders else {
        return Ok(None);
    };
    let parse = |folder: &String| {
        let malformed = |error: ParseError| {
            vec![Fault::new("allowed_folders", error.to_string()).hint_at(error.hint())]
        };
        FolderPath::parse(folder).map_err(malformed)
    };
    folders
        .iter()
        .map(parse)
        .collect::<Result<_, _>>()
        .map(Some)
}

/// Wraps a source in the layers that each one gets; see the crate's section on order.
fn layered(
    scheme: String,
    source: Arc<dyn SecretSource>,
    settings: &Settings,
    cache: CacheConfig,
    env: EnvConfig,
) -> Layers {
    let breaker = source.with_breaker(
        BreakerConfig::new()
            .failures(settings.breaker_failures)
            .reset(settings.breaker_reset),
    );
    let breaker_handle = breaker.handle();
    let bulkhead = Bulkhead::new(breaker, settings.waiting_lookups as usize);
    let cached = bulkhead.cached(cache);
    let cache = cached.handle();
    let source = Arc::new(cached.with_env(env));
    let env = Arc::clone(&source);
    let handles = Handles {
        breaker: breaker_handle,
        cache,
        overrides: Arc::new(move |address| env.override_of(address)),
    };
    Layers {
        scheme,
        source,
        handles: Some(handles),
    }
}

fn cache_config(
    settings: &Settings,
    stale_policy: StalePolicy,
    snapshot: Option<FileSnapshot>,
) -> CacheConfig {
    let config = CacheConfig::new()
        .ttl(settings.cache_ttl)
        .stale(settings.cache_stale)
        .stale_policy(stale_policy)
        .negative_ttl(settings.cache_negative_ttl)
        .entries(settings.cache_entries as usize)
        .refresh_deadline(settings.refresh_deadline)
        .log_names(settings.log_names);
    match snapshot {
        Some(snapshot) => config.snapshot(snapshot),
        None => config,
    }
}

fn resolver(
    layers: &[Layers],
    tenants: &[TenantLayers],
    settings: &Settings,
    folders: Option<Vec<FolderPath>>,
    profiles: Profiles,
    latch: Latch,
) -> Result<Resolver, SettingsError> {
    let router = layers.iter().fold(Router::builder(), |router, layers| {
        router.scheme(&layers.scheme, layers.source.clone())
    });
    let router = tenants.iter().fold(router, |router, tenant| {
        router.tenant(INFISICAL, &tenant.name, tenant.layers.source.clone())
    });
    let mut resolver = Resolver::builder(Gate::new(router.build(), latch))
        .folder(settings.folder.clone())
        .profiles(profiles)
        .empty_values(settings.empty)
        .unexpanded_values(settings.unresolved)
        .log_names(settings.log_names)
        .batch_deadline(settings.startup_deadline);
    for layers in layers {
        resolver = resolver.scheme(&layers.scheme);
    }
    if let Some(project) = &settings.project {
        resolver = resolver.project(project);
    }
    if let Some(environment) = &settings.environment {
        resolver = resolver.environment(environment);
    }
    if let Some(environments) = &settings.environments {
        resolver = resolver.allow_environments(environments.clone());
    }
    if let Some(folders) = folders {
        resolver = resolver.allow_folders(folders);
    }
    resolver.build().map_err(|error| {
        Fault::new("source", error.to_string())
            .hint_at(error.hint())
            .into()
    })
}
