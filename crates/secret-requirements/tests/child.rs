//! What a child process is given.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::process::Command;

use env_fallback::Environment;
use figment::Figment;
use figment::providers::Serialized;
use futures_executor::block_on;
use secret_requirements::{Contract, Prefetched, Required, Requirements, SkipReason, Transports};
use secret_source::{MemorySource, Missing, Origin, Resolver, Secret, SecretAddress, SecretError};
use secret_testkit::{Canary, ScriptedSource, assert_no_leak};

fn none() -> Environment {
    Environment::from_pairs::<&str, &str>([])
}

/// Fetches secrets by their paths, and asks for two that are not there.
fn prefetched(secrets: &[(&str, &str)]) -> Prefetched {
    let source = secrets
        .iter()
        .fold(MemorySource::new(), |source, (path, value)| {
            source
                .with(&format!("infisical://dev/{path}"), value)
                .unwrap()
        });
    let resolver = Resolver::builder(source)
        .environment("dev")
        .build()
        .unwrap();
    let paths = secrets.iter().map(|(path, _)| *path);
    let figment = paths.chain(["a/NOWHERE", "a/NOT_THERE"]).enumerate().fold(
        Figment::new(),
        |figment, (number, path)| {
            let reference = format!("infisical:///{path}");
            figment.merge(Serialized::default(&format!("k{number:02}"), reference))
        },
    );
    let requirements = Requirements::of_config(&figment, &resolver).unwrap();
    block_on(requirements.prefetch(&resolver, &none(), Required::No))
}

fn env() -> Command {
    let mut command = Command::new("env");
    command.env_clear();
    command
}

