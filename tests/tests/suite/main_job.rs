//! The main job: a figment configuration whose secrets live in Infisical.

use std::collections::BTreeMap;

use infisical_fake::{Fake, Seed};
use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Toml};
use keyfob::{ExposeSecret, ResolveSecrets, SecretString};
use serde::Deserialize;

use crate::bench::{serve, stack_of};

/// Fifty references in five folders, ten in each.
fn fifty() -> (Seed, String) {
    let mut seed = Seed::new().project("bench");
    let mut text = String::new();
    for folder in 0..5 {
        text.push_str(&format!("[t{folder}]\n"));
        for key in 0..10 {
            seed = seed.secret(
                "dev",
                &format!("/f{folder}"),
                &format!("K{key}"),
                &format!("value {folder} {key}"),
            );
            text.push_str(&format!("k{key} = 'infisical:///f{folder}/K{key}'\n"));
        }
    }
    (seed, text)
}

#[tokio::test]
async fn fifty_references_in_five_folders_cost_one_login_and_five_lists() {
    let (seed, text) = fifty();
    let server = Fake::builder().seed(seed).start().await.unwrap();
    let stack = stack_of(&server).build().unwrap();
    type Config = BTreeMap<String, BTreeMap<String, String>>;

    let resolved = Figment::from(Toml::string(&text))
        .resolve_secrets(&stack)
        .await
        .unwrap();
    let config: Config = resolved.extract().unwrap();
    assert_eq!(config["t3"]["k7"], "value 3 7");
    let counts = server.counts();
    assert_eq!((counts.logins, counts.lists, counts.total), (1, 5, 6));

    let again = Figment::from(Toml::string(&text))
        .resolve_secrets(&stack)
        .await
        .unwrap();
    assert_eq!(again.report().rows().len(), 50);
    assert!(again.report().rows().iter().all(|row| row.is_cached()));
    assert_eq!(server.counts().total, 6, "within the TTL nothing is asked");
}

#[derive(Deserialize)]
struct Typed {
    dsn: SecretString,
    port: u16,
    ratio: f64,
    tls: bool,
    digits: String,
    url: String,
    user: String,
    absent: Option<String>,
    fallback: String,
}

#[tokio::test]
async fn values_take_the_types_of_their_fields() {
    let server = serve(&[
        ("/db", "DSN", "postgres://db"),
        ("/db", "PORT", "5432"),
        ("/db", "RATIO", "1.5"),
        ("/db", "TLS", "true"),
        ("/db", "DIGITS", "00123"),
        ("/db", "PASSWORD", "p@ss/w#rd"),
        ("/db", "JSON", r#"{"user": {"name": "app"}}"#),
    ])
    .await;
    let stack = stack_of(&server).build().unwrap();
    let text = "
        dsn = 'infisical:///db/DSN'
        port = 'infisical:///db/PORT'
        ratio = 'infisical:///db/RATIO'
        tls = 'infisical:///db/TLS'
        digits = 'infisical:///db/DIGITS'
        url = 'postgres://app:${infisical:///db/PASSWORD?encode=percent}@db/app'
        user = 'infisical:///db/JSON#/user/name'
        absent = 'infisical:///db/ABSENT?optional'
        fallback = 'infisical:///db/ABSENT?default=fall%20back'
    ";
    let resolved = Figment::from(Toml::string(text))
        .resolve_secrets(&stack)
        .await
        .unwrap();
    let config: Typed = resolved.extract().unwrap();
    assert_eq!(config.dsn.expose_secret(), "postgres://db");
    assert_eq!((config.port, config.ratio, config.tls), (5432, 1.5, true));
    assert_eq!(config.digits, "00123");
    assert_eq!(config.url, "postgres://app:p%40ss%2Fw%23rd@db/app");
    assert_eq!(
        (
            config.user.as_str(),
            config.absent,
            config.fallback.as_str()
        ),
        ("app", None, "fall back")
    );
}

#[tokio::test]
async fn a_value_that_looks_like_a_reference_is_left_as_it_is() {
    let reference = "infisical:///db/OTHER";
    let template = "x${infisical:///db/OTHER}y";
    let server = serve(&[
        ("/db", "A", reference),
        ("/db", "B", template),
        ("/db", "OTHER", "never"),
    ])
    .await;
    let stack = stack_of(&server)
        .unresolved(keyfob::ValuePolicy::Allow)
        .build()
        .unwrap();
    let text = "a = 'infisical:///db/A'\nb = 'infisical:///db/B'\nc = '<${infisical:///db/A}>'";
    let resolved = Figment::from(Toml::string(text))
        .resolve_secrets(&stack)
        .await
        .unwrap();
    let config: BTreeMap<String, String> = resolved.extract().unwrap();
    assert_eq!(config["a"], reference);
    assert_eq!(config["b"], template);
    assert_eq!(config["c"], format!("<{reference}>"));
}

#[tokio::test]
async fn naming_the_default_project_makes_no_second_secret_of_one() {
    let server = serve(&[("/db", "KEY", "value")]).await;
    let stack = stack_of(&server).build().unwrap();
    let project = server.project_id();
    let text = format!("a = 'infisical:///db/KEY'\nb = 'infisical://{project}@dev/db/KEY'");
    let resolved = Figment::from(Toml::string(&text))
        .resolve_secrets(&stack)
        .await
        .unwrap();
    let config: BTreeMap<String, String> = resolved.extract().unwrap();
    assert_eq!(config["a"], config["b"]);
    assert_eq!((server.counts().lists, server.counts().gets), (0, 1));
}
