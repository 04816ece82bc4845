//! Every public type, shown: none that may hold a value or a credential shows it.
//!
//! The types are read from the sources, so that a new one is either shown here or said to hold nothing.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;
use std::{fs, path::Path};

use env_fallback::{
    Dotenv, DotenvSource, EnvConfig, EnvExt, EnvSource, Environment, VariableNames,
};
use infisical_http::Infisical;
use keyfob::auth::{
    Auth, AwsAuth, AzureAuth, GcpIamAuth, GcpIdTokenAuth, JwtAuth, KubernetesAuth, LdapAuth,
    OidcAuth, TokenAuth, UniversalAuth,
};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Serialized, Toml};
use keyfob::{
    Diagnostics, Required, Requirements, ResolveSecrets, SecretFolder, SecretProvider, Stack,
    Tenant, Watched,
};
use secret_breaker::{BreakerConfig, BreakerExt, Bulkhead};
use secret_cache::{CacheConfig, CacheExt, Snapshot, SnapshotEntry};
use secret_snapshot::{FileSnapshot, SnapshotKey};
use secret_source::{
    BlockingResolver, Driver, Entry, FolderAddress, MemorySource, Origin, Resolver, Router, Secret,
    SecretError, SecretSource, SourceExt,
};
use secret_testkit::{Canary, assert_no_leak};

use crate::rows::Rows;
use crate::scale::Scale;

/// Holds no value and no credential: names, kinds, numbers, places, and what a person wrote into a reference.
const HOLDS_NOTHING: &str = "AddressError AddressHasher Applied AuthMethod BreakerHandle BreakerState Change CoarseClock
    Component ConfigFileError ConfigFiles ConfigReference ConfigText Contract ContractError ContractFault CorrelationId
    DotenvError DotenvErrorKind Driver DriverError Encoding ErrorKind FallbackPolicy FolderAddress FolderErrorKind
    FolderOverlay FolderPath FolderRef Freshness JsonPointer LogNames Missing Origin Override ParseError ParseErrorKind Part
    ProblemKind ProfilePolicy Profiles Provenance PutMode PutOptions Reloaded Requests Required Requirement Requirements
    Schemes SecretAddress SecretFolder SecretRef SecretType Selector ServerAddress Severity SkipReason Skipped
    SnapshotErrorKind SnapshotState SnapshotStatus StalePolicy Stats Summary Template TokioClock Transports Trigger
    ValuePolicy VariableNames WantedBy WatchErrorKind Written";

/// Collects the types that were shown, and looks for the canary in each.
struct Shown {
    canary: Canary,
    types: BTreeSet<String>,
}

impl Shown {
    fn show<T: Debug>(&mut self, value: &T) -> &mut Self {
        assert_no_leak(&format!("{value:?} {value:#?}"), [&self.canary]);
        // `keyfob::stack::Stack<…>` is `Stack`.
        let name = std::any::type_name::<T>();
        let name = name.split('<').next().unwrap_or(name);
        let name = name.rsplit("::").next().unwrap_or(name);
        self.types.insert(name.to_owned());
        self
    }

    fn error<T: Debug>(&mut self, error: &(impl std::error::Error + 'static), value: &T) {
        let mut text = format!("{error} {error:?} {error:#?}");
        let mut cause = error.source();
        while let Some(error) = cause {
            text += &format!(" {error} {error:?}");
            cause = error.source();
        }
        assert_no_leak(&text, [&self.canary]);
        self.show(value);
    }
}

/// Shows each type, and fails at the first that leaks or that nobody thought of.
async fn run() -> Rows {
    let canary = Canary::named("shown");
    let v = canary.value().to_owned();
    let mut shown = Shown {
        canary,
        types: BTreeSet::new(),
    };
    let folder = FolderAddress::new("infisical", "dev", &"/db".parse().unwrap());
    let address = folder.secret("KEY");
    let secret = Secret::new(v.clone(), Origin::new("infisical"));

    let memory = || {
        MemorySource::new()
            .with("infisical://dev/db/KEY", &v)
            .unwrap()
    };
    let entry = Entry::new(address.clone(), v.clone());
    let wrong = SecretError::invalid("wrong").with_source("a cause that holds nothing");
    shown.error(&wrong, &wrong);
    shown.show(&secret).show(&entry).show(&memory());
    shown.show(&Router::builder().scheme("infisical", memory()));
    shown.show(&Router::builder().scheme("infisical", memory()).build());
    shown.show(&Resolver::builder(memory()));
    let resolver = Resolver::builder(memory())
        .environment("dev")
        .build()
        .unwrap();
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver.clone());
    shown.show(&resolver).show(&blocking);

    let folder = SecretFolder::new("infisical:///db/");
    shown.show(&folder.load(&resolver).await.unwrap());
    let missing = SecretFolder::new("infisical:///nope/");
    let missing = missing.load(&resolver).await.unwrap_err();
    shown.error(&missing, &missing);

