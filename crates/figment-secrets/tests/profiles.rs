//! The selected profile of a figment decides what its references mean and may ask for.
#![cfg(feature = "toml")]
#![allow(
    clippy::unwrap_used,
    clippy::result_large_err,
    reason = "tests fail by panicking, and closures of figment's Jail return its error"
)]

use figment::providers::{Format, Toml};
use figment::{Figment, Jail};
use figment_secrets::ResolveSecrets;
use futures_executor::block_on;
use secret_source::{BlockingResolver, Driver, MemorySource, ProfilePolicy, Profiles, Resolver};
use secret_testkit::ScriptedSource;

fn resolver() -> Resolver {
    let source = MemorySource::new()
        .with("infisical://dev/db/PASSWORD", "of dev")
        .and_then(|source| source.with("infisical://prod/db/PASSWORD", "of prod"))
        .unwrap();
    let profiles = Profiles::new()
        .with(
            "debug",
            ProfilePolicy::new()
                .environment("dev")
                .allow_environments(["dev"]),
        )
        .with("release", ProfilePolicy::new().environment("prod"));
    Resolver::builder(source)
        .profiles(profiles)
        .build()
        .unwrap()
}

const APP: &str = "[default]\npassword = 'infisical:///db/PASSWORD'\n[debug.admin]\nkey = 'infisical://prod/db/PASSWORD'\n";

#[test]
fn one_file_means_another_environment_in_each_profile() {
    let figment = |profile| Figment::from(Toml::string(APP).nested()).select(profile);
    let release = block_on(figment("release").resolve_secrets(&resolver())).unwrap();
    assert_eq!(
        release.extract_inner::<String>("password").unwrap(),
        "of prod"
    );
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver());
    let release = figment("release").resolve_blocking(&blocking).unwrap();
    assert_eq!(
        release.extract_inner::<String>("password").unwrap(),
        "of prod"
    );
    assert!(figment("debug").resolve_blocking(&blocking).is_err());
}

#[test]
fn a_denial_is_a_problem_like_any_other() {
    Jail::expect_with(|jail| {
        jail.create_file("app.toml", APP)?;
        let figment = Figment::from(Toml::file("app.toml").nested()).select("debug");
        let error = block_on(figment.resolve_secrets(&resolver())).unwrap_err();
        insta::assert_snapshot!(error);
        Ok(())
    });
}

#[test]
fn a_denial_comes_before_anything_is_fetched() {
    let source = ScriptedSource::value("v");
    let profiles = Profiles::new().with("debug", ProfilePolicy::new().allow_environments(["dev"]));
    let resolver = Resolver::builder(source.clone())
        .profiles(profiles)
        .build()
        .unwrap();
    let app = "a = 'infisical://dev/A'\nb = 'infisical://prod/B'\nc = 'infisical://dev/C?optinal'";
    let figment = |app: &str| Figment::from(Toml::string(app)).select("debug");
    let error = block_on(figment(app).resolve_secrets(&resolver)).unwrap_err();
    let codes: Vec<_> = error
        .problems()
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, ["environment-not-allowed", "unknown-option"]);
    let blocking = BlockingResolver::new(Driver::start().unwrap(), resolver.clone());
    assert!(figment(app).resolve_blocking(&blocking).is_err());
    assert_eq!(source.calls(), 0);
    block_on(figment("a = 'infisical://dev/A'").resolve_secrets(&resolver)).unwrap();
    assert!(source.calls() > 0);
}
