//! Folders of secrets as layers of a configuration.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::result_large_err,
    reason = "tests fail by panicking, and figment's error is passed on as it is"
)]

use std::error::Error;

use figment::providers::{Format, Serialized, Toml};
use figment::{Figment, Profile, Provider};
use figment_secrets::{
    FolderErrorKind, FolderOverlay, LoadedFolder, ProblemKind, ResolveError, ResolveSecrets,
    SecretFolder,
};
use futures_executor::block_on;
use secret_source::{
    BlockingResolver, Driver, ErrorKind, FolderAddress, MemorySource, Missing, Origin,
    ProfilePolicy, Profiles, Resolver, Secret, SecretError, SecretSource,
};
use secret_testkit::{Canary, ScriptedSource, assert_no_leak};

fn memory(secrets: &[(&str, &str)]) -> MemorySource {
    secrets
        .iter()
        .fold(MemorySource::new(), |source, (reference, value)| {
            source
                .with(&format!("infisical://{reference}"), value)
                .unwrap()
        })
}

fn resolver(source: impl SecretSource) -> Resolver {
    Resolver::builder(source)
        .environment("prod")
        .build()
        .unwrap()
}

/// Names each secret of a folder, with its own name as its value.
fn named(names: &[&str]) -> Resolver {
    let references: Vec<_> = names
        .iter()
        .map(|name| format!("prod/api/{name}"))
        .collect();
    let secrets: Vec<_> = references
        .iter()
        .zip(names)
        .map(|(reference, name)| (reference.as_str(), *name))
        .collect();
    resolver(memory(&secrets))
}

fn api() -> SecretFolder {
    SecretFolder::new("infisical:///api/")
}

/// Loads and returns the keys with the names of their secrets.
fn keys(folder: &SecretFolder, resolver: &Resolver) -> Vec<String> {
    let loaded = block_on(folder.load(resolver)).unwrap();
    let shown = loaded
        .keys()
        .map(|(key, address)| format!("{key}={}", address.key()));
    shown.collect()
}

fn told(folder: &SecretFolder, resolver: &Resolver) -> String {
    let error = block_on(folder.load(resolver)).unwrap_err();
    assert_eq!(error.kind(), FolderErrorKind::Keys, "{error}");
    error.to_string()
}

#[test]
fn names_become_keys_in_lower_case_or_as_they_are() {
    let resolver = named(&["DB_HOST", "Mixed", "ÄRGER"]);
    assert_eq!(
        keys(&api(), &resolver),
        ["db_host=DB_HOST", "mixed=Mixed", "Ärger=ÄRGER"]
    );
    assert_eq!(
        keys(&api().lowercase(false), &resolver),
        ["DB_HOST=DB_HOST", "Mixed=Mixed", "ÄRGER=ÄRGER"]
    );
    assert_eq!(
        keys(&api().lowercase(false).split("_"), &resolver),
        ["DB.HOST=DB_HOST", "Mixed=Mixed", "ÄRGER=ÄRGER"],
        "a later step leaves the case alone"
    );
}

#[test]
fn a_chain_is_gone_through_in_its_order() {
    let resolver = named(&["APP_DB__HOST", "APP_DB__PORT", "app_name", "OTHER"]);
    let folder = api().prefixed("APP_").split("__");
    let expected = [
        "db.host=APP_DB__HOST",
        "db.port=APP_DB__PORT",
        "name=app_name",
    ];
    assert_eq!(keys(&folder, &resolver), expected);
    assert_eq!(
        keys(&folder.clone().only(&["DB.host", "nope"]), &resolver),
        expected[..1]
    );
    assert_eq!(
        keys(&folder.clone().ignore(&["db.HOST", "name"]), &resolver),
        expected[1..2]
    );
    assert_eq!(
        keys(&api().filter(|key| key == "other"), &resolver),
        ["other=OTHER"]
    );
    let renamed = api()
        .only(&["OTHER"])
        .map(|key| format!("a.{key}").into())
        .map(|key| format!("{key}.z").into());
    assert_eq!(keys(&renamed, &resolver), ["a.other.z=OTHER"]);
}

