//! What references may ask for depends on the profile of the configuration.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_executor::block_on;
use secret_ref::{FolderPath, SecretRef};
use secret_source::{
    ExposeSecret, Origin, ProfilePolicy, Profiles, Resolver, ResolverBuilder, Secret,
    SecretAddress, SecretError, SecretSource, async_trait,
};

/// Answers each address with its environment, and counts. What begins with `ENV` is an override at hand, and what
/// begins with `FILE` one that is read on demand.
#[derive(Debug, Default)]
struct Echo {
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl SecretSource for Echo {
    fn origin(&self) -> Origin {
        Origin::new("echo")
    }

    fn peek(&self, address: &SecretAddress) -> Option<Secret> {
        let origin = Origin::new("env").with("variable", address.key());
        let is_override = address.key().starts_with("ENV");
        is_override.then(|| Secret::new("override", origin))
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let origin = match address.key().starts_with("FILE") {
            true => Origin::new("dotenv").with("file", ".env"),
            false => self.origin(),
        };
        Ok(Secret::new(address.environment(), origin))
    }
}

fn resolver(profiles: Profiles) -> Resolver {
    of(Resolver::builder(Echo::default()), profiles)
}

fn of(builder: ResolverBuilder, profiles: Profiles) -> Resolver {
    builder
        .scheme("vault")
        .environment("staging")
        .profiles(profiles)
        .build()
        .unwrap()
}

fn reference(text: &str) -> SecretRef {
    text.parse().unwrap()
}

fn environment_of(resolver: &Resolver, text: &str) -> String {
    let secret = block_on(resolver.answer(&reference(text)))
        .unwrap()
        .unwrap();
    secret.value().expose_secret().to_owned()
}

fn refusal(resolver: &Resolver, text: &str) -> SecretError {
    resolver.address(&reference(text)).unwrap_err()
}

fn debug_and_release() -> Profiles {
    let debug = ProfilePolicy::new()
        .environment("dev")
        .allow_environments(["dev"])
        .allow_schemes(["INFISICAL"])
        .allow_folders([FolderPath::parse("/shared").unwrap()]);
    Profiles::new()
        .with("debug", debug)
        .with("release", ProfilePolicy::new().environment("prod"))
}

#[test]
fn a_reference_without_an_environment_means_that_of_the_profile() {
    let resolver = resolver(debug_and_release());
    let asked = "infisical:///shared/KEY";
    assert_eq!(environment_of(&resolver, asked), "staging");
    assert_eq!(environment_of(&resolver.in_profile("debug"), asked), "dev");
    assert_eq!(
        environment_of(&resolver.in_profile("Release"), asked),
        "prod"
    );
    let named = "infisical://other/shared/KEY";
    assert_eq!(
        environment_of(&resolver.in_profile("release"), named),
        "other"
    );
}

#[test]
fn what_a_profile_does_not_allow_is_refused_by_name() {
    let debug = resolver(debug_and_release()).in_profile("debug");
    for (text, code) in [
        ("infisical://prod/shared/KEY", "environment-not-allowed"),
        ("infisical:///private/KEY", "folder-not-allowed"),
        ("vault:///shared/KEY", "scheme-not-allowed"),
    ] {
        let error = refusal(&debug, text);
        assert_eq!(error.code(), code, "{text}");
        assert!(
            error.message().contains("in the profile `debug`"),
            "{error}"
        );
        assert!(error.hint().is_some());
    }
    assert!(
        debug
            .address(&reference("infisical://dev/shared/a/KEY"))
            .is_ok()
    );
}

#[test]
fn the_limits_of_all_profiles_hold_in_each() {
    let builder = Resolver::builder(Echo::default()).allow_environments(["dev"]);
    let error = refusal(
        &of(builder, debug_and_release()).in_profile("release"),
        "infisical:///KEY",
    );
    assert_eq!(error.code(), "environment-not-allowed");
    assert!(
        error.message().contains("`prod` is not allowed here"),
        "{error}"
    );
}

#[test]
fn a_profile_that_nobody_thought_of_reads_nothing() {
    let other = resolver(debug_and_release()).in_profile("releas");
    assert_eq!(
        refusal(&other, "infisical://dev/shared/KEY").code(),
        "profile-without-policy"
    );
    let profiles = debug_and_release().others(ProfilePolicy::new().environment("test"));
    let other = resolver(profiles).in_profile("releas");
    assert_eq!(environment_of(&other, "infisical:///KEY"), "test");
}

#[test]
fn without_policies_profiles_change_nothing() {
    let resolver = resolver(Profiles::new()).in_profile("release");
    assert_eq!(environment_of(&resolver, "infisical:///KEY"), "staging");
}

#[test]
fn values_of_the_environment_are_refused_and_the_source_is_not_asked() {
    let source = Echo::default();
    let asked = Arc::clone(&source.asked);
    let release = ProfilePolicy::new().deny_environment_values();
    let resolver = of(
        Resolver::builder(source),
        Profiles::new().with("release", release),
    );
    let references = ["ENV_A", "B", "FILE_C"].map(|key| reference(&format!("infisical:///{key}")));

    let answers = block_on(resolver.in_profile("debug").answer_many(&references));
    assert_eq!(
        answers[0].as_ref().unwrap_err().code(),
        "profile-without-policy"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let answers = block_on(resolver.in_profile("release").answer_many(&references));
    let codes: Vec<_> = answers
        .iter()
        .map(|answer| answer.as_ref().err().map(SecretError::code))
        .collect();
    let refused = Some("environment-value-not-allowed");
    assert_eq!(codes, [refused, None, refused]);
    // The override was at hand, so only the others were asked for.
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let error = answers[0].as_ref().unwrap_err();
    assert!(error.message().contains("variable ENV_A"), "{error}");
    assert!(!format!("{error} {error:?}").contains("override"));
}
