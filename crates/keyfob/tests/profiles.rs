//! Policies of profiles in a whole stack.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use figment::Figment;
use figment::providers::{Format, Toml};
use infisical_fake::{Fake, Seed};
use keyfob::{Environment, ProfilePolicy, Profiles, ResolveSecrets, SecretString, Stack};

#[tokio::test]
async fn an_override_of_the_environment_is_denied_in_release_and_nothing_is_sent() {
    let seed = Seed::new().secret("prod", "/db", "PASSWORD", "of the server");
    let server = Fake::builder().seed(seed).start().await.unwrap();
    let stack = Stack::builder()
        .address(&server.url())
        .client_id(&server.client_id())
        .client_secret(SecretString::from(server.client_secret()))
        .project(&server.project_id())
        .variables(Environment::from_pairs([("DB_PASSWORD", "of a variable")]))
        .profiles(
            Profiles::new()
                .with("debug", ProfilePolicy::new().environment("prod"))
                .with(
                    "release",
                    ProfilePolicy::new()
                        .environment("prod")
                        .deny_environment_values(),
                ),
        )
        .build()
        .unwrap();
    let resolve = |profile| {
        let figment = Figment::from(Toml::string("password = 'infisical:///db/PASSWORD'"));
        figment.select(profile).resolve_secrets(&stack)
    };
    let debug = resolve("debug").await.unwrap();
    assert_eq!(
        debug.extract_inner::<String>("password").unwrap(),
        "of a variable"
    );
    let error = resolve("release").await.unwrap_err();
    assert_eq!(error.problems()[0].code, "environment-value-not-allowed");
    assert!(
        error.to_string().contains("variable DB_PASSWORD"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 0);
}