#[test]
fn folders_beneath_are_parents_and_only_where_they_are_asked_for() {
    let source = memory(&[
        ("prod/api/NAME", "v"),
        ("prod/api/db/APP_HOST", "v"),
        ("prod/api/Deep/er/KEY", "v"),
        ("prod/apis/KEY", "v"),
    ]);
    let resolver = resolver(source);
    assert_eq!(keys(&api(), &resolver), ["name=NAME"]);
    assert_eq!(
        keys(&api().recursive(), &resolver),
        ["db.app_host=APP_HOST", "deep.er.key=KEY", "name=NAME"]
    );
    assert_eq!(
        keys(&api().recursive().prefixed("APP_"), &resolver),
        ["db.host=APP_HOST"],
        "a prefix is one of the secret's name"
    );
    let root = SecretFolder::new("infisical:///").recursive();
    assert_eq!(keys(&root.only(&["apis.key"]), &resolver), ["apis.key=KEY"]);
}

#[test]
fn two_secrets_for_one_key_are_an_error_that_names_both() {
    let resolver = named(&["DB__HOST", "db/HOST", "db/host", "NAME", "Name"]);
    let said = told(&api().recursive().split("__"), &resolver);
    for (one, other, key) in [
        ("DB__HOST", "db/HOST", "db.host"),
        ("DB__HOST", "db/host", "db.host"),
        ("NAME", "Name", "name"),
    ] {
        let line = format!(
            "both infisical://prod/api/{one} and infisical://prod/api/{other} would be the key `{key}`"
        );
        assert!(said.contains(&line), "{line}\nin\n{said}");
    }
    let exact = api().recursive().split("__").lowercase(false);
    assert_eq!(keys(&exact, &resolver).len(), 5);
}

#[test]
fn a_key_is_not_both_a_value_and_a_table() {
    let resolver = named(&["DB", "DB__HOST", "DB__HOST__NAME", "DBX"]);
    let said = told(&api().split("__"), &resolver);
    assert_eq!(
        said,
        "the key `db` would be the value of infisical://prod/api/DB, \
         and hold that of infisical://prod/api/DB__HOST\n\
         the key `db.host` would be the value of infisical://prod/api/DB__HOST, \
         and hold that of infisical://prod/api/DB__HOST__NAME"
    );
}

#[test]
fn a_name_that_leaves_a_part_of_its_key_empty_is_not_dropped_in_silence() {
    let resolver = named(&["DB__", "APP_"]);
    let said = told(&api().split("__"), &resolver);
    assert_eq!(
        said,
        "infisical://prod/api/DB__ would be a key with an empty part"
    );
    assert!(told(&api().prefixed("APP_"), &resolver).contains("api/APP_ would"));
}

#[test]
fn a_secret_that_no_reference_can_name_is_told_unless_it_is_left_out() {
    let source = ScriptedSource::value("v").with_list(|folder| {
        let secret = |key| (folder.secret(key), Secret::new("v", Origin::new("script")));
        Ok(vec![secret("KEY"), secret("a:b/c")])
    });
    let resolver = resolver(source);
    assert_eq!(
        told(&api(), &resolver),
        "no reference can name the secret `a:b/c` in infisical://prod/api/"
    );
    assert_eq!(keys(&api().only(&["key"]), &resolver), ["key=KEY"]);
}

#[test]
fn a_layer_holds_references_and_fetches_nothing() {
    let canary = Canary::named("value");
    let source = ScriptedSource::value(canary.value()).with_list({
        let value = canary.value().to_owned();
        move |folder| {
            let secret = Secret::new(value.clone(), Origin::new("script"));
            Ok(vec![(folder.secret("A bü${x}?#"), secret)])
        }
    });
    let resolver = resolver(source.clone());
    let loaded = block_on(api().load(&resolver)).unwrap();
    assert_eq!((source.calls(), source.lists().len()), (1, 1));
    let data = loaded.data().unwrap();
    let (_, value) = data[&Profile::Default].iter().next().unwrap();
    let reference = value.as_str().unwrap();
    assert!(
        reference.starts_with("infisical://prod/api/A%20b"),
        "{reference}"
    );
    assert_no_leak(&format!("{loaded:?} {data:?}"), [&canary]);
}