    ahead(&mut shown, &resolver).await;
    layers(&mut shown, &v, memory).await;
    environments(&mut shown, &v);
    snapshots(&mut shown, &v, &secret);
    clients(&mut shown, &v);
    stacks(&mut shown, &v, &blocking).await;

    let count = shown.types.len();
    let mut known: BTreeSet<_> = HOLDS_NOTHING
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let both: Vec<_> = known.intersection(&shown.types).collect();
    assert!(
        both.is_empty(),
        "are shown, and said to hold nothing: {both:?}"
    );
    known.extend(shown.types);
    let public = public_types();
    let unknown: Vec<_> = public.difference(&known).collect();
    let mut rows = Rows::new("canaries", &Scale::full());
    rows.count(
        "canaries in every public type of the libraries that may hold a value or a credential",
        "types whose `Debug`, `Display` or chain of errors shows it, or that were forgotten: 0",
        format!(
            "0 leaks in {count} types, beside {} that hold nothing; forgotten: {unknown:?}",
            HOLDS_NOTHING.split_whitespace().count()
        ),
        unknown.is_empty(),
    );
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn no_public_type_shows_what_it_holds() {
    run().await.settle();
}

mod measured {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "run by `cargo xtask reliability`"]
    async fn canaries() {
        run().await.settle();
    }
}

/// Fetches a secret of the source, and one that it does not have.
async fn ahead(shown: &mut Shown, resolver: &Resolver) {
    let figment = Figment::from(Toml::string(
        "a = 'infisical:///db/KEY'\nb = 'infisical:///db/NOPE'",
    ));
    let requirements = Requirements::of_config(&figment, resolver).unwrap();
    let environment = Environment::default();
    let prefetched = requirements
        .prefetch(resolver, &environment, Required::Yes)
        .await;
    shown.show(&prefetched).show(&prefetched.fetched()[0]);
    shown.show(&prefetched.errors()[0]);
    let unmet = prefetched.into_result().unwrap_err();
    shown.error(&unmet, &unmet);
}

async fn layers(shown: &mut Shown, v: &str, memory: impl Fn() -> MemorySource) {
    let address = FolderAddress::new("infisical", "dev", &"/db".parse().unwrap()).secret("KEY");
    let cached = memory().cached(CacheConfig::new());
    cached.lookup(&address).await.unwrap();
    shown
        .show(&cached.handle())
        .show(&cached)
        .show(&CacheConfig::new());
    shown
        .show(&memory().with_breaker(BreakerConfig::new()))
        .show(&BreakerConfig::new());
    shown.show(&Bulkhead::new(memory(), 1));
    let config = EnvConfig::new(Environment::from_pairs([("DB_KEY", v)]));
    let layered = memory().with_env(config.clone());
    layered.get(&address).await.unwrap();
    shown.show(&config).show(&layered);
}

fn environments(shown: &mut Shown, v: &str) {
    let environment = Environment::from_pairs([("DB_KEY", v)]);
    let dotenv = Dotenv::parse(".env", &format!("DB_KEY={v}")).unwrap();
    shown.show(&environment).show(&dotenv);
    shown.show(&EnvSource::new(environment, VariableNames::default()).with_dotenv(&dotenv));
    shown.show(&DotenvSource::new(&dotenv, VariableNames::default()));
    let malformed = Dotenv::parse(".env", &format!("DB_KEY='{v}")).unwrap_err();
    shown.error(&malformed, &());
}

fn snapshots(shown: &mut Shown, v: &str, secret: &Secret) {
    let address = FolderAddress::new("infisical", "dev", &"/db".parse().unwrap()).secret("KEY");
    let entry = SnapshotEntry::new(address, SystemTime::now(), secret.clone());
    shown.show(&entry);
    shown.show(&Snapshot::new(SystemTime::now(), vec![entry]));
    let key = SnapshotKey::from_passphrase(format!("{v} {v}").into()).unwrap();
    shown
        .show(&key)
        .show(&FileSnapshot::new("/nowhere", key.clone()));
    let refused = SnapshotKey::from_text(&v.into()).unwrap_err();
    shown.error(&refused, &refused);
}

fn clients(shown: &mut Shown, v: &str) {
    let universal = UniversalAuth::new("id", v);
    shown.show(&Auth::from(universal.clone())).show(&universal);
    shown
        .show(&TokenAuth::new(v))
        .show(&OidcAuth::new("id", v))
        .show(&JwtAuth::new("id", v));
    shown.show(&LdapAuth::new("id", "name", v));
    shown
        .show(&KubernetesAuth::new("id"))
        .show(&AzureAuth::new("id"));
    shown
        .show(&GcpIdTokenAuth::new("id"))
        .show(&GcpIamAuth::new("id", "/key.json"));
    shown.show(&AwsAuth::new("id", "eu-central-1"));
    let client = |address: &str| {
        Infisical::builder(address)
            .token(v)
            .proxy(format!("http://u:{v}@127.0.0.1:1"))
    };
    shown.show(&client("https://infisical.example"));
    shown.show(&client("https://infisical.example").build().unwrap());
    let error = client(&format!("https://user:{v}@infisical.example"))
        .retries(0)
        .build()
        .unwrap_err();
    shown.error(&error, &error);
    shown.show(&error.faults()[0].clone());
}

