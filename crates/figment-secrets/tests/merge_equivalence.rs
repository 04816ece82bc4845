//! Merging before resolving and after it give the same configuration, whatever the profiles.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use figment::providers::{Format, Serialized, Toml};
use figment::{Figment, Profile};
use figment_secrets::ResolveSecrets;
use futures_executor::block_on;
use secret_source::{MemorySource, Resolver};

const APP: &str = r#"
    [default]
    b = "infisical://dev/B"
    list = ["infisical://dev/LIST", "plain"]

    [default.db]
    dsn = "infisical://dev/DSN"
    port = 1

    [default.only]
    x = "infisical://dev/ONLY"

    [release]
    b = "infisical://prod/B"

    [release.db]
    dsn = "infisical://prod/DSN"

    [other]
    b = "infisical://other/B"

    [global]
    g = "infisical://prod/G"

    [global.db]
    extra = "infisical://prod/X"
"#;

fn resolver() -> Resolver {
    let references = [
        "dev/B",
        "dev/LIST",
        "dev/DSN",
        "dev/ONLY",
        "prod/B",
        "prod/DSN",
        "prod/G",
        "prod/X",
        "dev/LATER",
    ];
    let source = references
        .into_iter()
        .fold(MemorySource::new(), |source, reference| {
            source
                .with(
                    &format!("infisical://{reference}"),
                    &format!("value of {reference}"),
                )
                .unwrap()
        });
    Resolver::builder(source).build().unwrap()
}

fn resolved(figment: Figment, resolver: &Resolver) -> Figment {
    block_on(figment.resolve_secrets(resolver))
        .unwrap()
        .into_figment_exposed()
}

#[derive(Clone, Copy, Debug)]
enum Operation {
    Merge,
    Join,
    Admerge,
    Adjoin,
}

impl Operation {
    const ALL: [Self; 4] = [Self::Merge, Self::Join, Self::Admerge, Self::Adjoin];

    fn apply(self, figment: Figment, layer: Serialized<impl serde::Serialize>) -> Figment {
        match self {
            Self::Merge => figment.merge(layer),
            Self::Join => figment.join(layer),
            Self::Admerge => figment.admerge(layer),
            Self::Adjoin => figment.adjoin(layer),
        }
    }
}

/// Compares both orders for every selected profile, every profile of the later layer and every operation.
fn compare(keys: &[&str], later: impl serde::Serialize + Clone) -> usize {
    let (resolver, mut cases) = (resolver(), 0);
    for selected in ["default", "release", "global", "missing"] {
        let figment = Figment::new()
            .merge(Toml::string(APP).nested())
            .select(selected);
        for profile in ["default", "global", "release", "missing"].map(Profile::new) {
            for key in keys {
                for operation in Operation::ALL {
                    let layer = || Serialized::default(key, later.clone()).profile(profile.clone());
                    let after = operation.apply(resolved(figment.clone(), &resolver), layer());
                    let before = operation.apply(figment.clone(), layer());
                    let after = resolved(after, &resolver).find_value("").unwrap();
                    let before = resolved(before, &resolver).find_value("").unwrap();
                    assert_eq!(
                        after, before,
                        "{selected} selected, {operation:?} {key} into {profile}"
                    );
                    cases += 1;
                }
            }
        }
    }
    cases
}

#[test]
fn a_later_layer_means_the_same_before_and_after_resolving() {
    let keys = ["b", "g", "db.dsn", "db.extra", "only.x", "new"];
    assert_eq!(compare(&keys, "infisical://dev/LATER"), 384);
}

#[test]
fn a_later_array_means_the_same_before_and_after_resolving() {
    assert_eq!(
        compare(&["list", "b", "new"], ["infisical://dev/LATER"]),
        192
    );
}

#[test]
fn the_selected_profile_stays_selected() {
    let figment = Figment::new()
        .merge(Toml::string(APP).nested())
        .select("release");
    let resolved = resolved(figment, &resolver());
    assert_eq!(resolved.profile(), "release");
    let mut profiles: Vec<_> = resolved.profiles().map(ToString::to_string).collect();
    profiles.sort();
    assert_eq!(profiles, ["default", "global", "release"]);
}