#[test]
fn what_a_later_layer_overrides_is_never_fetched() {
    let source = ScriptedSource::value("secret").with_list(|folder| {
        let secret = |key| (folder.secret(key), Secret::new("v", Origin::new("script")));
        Ok(vec![secret("HOST"), secret("PORT")])
    });
    let resolver = resolver(source.clone());
    let loaded = block_on(api().load(&resolver)).unwrap();
    let figment = Figment::from(Serialized::default("host", "localhost"))
        .merge(loaded)
        .merge(Toml::string("port = 1"));
    let resolved = block_on(figment.resolve_secrets(&resolver)).unwrap();
    assert_eq!(resolved.extract_inner::<String>("host").unwrap(), "secret");
    assert_eq!(resolved.extract_inner::<u16>("port").unwrap(), 1);
    let asked: Vec<_> = source.batches().concat();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].key(), "HOST");
}

#[test]
fn keys_belong_to_the_profile_that_they_are_given() {
    let resolver = named(&["KEY"]);
    let loaded = |folder: SecretFolder| block_on(folder.load(&resolver)).unwrap();
    let holds = |loaded: LoadedFolder, profile: Profile| {
        let data = loaded.data().unwrap();
        assert_eq!(data.len(), 1);
        data[&profile].contains_key("key")
    };
    assert!(holds(loaded(api()), Profile::Default));
    assert!(holds(
        loaded(api().profile("release")),
        Profile::new("release")
    ));
    assert!(holds(loaded(api().global()), Profile::Global));

    let figment = Figment::new()
        .select("release")
        .merge(loaded(api().profile("release")));
    assert_eq!(figment.profile(), "release", "no profile is selected by it");
}

#[test]
fn a_key_names_its_folder_before_and_after_resolving() {
    let source = memory(&[("prod/api/NAME", "v"), ("prod/api/db/PORT", "no port")]);
    let resolver = resolver(source);
    let loaded = block_on(api().recursive().load(&resolver)).unwrap();
    let figment = Figment::new().merge(loaded);
    let source_of = |key: &str| {
        let metadata = figment.find_metadata(key).unwrap();
        (
            metadata.name.to_string(),
            metadata.source.as_ref().unwrap().to_string(),
        )
    };
    assert_eq!(
        source_of("name"),
        (
            "secret folder".to_owned(),
            "infisical://prod/api/".to_owned()
        )
    );
    assert_eq!(source_of("db.port").1, "infisical://prod/api/db/");

    let resolved = block_on(figment.resolve_secrets(&resolver)).unwrap();
    let error = resolved.extract_inner::<u16>("db.port").unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("infisical://prod/api/db/ secret folder (secret from memory)"),
        "{said}"
    );
    assert!(!said.contains("no port"), "{said}");
    let row = resolved.report().rows()[0].clone();
    assert_eq!(
        (row.key(), row.reference().to_string()),
        (
            "db.port".to_owned(),
            "infisical://prod/api/db/PORT".to_owned()
        )
    );
}

#[test]
fn a_secret_that_is_gone_by_the_time_of_resolving_is_an_error_with_its_key_and_folder() {
    let source = std::sync::Arc::new(memory(&[("prod/api/KEY", "v"), ("prod/api/OTHER", "v")]));
    let resolver = resolver(std::sync::Arc::clone(&source));
    let loaded = block_on(api().load(&resolver)).unwrap();
    let root = FolderAddress::new("infisical", "prod", &"/api".parse().unwrap());
    source.remove(&root.secret("KEY"));
    let figment = Figment::from(Serialized::default("key", "a default")).merge(loaded);
    let error = block_on(figment.resolve_secrets(&resolver)).unwrap_err();
    let [problem] = error.problems() else {
        panic!("{error}")
    };
    assert_eq!(
        problem.kind,
        ProblemKind::Lookup(ErrorKind::NotFound(Missing::Secret))
    );
    assert_eq!(problem.key.as_deref(), Some("key"));
    assert_eq!(
        problem.place.as_deref(),
        Some("infisical://prod/api/ secret folder")
    );
}

