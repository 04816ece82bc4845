//! In which order the places of a requirement are asked, and what stops the search.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use env_fallback::{
    Dotenv, EnvConfig, EnvExt, EnvSource, Environment, FallbackPolicy, VariableNames,
};
use figment::Figment;
use figment::providers::{Format, Toml};
use futures_executor::block_on;
use secret_requirements::{Contract, Prefetched, Required, Requirements, Transports};
use secret_source::{
    BlockingResolver, Driver, ErrorKind, ExposeSecret, MemorySource, Missing, Origin, Resolver,
    Secret, SecretAddress, SecretError, SecretSource,
};
use secret_testkit::ScriptedSource;

const SERVICE: &str = "/services/api/env";
const SHARED: &str = "/shared/env";

fn none() -> Environment {
    Environment::from_pairs::<&str, &str>([])
}

fn variable(value: &str) -> Environment {
    Environment::from_pairs([("TOKEN", value)])
}

/// Answers `TOKEN` in the folders that are named, with the folder as the value, and fails in others.
fn server(folders: &[(&'static str, Result<(), SecretError>)]) -> ScriptedSource {
    let folders = folders.to_vec();
    let answer = move |folder: &str| {
        let known = folders.iter().find(|(known, _)| *known == folder);
        known.map_or(
            Err(SecretError::not_found(Missing::Folder)),
            |(_, outcome)| outcome.clone(),
        )
    };
    let list = answer.clone();
    let secret = |folder: &str| Secret::new(folder, Origin::new("server"));
    ScriptedSource::new(move |address: &SecretAddress| {
        answer(address.folder()).map(|()| secret(address.folder()))
    })
    .with_list(move |folder| {
        let listed = list(folder.path());
        listed.map(|()| vec![(folder.secret("TOKEN"), secret(folder.path()))])
    })
}

fn resolver(source: impl SecretSource) -> Resolver {
    Resolver::builder(source)
        .environment("prod")
        .build()
        .unwrap()
}

fn token(resolver: &Resolver) -> Requirements {
    let text = "dependencies: [{type: environment, env_var: TOKEN}]";
    let contract = Contract::parse("c.yaml", text, &Transports::default()).unwrap();
    Requirements::of_contract("api", &contract, resolver).unwrap()
}

fn prefetch(source: impl SecretSource, environment: &Environment) -> Prefetched {
    let resolver = resolver(source);
    block_on(token(&resolver).prefetch(&resolver, environment, Required::No))
}

/// Returns the value of the one requirement, or the kind of its error.
fn outcome(prefetched: &Prefetched) -> String {
    match (
        prefetched.fetched(),
        prefetched.missing(),
        prefetched.errors(),
    ) {
        ([fetched], [], []) => fetched.secret().value().expose_secret().to_owned(),
        ([], [missing], []) => {
            assert!(missing.error().kind().is_not_found());
            "missing".to_owned()
        }
        ([], [], [failed]) => failed.error().kind().as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_environment_is_first_then_the_service_then_what_is_shared_then_the_file() {
    let file = || Dotenv::parse(".env", "TOKEN=file").unwrap();
    for (environment, service, shared, dotenv, expected) in [
        (true, true, true, true, "variable"),
        (false, true, true, true, SERVICE),
        (false, false, true, true, SHARED),
        (false, false, false, true, "file"),
        (false, false, false, false, "missing"),
        (false, true, false, false, SERVICE),
        (false, false, true, false, SHARED),
        (true, false, false, true, "variable"),
    ] {
        let places = [(service, SERVICE), (shared, SHARED)];
        let there: Vec<_> = places
            .iter()
            .filter(|(there, _)| *there)
            .map(|(_, folder)| (*folder, Ok(())))
            .collect();
        let environment = match environment {
            true => variable("variable"),
            false => none(),
        };
        let config = EnvConfig::new(environment.clone());
        let config = match dotenv {
            true => config.dotenv(file()),
            false => config,
        };
        let prefetched = prefetch(server(&there).with_env(config), &environment);
        assert_eq!(
            outcome(&prefetched),
            expected,
            "{service} {shared} {dotenv}"
        );
    }
}

#[test]
fn nothing_further_is_asked_for_what_was_found() {
    let source = server(&[(SERVICE, Ok(())), (SHARED, Ok(()))]);
    prefetch(source.clone(), &variable("variable"));
    assert_eq!(source.calls(), 0, "the environment has it");
    prefetch(source.clone(), &none());
    let asked: Vec<_> = source.batches().concat();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].folder(), SERVICE);
}

#[test]
fn no_shared_value_stands_in_for_a_service_folder_that_could_not_be_read() {
    for failure in [
        SecretError::denied("no"),
        SecretError::unavailable("down"),
        SecretError::unauthenticated("no"),
        SecretError::protocol("odd"),
    ] {
        let kind = failure.kind();
        let source = server(&[(SERVICE, Err(failure)), (SHARED, Ok(()))]);
        let prefetched = prefetch(source.clone(), &none());
        assert_eq!(outcome(&prefetched), kind.as_str());
        assert_eq!(source.batches().concat().len(), 1);
        let [failed] = prefetched.errors() else {
            panic!("one error")
        };
        assert_eq!(failed.error().address().unwrap().folder(), SERVICE);
    }
}

#[test]
fn nor_does_it_where_the_file_answered_for_that_folder() {
    for failure in [SecretError::denied("no"), SecretError::unavailable("down")] {
        let source = server(&[(SERVICE, Err(failure)), (SHARED, Ok(()))]);
        let config = EnvConfig::new(none())
            .dotenv(Dotenv::parse(".env", "TOKEN=file").unwrap())
            .dotenv_after_refusal(true);
        let prefetched = prefetch(source.with_env(config), &none());
        assert_eq!(outcome(&prefetched), "file");
    }
}

#[test]
fn a_shared_folder_that_is_down_lets_the_file_answer_and_one_that_is_denied_does_not() {
    for (failure, expected) in [
        (SecretError::unavailable("down"), "file"),
        (SecretError::denied("no"), "denied"),
    ] {
        let source = server(&[(SHARED, Err(failure))]);
        let config = EnvConfig::new(none()).dotenv(Dotenv::parse(".env", "TOKEN=file").unwrap());
        let prefetched = prefetch(source.with_env(config), &none());
        assert_eq!(outcome(&prefetched), expected);
    }
}

#[test]
fn of_two_lines_of_the_file_that_of_the_service_counts() {
    let text = "SERVICES_API_ENV_TOKEN=of the service\nSHARED_ENV_TOKEN=of all";
    let config = EnvConfig::new(none()).dotenv(Dotenv::parse(".env", text).unwrap());
    let prefetched = prefetch(server(&[]).with_env(config), &none());
    assert_eq!(outcome(&prefetched), "of the service");
}

#[test]
fn without_a_server_the_file_answers() {
    let file = Dotenv::parse(".env", "TOKEN=file").unwrap();
    let source = EnvSource::new(none(), VariableNames::new()).with_dotenv(&file);
    assert_eq!(outcome(&prefetch(source, &none())), "file");
    let source = EnvSource::new(none(), VariableNames::new());
    assert_eq!(outcome(&prefetch(source, &none())), "missing");
}

#[test]
fn a_policy_without_fallback_keeps_the_file_out() {
    let config = EnvConfig::new(none())
        .dotenv(Dotenv::parse(".env", "TOKEN=file").unwrap())
        .fallback(FallbackPolicy::Off);
    let prefetched = prefetch(server(&[]).with_env(config), &none());
    assert_eq!(outcome(&prefetched), "missing");
}

#[test]
fn a_variable_that_names_a_file_is_read_and_one_that_cannot_be_is_an_error() {
    let environment = |path: &str| Environment::from_pairs([("TOKEN_FILE", path)]);
    let readable = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let prefetched = prefetch(server(&[(SERVICE, Ok(()))]), &environment(readable));
    assert!(outcome(&prefetched).starts_with("[package]"));
    let prefetched = prefetch(server(&[(SERVICE, Ok(()))]), &environment("/nonexistent"));
    assert_eq!(outcome(&prefetched), ErrorKind::Invalid.as_str());
}

/// Looks for `HOST`, which is reserved, and set in the environment.
fn host(dependency: &str, source: impl SecretSource) -> Prefetched {
    let text = format!("dependencies: [{dependency}]");
    let transports = Transports::default().with("machine", ["HOST"]);
    let contract = Contract::parse("c.yaml", &text, &transports).unwrap();
    let resolver = resolver(source);
    let requirements = Requirements::of_contract("api", &contract, &resolver).unwrap();
    let environment = Environment::from_pairs([("HOST", "this machine")]);
    block_on(requirements.prefetch(&resolver, &environment, Required::Yes))
}

#[test]
fn a_reserved_variable_comes_after_all_places_and_only_for_the_type_that_names_it() {
    let named = "{type: environment, env_var: HOST}";
    let stored = || MemorySource::new().with("infisical://prod/shared/env/HOST", "db.internal");
    assert_eq!(outcome(&host(named, stored().unwrap())), "db.internal");
    let file = Dotenv::parse(".env", "SHARED_ENV_HOST=file").unwrap();
    let dotenv = EnvSource::new(none(), VariableNames::new()).with_dotenv(&file);
    assert_eq!(outcome(&host(named, dotenv)), "file");
    assert_eq!(outcome(&host(named, MemorySource::new())), "this machine");

    let of_transport = host("{type: machine}", MemorySource::new());
    assert_eq!(outcome(&of_transport), "not_found");
    let error = of_transport.errors()[0].error();
    assert_eq!(error.address().unwrap().folder(), "/shared/machine");
}

#[test]
fn a_reserved_variable_does_not_stand_in_for_a_folder_that_could_not_be_read() {
    for folder in [SERVICE, SHARED] {
        let source = server(&[(folder, Err(SecretError::denied("no")))]);
        let prefetched = host("{type: environment, env_var: HOST}", source);
        assert_eq!(outcome(&prefetched), "denied");
    }
}

#[test]
fn a_reserved_variable_that_is_not_set_leaves_the_error_of_the_last_place() {
    let text = "dependencies: [{type: environment, env_var: RUST_LOG}]";
    let contract = Contract::parse("c.yaml", text, &Transports::default()).unwrap();
    let resolver = resolver(MemorySource::new());
    let requirements = Requirements::of_contract("api", &contract, &resolver).unwrap();
    let prefetched = block_on(requirements.prefetch(&resolver, &none(), Required::No));
    let error = prefetched.missing()[0].error();
    assert_eq!(error.address().unwrap().folder(), SHARED);
}

#[test]
fn a_reference_of_a_configuration_is_answered_as_it_will_be_and_not_by_a_bare_variable() {
    let resolver = resolver(server(&[(SHARED, Ok(()))]));
    let figment = Figment::from(Toml::string("t = 'infisical:///shared/env/TOKEN#/a/field'"));
    let requirements = Requirements::of_config(&figment, &resolver).unwrap();
    let environment = variable("variable");
    let prefetched = block_on(requirements.prefetch(&resolver, &environment, Required::No));
    assert_eq!(outcome(&prefetched), SHARED, "and it is the whole secret");
}

#[test]
fn a_value_that_a_reference_allows_unexpanded_is_allowed_ahead_too() {
    let unexpanded = Secret::new("${X}", Origin::new("script")).with_unexpanded(true);
    let resolver = resolver(ScriptedSource::new(move |_| Ok(unexpanded.clone())));
    let prefetched = |toml: &str| {
        let figment = Figment::from(Toml::string(toml));
        let requirements = Requirements::of_config(&figment, &resolver).unwrap();
        block_on(requirements.prefetch(&resolver, &none(), Required::No))
    };
    let allowed = prefetched("t = 'infisical:///TOKEN?version=2&unresolved=allow'");
    assert_eq!(outcome(&allowed), "${X}");
    assert_eq!(outcome(&prefetched("t = 'infisical:///TOKEN'")), "protocol");
    let either = "a = 'infisical:///TOKEN'\nb = 'infisical:///TOKEN?unresolved=allow'";
    assert_eq!(outcome(&prefetched(either)), "${X}");
}

#[test]
fn what_is_missing_is_an_error_only_where_it_is_required_and_that_is_asked_for() {
    let text = "
dependencies:
  - {type: environment, env_var: NEEDED}
  - {type: environment, env_var: NICE, required: false}
";
    let contract = Contract::parse("c.yaml", text, &Transports::default()).unwrap();
    let resolver = resolver(server(&[]));
    let requirements = Requirements::of_contract("api", &contract, &resolver).unwrap();
    let prefetch = |required| block_on(requirements.prefetch(&resolver, &none(), required));
    let lenient = prefetch(Required::default());
    assert_eq!((lenient.missing().len(), lenient.errors().len()), (2, 0));
    assert!(lenient.into_result().is_ok());
    let strict = prefetch(Required::Yes);
    assert_eq!((strict.missing().len(), strict.errors().len()), (1, 1));
    assert_eq!(strict.missing()[0].variable(), "NICE");
    let error = strict.into_result().unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("NEEDED (c.yaml:3): "), "{said}");
    assert!(
        said.contains("infisical://prod/shared/env/NEEDED"),
        "{said}"
    );
}

#[tokio::test]
async fn a_blocking_resolver_prefetches_from_within_a_runtime() {
    let resolver = resolver(server(&[(SHARED, Ok(()))]));
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver.clone());
    let prefetched = token(&resolver).prefetch_blocking(&blocking, &none(), Required::Yes);
    assert_eq!(outcome(&prefetched.unwrap()), SHARED);
}