fn said(command: &mut Command) -> Vec<String> {
    let output = command.output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn skipped(applied: &secret_requirements::Applied) -> Vec<(&str, SkipReason)> {
    applied
        .skipped()
        .iter()
        .map(|skipped| (skipped.variable.as_str(), skipped.reason))
        .collect()
}

#[test]
fn a_child_finds_what_was_fetched_in_its_environment() {
    let prefetched = prefetched(&[("a/DSN", "postgres://a b\n$c"), ("b/POOL", "")]);
    let mut child = env();
    let applied = prefetched.apply_to(&mut child, &none());
    assert_eq!(applied.applied(), ["DSN", "POOL"]);
    assert_eq!(applied.missing(), ["NOWHERE", "NOT_THERE"]);
    assert_eq!(applied.skipped(), []);
    assert_eq!(said(&mut child), ["DSN=postgres://a b", "$c", "POOL="]);
}

#[test]
fn what_is_set_is_never_overwritten() {
    let prefetched = prefetched(&[
        ("a/OF_COMMAND", "secret"),
        ("a/EMPTY", "secret"),
        ("a/INHERITED", "secret"),
        ("a/FILE", "secret"),
        ("a/TZ", "secret"),
        ("a/LEFT", "secret"),
    ]);
    let inherited = Environment::from_pairs([
        ("INHERITED", "theirs"),
        ("FILE_FILE", "/run/secrets/file"),
        ("TZ", "theirs"),
        ("NOWHERE", "theirs"),
    ]);
    let mut child = env();
    child.env("OF_COMMAND", "theirs").env("EMPTY", "");
    let applied = prefetched.apply_to(&mut child, &inherited);
    assert_eq!(applied.applied(), ["LEFT"]);
    assert_eq!(
        skipped(&applied),
        ["OF_COMMAND", "EMPTY", "INHERITED", "FILE", "TZ", "NOWHERE"]
            .map(|name| (name, SkipReason::AlreadySet))
    );
    assert_eq!(applied.missing(), ["NOT_THERE"]);
    assert_eq!(
        said(&mut child),
        ["EMPTY=", "LEFT=secret", "OF_COMMAND=theirs"]
    );
    // Once more changes nothing.
    let again = prefetched.apply_to(&mut child, &inherited);
    assert_eq!(again.applied(), [""; 0]);
}

#[test]
fn a_variable_and_its_file_form_are_never_both_there() {
    let prefetched = prefetched(&[
        ("a/HELD_FILE", "/run/held"),
        ("a/FIRST", "secret"),
        ("a/FIRST_FILE", "/run/first"),
        ("a/SECOND_FILE", "/run/second"),
        ("a/SECOND", "secret"),
    ]);
    let mut child = env();
    child.env("HELD", "theirs").env("NOWHERE_FILE", "/run/it");
    let applied = prefetched.apply_to(&mut child, &none());
    assert_eq!(applied.applied(), ["FIRST", "SECOND_FILE"]);
    assert_eq!(
        skipped(&applied),
        ["HELD_FILE", "FIRST_FILE", "SECOND", "NOWHERE"].map(|name| (name, SkipReason::AlreadySet))
    );
    assert_eq!(applied.missing(), ["NOT_THERE"]);
    let mut said = said(&mut child);
    said.sort();
    assert_eq!(
        said,
        [
            "FIRST=secret",
            "HELD=theirs",
            "NOWHERE_FILE=/run/it",
            "SECOND_FILE=/run/second"
        ]
    );
}

#[test]
fn a_variable_that_the_command_does_not_inherit_is_not_set() {
    let prefetched = prefetched(&[("a/REMOVED", "secret")]);
    let inherited = Environment::from_pairs([("REMOVED", "theirs")]);
    let mut child = Command::new("/bin/sh");
    child.args(["-c", "echo $REMOVED"]).env_remove("REMOVED");
    let applied = prefetched.apply_to(&mut child, &inherited);
    assert_eq!(applied.applied(), ["REMOVED"]);
    assert_eq!(said(&mut child), ["secret"]);
}

#[test]
fn a_name_that_cannot_or_must_not_be_a_variable_is_left_out() {
    let prefetched = prefetched(&[
        ("a/with-dash", "secret"),
        ("a/1ST", "secret"),
        ("a/PATH", "secret"),
        ("a/LD_PRELOAD", "secret"),
        ("a/BASH_ENV", "secret"),
        ("a/INFISICAL_TOKEN", "secret"),
        ("a/ZERO", "a\0b"),
        ("a/GOOD", "secret"),
    ]);
    let mut child = env();
    let applied = prefetched.apply_to(&mut child, &none());
    assert_eq!(
        skipped(&applied),
        [
            ("with-dash", SkipReason::InvalidName),
            ("1ST", SkipReason::InvalidName),
            ("PATH", SkipReason::Reserved),
            ("LD_PRELOAD", SkipReason::Reserved),
            ("BASH_ENV", SkipReason::Reserved),
            ("INFISICAL_TOKEN", SkipReason::Reserved),
            ("ZERO", SkipReason::InvalidValue),
        ]
    );
    assert_eq!(said(&mut child), ["GOOD=secret"]);
}

#[test]
fn a_name_of_two_secrets_is_given_to_neither() {
    let prefetched = prefetched(&[("a/KEY", "one"), ("b/KEY", "other"), ("b/OTHER", "v")]);
    let mut child = env();
    let applied = prefetched.apply_to(&mut child, &none());
    assert_eq!(skipped(&applied), [("KEY", SkipReason::Ambiguous)]);
    assert_eq!(said(&mut child), ["OTHER=v"]);
    assert_eq!(
        serde_json::to_value(&applied).unwrap(),
        serde_json::json!({
            "applied": ["OTHER"],
            "skipped": [{"variable": "KEY", "reason": "ambiguous"}],
            "missing": ["NOWHERE", "NOT_THERE"],
        })
    );
}

#[test]
fn a_name_that_also_stands_for_a_secret_that_was_not_fetched_is_not_given() {
    for (failure, failed) in [
        (SecretError::denied("no"), true),
        (SecretError::unavailable("down"), true),
        (SecretError::not_found(Missing::Secret), false),
    ] {
        // The contract takes the service's value, the configuration the shared one.
        let text = "dependencies: [{type: environment, env_var: TOKEN}]";
        let contract = Contract::parse("c.yaml", text, &Transports::default()).unwrap();
        let source = ScriptedSource::new(move |address: &SecretAddress| match address.folder() {
            "/elsewhere" => Ok(Secret::new("of all", Origin::new("server"))),
            _ => Err(failure.clone()),
        });
        let resolver = Resolver::builder(source)
            .environment("dev")
            .build()
            .unwrap();
        let requirements = Requirements::of_contract("api", &contract, &resolver).unwrap();
        let figment = Figment::from(Serialized::default("token", "infisical:///elsewhere/TOKEN"));
        let requirements =
            requirements.merge(Requirements::of_config(&figment, &resolver).unwrap());
        let prefetched = block_on(requirements.prefetch(&resolver, &none(), Required::No));
        assert_eq!(prefetched.fetched().len(), 1);
        assert_eq!(!prefetched.errors().is_empty(), failed);
        let mut child = env();
        let applied = prefetched.apply_to(&mut child, &none());
        assert_eq!(skipped(&applied), [("TOKEN", SkipReason::OtherUnmet)]);
        assert_eq!(said(&mut child), [""; 0]);
    }
}

#[test]
fn a_shell_reads_the_variable_and_no_argument_holds_it() {
    let canary = Canary::named("value");
    let prefetched = prefetched(&[("a/TOKEN", canary.value())]);
    let mut child = Command::new("/bin/sh");
    child.args(["-c", "printf %s \"$TOKEN\""]);
    let applied = prefetched.apply_to(&mut child, &Environment::from_process());
    assert_eq!(said(&mut child), [canary.value()]);
    let arguments: Vec<_> = child.get_args().collect();
    let json = serde_json::to_string(&prefetched).unwrap();
    let shown = format!("{arguments:?} {applied:?} {prefetched:?} {prefetched:#?} {json}");
    assert_no_leak(&shown, [&canary]);
    assert!(
        json.contains(r#""reference":"infisical://dev/a/TOKEN","origin":"memory""#),
        "{json}"
    );
}