#[test]
fn a_value_that_may_not_be_used_is_told_with_its_key_and_not_while_loading() {
    let unexpanded = || Secret::new("${NOPE}", Origin::new("script")).with_unexpanded(true);
    let source = ScriptedSource::new(move |_| Ok(unexpanded()))
        .with_list(move |folder| Ok(vec![(folder.secret("KEY"), unexpanded())]));
    let resolver = resolver(source);
    let loaded = block_on(api().load(&resolver)).unwrap();
    let error = block_on(Figment::from(loaded).resolve_secrets(&resolver)).unwrap_err();
    assert_eq!(error.problems()[0].key.as_deref(), Some("key"));
    let figment = Figment::from(block_on(api().ignore(&["key"]).load(&resolver)).unwrap());
    assert!(block_on(figment.resolve_secrets(&resolver)).is_ok());
}

#[test]
fn a_missing_folder_is_an_error_unless_it_is_optional() {
    let resolver = named(&["KEY"]);
    let missing = SecretFolder::new("infisical:///nope/");
    let error = block_on(missing.load(&resolver)).unwrap_err();
    assert_eq!(
        error.kind(),
        FolderErrorKind::Listing(ErrorKind::NotFound(Missing::Folder))
    );
    assert_eq!(
        error.to_string(),
        "the secrets of infisical:///nope/ cannot be listed"
    );
    assert!(error.source().is_some() && error.hint().is_some());
    let loaded = block_on(missing.optional().load(&resolver)).unwrap();
    assert_eq!(loaded.keys().count(), 0);

    // A mistake is excused by nothing.
    for wrong in ["infisical://nowhere/nope/", "vault:///nope/"] {
        let wrong = SecretFolder::new(wrong).optional();
        let error = block_on(wrong.load(&resolver)).unwrap_err();
        assert_eq!(error.kind(), FolderErrorKind::Listing(ErrorKind::Invalid));
    }
    let error = block_on(SecretFolder::new("infisical:///api").load(&resolver)).unwrap_err();
    assert!(matches!(error.kind(), FolderErrorKind::InvalidReference(_)));
    let figment = figment::Error::from(error).to_string();
    assert!(figment.contains("end it in `/`"), "{figment}");
}

fn shared_and_own() -> MemorySource {
    memory(&[
        ("prod/shared/db/DSN", "shared"),
        ("prod/shared/db/POOL", "10"),
        ("prod/services/api/db/dsn", "own"),
        ("prod/services/api/db/EXTRA", "only own"),
        ("prod/services/web/http/PORT", "80"),
    ])
}

fn extracted(loaded: LoadedFolder, resolver: &Resolver) -> Vec<String> {
    let resolved = block_on(Figment::from(loaded).resolve_secrets(resolver)).unwrap();
    let rows = resolved.report().rows().iter().map(|row| {
        let value: String = resolved.extract_inner(&row.key()).unwrap();
        format!("{}={value}", row.key())
    });
    rows.collect()
}

#[test]
fn a_services_value_wins_key_by_key_over_the_shared_one() {
    let resolver = resolver(shared_and_own());
    let db = FolderOverlay::of_transport("infisical:///", "api", "db");
    let loaded = block_on(db.load(&resolver)).unwrap();
    assert_eq!(loaded.keys().count(), 4);
    let figment = Figment::from(loaded.clone());
    let folder = |key: &str| {
        let metadata = figment.find_metadata(key).unwrap();
        metadata.source.as_ref().unwrap().to_string()
    };
    assert_eq!(folder("dsn"), "infisical://prod/services/api/db/");
    assert_eq!(folder("pool"), "infisical://prod/shared/db/");
    assert_eq!(
        extracted(loaded, &resolver),
        ["dsn=own", "extra=only own", "pool=10"]
    );
}