async fn stacks(shown: &mut Shown, v: &str, blocking: &BlockingResolver) {
    let tenant = || {
        Tenant::new("https://acme.example")
            .auth(TokenAuth::new(v))
            .project("p")
    };
    let builder = || {
        Stack::builder()
            .address("https://infisical.example")
            .token(v.into())
            .project("own")
            .environment("dev")
            .variables(Environment::from_pairs([("DB_KEY", v)]))
            .tenant("acme", tenant())
    };
    shown.show(&tenant()).show(&builder());
    let stack = builder().build().unwrap();
    stack.get("infisical:///db/KEY").await.unwrap();
    let description = stack.describe();
    shown
        .show(&description.sources[0])
        .show(&description.tenants[0]);
    shown.show(&description.settings[0]).show(&description);
    shown
        .show(stack.cache())
        .show(&stack.store().unwrap())
        .show(&stack);
    let blocking_stack = tokio::task::spawn_blocking({
        let builder = builder();
        move || builder.build_blocking().unwrap()
    });
    shown.show(&blocking_stack.await.unwrap());
    let refused = builder()
        .address(&format!("https://user:{v}@x"))
        .build()
        .unwrap_err();
    shown.error(&refused, &refused);
    shown.show(&refused.faults()[0].clone());

    let figment = || {
        Figment::from(Toml::string(
            "a = 'infisical:///db/KEY'\nb = 'infisical:///db/KEY#/x'",
        ))
    };
    let broken = Figment::from(("c", format!("x:{v}@${{infisical:///KEY?optinal}}{v}")));
    let failed = figment()
        .merge(broken)
        .resolve_secrets(&stack)
        .await
        .unwrap_err();
    shown.error(&failed, &failed);
    for problem in failed.problems() {
        shown.show(problem).show(&problem.to_string());
    }
    let diagnostics = Diagnostics::of(failed.problems()).coloured(true);
    shown.show(&diagnostics.to_string()).show(&diagnostics);
    let one = Figment::from(Toml::string("a = 'infisical:///db/KEY'"));
    let resolved = one.clone().resolve_secrets(&stack).await.unwrap();
    shown
        .show(&resolved.report().rows()[0].clone())
        .show(resolved.report());
    shown.show(&resolved.redactor()).show(&resolved);
    shown.show(&SecretProvider::new(one, blocking));
    watches(shown, &stack).await;
    stack.shutdown().await;
}

async fn watches(shown: &mut Shown, stack: &Stack) {
    type Config = std::collections::BTreeMap<String, String>;
    let layers = || Figment::from(Toml::string("a = 'infisical:///db/KEY'"));
    let quoting = |config: &Config| Err(format!("{config:?}"));
    let builder = || Watched::<Config>::builder(layers);
    shown.show(&builder());
    let refused = builder().validate(quoting).start(stack).await.unwrap_err();
    shown.error(&refused, &refused);
    let level = Arc::new(AtomicU32::new(1));
    let plain = Arc::clone(&level);
    let watched = Watched::<Config>::builder(move || {
        let plain = plain.load(Ordering::SeqCst).to_string();
        layers().merge(Serialized::default("plain", plain))
    });
    let watched = watched.start(stack).await.unwrap();
    let mut changes = watched.subscribe();
    level.store(2, Ordering::SeqCst);
    watched.reload().await.unwrap();
    shown.show(&changes.next().await.unwrap()).show(&changes);
    shown
        .show(&watched.project(Clone::clone))
        .show(&watched.status());
    shown.show(&watched);
}

/// Reads the names of the public types of the libraries from their sources.
fn public_types() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let libraries = [
        "secret-ref",
        "secret-source",
        "infisical-http",
        "env-fallback",
        "secret-cache",
        "secret-breaker",
        "secret-snapshot",
        "figment-secrets",
        "keyfob",
    ];
    let mut types = BTreeSet::new();
    let mut folders: Vec<_> = libraries
        .iter()
        .map(|library| crates.join(library).join("src"))
        .collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                types.extend(text.lines().filter_map(public_type));
            }
        }
    }
    types
}

fn public_type(line: &str) -> Option<String> {
    let rest = line
        .strip_prefix("pub struct ")
        .or(line.strip_prefix("pub enum "))?;
    let end = rest.find(|c: char| !c.is_alphanumeric())?;
    Some(rest[..end].to_owned())
}
