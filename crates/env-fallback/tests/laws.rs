//! The laws of every source, tried on those of this crate.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use env_fallback::{
    Dotenv, DotenvSource, EnvConfig, EnvExt, EnvSource, Environment, Override, VariableNames,
};
use secret_ref::SecretType;
use secret_source::{MemorySource, Missing, SecretError};
use secret_testkit::{Canary, Fixture, ScriptedSource, laws};

fn fixture() -> Fixture {
    Fixture::example("infisical", "dev")
}

/// Makes the pairs that hold what the fixture says, by qualified names.
fn pairs() -> Vec<(String, String)> {
    let names = VariableNames::new();
    let pair = |(address, value): (_, &str)| (names.of(address).swap_remove(0), value.to_owned());
    fixture().values().map(pair).collect()
}

fn memory() -> MemorySource {
    let source = MemorySource::new();
    for (address, value) in fixture().values() {
        source.set(address, value);
    }
    source
}

fn dotenv() -> Dotenv {
    let lines: Vec<_> = pairs()
        .into_iter()
        .map(|(name, value)| format!("{name}='{value}'"))
        .collect();
    Dotenv::parse(".env", &lines.join("\n")).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_environment_keeps_every_law() {
    laws::all(
        &EnvSource::new(Environment::from_pairs(pairs()), VariableNames::new()),
        &fixture(),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_environment_of_bare_names_keeps_every_law() {
    let pairs = fixture()
        .values()
        .map(|(address, value)| (address.key().to_owned(), value.to_owned()))
        .collect::<Vec<_>>();
    laws::all(
        &EnvSource::new(Environment::from_pairs(pairs), VariableNames::new()),
        &fixture(),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_dotenv_file_keeps_every_law() {
    laws::all(
        &DotenvSource::new(&dotenv(), VariableNames::new()),
        &fixture(),
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_environment_before_a_dotenv_file_keeps_every_law() {
    let half: Vec<_> = pairs().into_iter().step_by(2).collect();
    let source =
        EnvSource::new(Environment::from_pairs(half), VariableNames::new()).with_dotenv(&dotenv());
    laws::all(&source, &fixture()).await;
}

#[tokio::test(start_paused = true)]
async fn a_source_with_nothing_to_override_keeps_every_law() {
    let config = EnvConfig::new(Environment::default());
    laws::all(&memory().with_env(config), &fixture()).await;
}

#[tokio::test(start_paused = true)]
async fn an_overridden_source_keeps_every_law_with_the_overriding_values() {
    for overrides in [Override::Qualified, Override::Bare] {
        let addresses: Vec<_> = fixture().addresses().cloned().collect();
        let mut expected = Fixture::new(fixture().missing().clone());
        let mut pairs = Vec::new();
        for address in addresses {
            let canary = Canary::named(format!("override of {address}"));
            let mut names = VariableNames::new().of(&address);
            let name = if overrides == Override::Bare {
                names.pop()
            } else {
                Some(names.swap_remove(0))
            };
            pairs.push((name.unwrap(), canary.value().to_owned()));
            expected = expected.secret(address, canary.value());
        }
        let config = EnvConfig::new(Environment::from_pairs(pairs)).overrides(overrides);
        laws::all(&memory().with_env(config), &expected).await;
    }
}

#[tokio::test(start_paused = true)]
async fn variables_that_stand_in_for_a_source_keep_every_law() {
    let empty = || {
        ScriptedSource::new(|address| {
            let is_plain =
                address.version().is_none() && address.secret_type() == SecretType::Shared;
            Err(if is_plain {
                SecretError::not_found(Missing::Secret)
            } else {
                SecretError::unsupported("no")
            })
        })
    };
    let config = EnvConfig::new(Environment::from_pairs(pairs())).overrides(Override::Off);
    laws::all(&empty().with_env(config), &fixture()).await;
    let config = EnvConfig::new(Environment::default()).dotenv(dotenv());
    laws::all(&empty().with_env(config), &fixture()).await;
}