#[test]
fn either_folder_of_an_overlay_may_be_missing_but_not_both() {
    let resolver = resolver(shared_and_own());
    let load = |service: &str, transport: &str, optional: bool| {
        let overlay = FolderOverlay::of_transport("infisical:///", service, transport);
        let overlay = if optional {
            overlay.optional()
        } else {
            overlay
        };
        block_on(overlay.load(&resolver))
    };
    let shared = load("worker", "db", false).unwrap();
    assert_eq!(extracted(shared, &resolver), ["dsn=shared", "pool=10"]);
    let own = load("web", "http", false).unwrap();
    assert_eq!(extracted(own, &resolver), ["port=80"]);
    let error = load("web", "kafka", false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "none of the folders exists: infisical:///shared/kafka/, infisical:///services/web/kafka/"
    );
    assert_eq!(load("web", "kafka", true).unwrap().keys().count(), 0);

    let nowhere = FolderOverlay::of_transport("infisical://nowhere/", "api", "db").optional();
    let error = block_on(nowhere.load(&resolver)).unwrap_err();
    assert_eq!(error.kind(), FolderErrorKind::Listing(ErrorKind::Invalid));
}

#[test]
fn no_shared_value_stands_in_for_one_that_could_not_be_seen() {
    for failure in [
        SecretError::denied("the identity may not read this folder"),
        SecretError::unavailable("down"),
        SecretError::unauthenticated("refused"),
    ] {
        for hidden in ["/services/api/db", "/shared/db"] {
            let (kind, failure) = (failure.kind(), failure.clone());
            let source = ScriptedSource::value("v").with_list(move |folder| {
                if folder.path() == hidden {
                    return Err(failure.clone());
                }
                Ok(vec![(
                    folder.secret("DSN"),
                    Secret::new("v", Origin::new("script")),
                )])
            });
            let overlay = FolderOverlay::of_transport("infisical:///", "api", "db").optional();
            let error = block_on(overlay.load(&resolver(source))).unwrap_err();
            assert_eq!(error.kind(), FolderErrorKind::Listing(kind));
            assert!(error.to_string().contains(hidden), "{error}");
        }
    }
}

#[test]
fn an_overlay_replaces_values_and_never_a_value_by_a_table() {
    let source = memory(&[
        ("prod/low/DB", "value"),
        ("prod/low/CACHE__TTL", "value"),
        ("prod/high/DB__HOST", "table"),
        ("prod/high/CACHE", "table"),
    ]);
    let resolver = resolver(source);
    let overlay = FolderOverlay::new(SecretFolder::new("infisical:///low/"))
        .with(SecretFolder::new("infisical:///high/"))
        .each(|folder| folder.split("__"));
    let error = block_on(overlay.load(&resolver)).unwrap_err();
    let said = error.to_string();
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(said.contains("the key `db` would be the value of infisical://prod/low/DB"));
    assert!(said.contains("the key `cache` would be the value of infisical://prod/high/CACHE"));

    // In two profiles they do not meet.
    let apart = FolderOverlay::new(SecretFolder::new("infisical:///low/").profile("debug"))
        .with(SecretFolder::new("infisical:///high/").profile("release"))
        .each(|folder| folder.split("__"));
    let loaded = block_on(apart.load(&resolver)).unwrap();
    assert_eq!(loaded.data().unwrap().len(), 2);
}

#[test]
fn a_service_whose_name_is_no_folder_is_refused() {
    let resolver = resolver(shared_and_own());
    for (root, service) in [
        ("infisical:///", "../shared"),
        ("infisical:///", ""),
        ("infisical:///", "a/b"),
        ("infisical://prod", "api"),
    ] {
        let overlay = FolderOverlay::of_transport(root, service, "db");
        let error = block_on(overlay.load(&resolver)).unwrap_err();
        assert!(
            matches!(error.kind(), FolderErrorKind::InvalidReference(_)),
            "{root} {service}: {error}"
        );
    }
}

#[tokio::test]
async fn a_blocking_resolver_loads_from_within_a_runtime() {
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver(shared_and_own()));
    let folder = SecretFolder::new("infisical:///services/web/http/");
    assert_eq!(folder.load_blocking(&blocking).unwrap().keys().count(), 1);
    let db = FolderOverlay::of_transport("infisical:///", "api", "db");
    let figment = Figment::from(db.load_blocking(&blocking).unwrap());
    let resolved = figment.resolve_blocking(&blocking).unwrap();
    assert_eq!(resolved.extract_inner::<String>("dsn").unwrap(), "own");
}

#[test]
fn nothing_that_is_shown_holds_a_value() {
    let canary = Canary::named("value");
    let source = memory(&[
        ("prod/api/KEY", canary.value()),
        ("prod/api/key", canary.value()),
        ("prod/api/PORT", canary.value()),
    ]);
    let resolver = resolver(source);
    let clash = block_on(api().load(&resolver)).unwrap_err();
    let folder = api().only(&["port"]);
    let loaded = block_on(folder.load(&resolver)).unwrap();
    let figment = Figment::from(loaded.clone());
    let shown = format!(
        "{clash} {clash:?} {folder:?} {loaded:?} {:?} {}",
        figment,
        figment::Error::from(clash.clone())
    );
    assert_no_leak(&shown, [&canary]);
    let resolved = block_on(figment.resolve_secrets(&resolver)).unwrap();
    let error = resolved.extract_inner::<u16>("port").unwrap_err();
    assert_no_leak(&format!("{error} {error:?} {resolved:?}"), [&canary]);
}

#[test]
fn what_is_wrong_with_a_folder_is_reported_like_what_is_wrong_with_a_reference() {
    let reported = |folder: SecretFolder, resolver: &Resolver| {
        let error = ResolveError::from(block_on(folder.load(resolver)).unwrap_err());
        let problems = error.problems().iter();
        let told = problems.map(|problem| (problem.code, problem.message.clone()));
        (told.collect::<Vec<_>>(), error.to_string())
    };
    let clashing = named(&["A", "a", "B", "B__C"]);
    let (problems, shown) = reported(api().split("__"), &clashing);
    assert_eq!(problems.len(), 2);
    assert!(problems.iter().all(|(code, _)| *code == "clashing-keys"));
    assert!(shown.contains("= help: rename a secret"), "{shown}");

    let refusal = SecretError::denied("the identity may not list it");
    let denied = ScriptedSource::value("v").with_list(move |_| Err(refusal.clone()));
    let (problems, _) = reported(api(), &resolver(denied));
    assert_eq!(problems[0].0, "denied");
    assert!(
        problems[0]
            .1
            .ends_with("cannot be listed: the identity may not list it"),
        "{problems:?}"
    );
    let (problems, _) = reported(SecretFolder::new("infisical:///api"), &clashing);
    assert_eq!(problems[0].0, "not-a-folder");
}

#[test]
fn a_folder_is_listed_in_the_environment_of_the_profile_and_only_if_that_may_read_it() {
    let script = ScriptedSource::value("v").with_list(|folder| {
        let name = folder.environment().to_uppercase();
        Ok(vec![(
            folder.secret(&name),
            Secret::new("v", Origin::new("script")),
        )])
    });
    let profiles = Profiles::new()
        .with(
            "debug",
            ProfilePolicy::new()
                .environment("dev")
                .allow_environments(["dev"]),
        )
        .with("release", ProfilePolicy::new().environment("prod"));
    let resolver = Resolver::builder(script.clone())
        .profiles(profiles)
        .build()
        .unwrap();

    let services = SecretFolder::new("infisical:///services/");
    assert_eq!(
        keys(&services.clone().selected("debug"), &resolver),
        ["dev=DEV"]
    );
    assert_eq!(
        keys(&services.selected("release"), &resolver),
        ["prod=PROD"]
    );
    let asked = script.calls();
    let denied = SecretFolder::new("infisical://prod/services/").selected("debug");
    assert_eq!(
        block_on(denied.load(&resolver)).unwrap_err().code(),
        "environment-not-allowed"
    );
    assert_eq!(script.calls(), asked);
}
