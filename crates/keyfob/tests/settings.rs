//! Settings as an application meets them: through the environment, a figment section and the builder.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "tests fail by panicking"
)]

use std::time::Duration;

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Serialized, Toml};
use keyfob::{Environment, Fault, SecretString, Stack, StackBuilder};

const CANARY: &str = "kf-canary-7f3a9c1e";

fn with(pairs: &[(&str, &str)]) -> StackBuilder {
    Stack::builder().variables(Environment::from_pairs(pairs.iter().copied()))
}

fn faults(builder: StackBuilder) -> Vec<Fault> {
    builder.build().unwrap_err().faults().to_vec()
}

fn names(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(Fault::setting).collect()
}

/// Returns the value of a setting and where it came from.
fn effective(stack: &Stack, name: &str) -> (Option<String>, String) {
    let description = stack.describe();
    let setting = description
        .settings
        .into_iter()
        .find(|setting| setting.name == name)
        .unwrap();
    (setting.value, setting.from.to_string())
}

fn asks_infisical(builder: StackBuilder) -> bool {
    builder.build().unwrap().describe().requests.is_some()
}

const ADDRESS: (&str, &str) = ("INFISICAL_API_URL", "https://infisical.example");
const TOKEN: (&str, &str) = ("INFISICAL_TOKEN", CANARY);
const ON: (&str, &str) = ("INFISICAL_ENABLED", "true");
const OFF: (&str, &str) = ("INFISICAL_ENABLED", "false");

#[test]
fn every_row_of_the_truth_table_holds() {
    for disabled in [
        &[OFF] as &[_],
        &[OFF, ADDRESS],
        &[OFF, TOKEN],
        &[OFF, ADDRESS, TOKEN],
        &[],
    ] {
        assert!(!asks_infisical(with(disabled)), "{disabled:?}");
    }
    assert!(asks_infisical(with(&[ADDRESS, TOKEN])));
    assert!(asks_infisical(with(&[ON, ADDRESS, TOKEN])));

    let without_credentials = faults(with(&[ADDRESS]));
    let hint = without_credentials[0].hint().unwrap();
    assert!(
        hint.contains("INFISICAL_CLIENT_ID") && hint.contains("INFISICAL_TOKEN"),
        "{hint}"
    );

    let without_address = faults(with(&[TOKEN]));
    assert!(without_address[0].message().contains("INFISICAL_TOKEN"));
    let hint = without_address[0].hint().unwrap();
    assert!(
        hint.contains("https://app.infisical.com") && hint.contains("https://eu.infisical.com"),
        "{hint}"
    );

    assert_eq!(names(&faults(with(&[ON]))), ["address", "client_id"]);
    assert_eq!(names(&faults(with(&[ON, TOKEN]))), ["address"]);
    assert_eq!(
        names(&faults(with(&[ON, ADDRESS, ("INFISICAL_CLIENT_ID", "id")]))),
        ["client_secret"]
    );
}

#[test]
fn everything_wrong_is_listed_at_once_and_no_secret_is_shown() {
    let builder = with(&[
        ("INFISICAL_API_URL", "http://infisical.example"),
        ("INFISICAL_CLIENT_SECRET", CANARY),
        ("INFISICAL_CACHE_TTL", "3601"),
        ("KEYFOB_CACHE_ENTRIES", "0"),
        ("KEYFOB_FALLBACK", "sometimes"),
        ("KEYFOB_ENVIRONMENTS", "dev,prod"),
        ("INFISICAL_ENVIRONMENT", "prd"),
    ]);
    let error = builder.build().unwrap_err();
    let mut found = names(error.faults());
    found.sort();
    assert_eq!(
        found,
        [
            "address",
            "cache_entries",
            "cache_ttl",
            "client_id",
            "environment",
            "fallback"
        ]
    );
    let text = format!("{error}\n{error:?}");
    assert!(!text.contains(CANARY), "{text}");
    for fault in error.faults() {
        assert!(
            fault.hint().is_some() && error.to_string().contains(fault.message()),
            "{fault}"
        );
    }
}

#[test]
fn a_blank_value_counts_as_unset() {
    let stack = with(&[
        ("INFISICAL_API_URL", "  "),
        ("INFISICAL_CACHE_TTL", ""),
        ("INFISICAL_TOKEN_FILE", " "),
    ])
    .build()
    .unwrap();
    assert_eq!(
        effective(&stack, "cache_ttl"),
        (Some("300s".into()), "default".into())
    );
    assert_eq!(effective(&stack, "address").0, None);
}

#[test]
fn spellings_that_agree_are_fine_and_others_are_named() {
    let agreeing = with(&[
        ("INFISICAL_API_URL", "https://Infisical.example/api/"),
        ("INFISICAL_HOST", "https://infisical.example"),
        ("INFISICAL_DOMAIN", "https://infisical.example:443/"),
        TOKEN,
    ]);
    assert!(asks_infisical(agreeing));

    let conflicting = faults(with(&[
        ADDRESS,
        ("INFISICAL_ADDR", "https://other.example"),
        TOKEN,
    ]));
    assert_eq!(names(&conflicting), ["address"]);
    let message = conflicting[0].message();
    assert!(
        message.contains("INFISICAL_API_URL") && message.contains("INFISICAL_ADDR"),
        "{message}"
    );

    let secrets = faults(with(&[
        ADDRESS,
        TOKEN,
        ("INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN", "kf-canary-other"),
    ]));
    let text = format!("{secrets:?}");
    assert!(
        text.contains("INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN") && !text.contains("kf-canary"),
        "{text}"
    );
}

#[test]
fn a_file_variant_holds_the_value_and_remembers_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, format!("{CANARY}\n")).unwrap();
    let path = path.to_str().unwrap();

    let stack = with(&[ADDRESS, ("INFISICAL_TOKEN_FILE", path)])
        .build()
        .unwrap();
    let (value, from) = effective(&stack, "token");
    assert_eq!(value.as_deref(), Some("(set)"));
    assert!(
        from.contains("INFISICAL_TOKEN_FILE") && from.contains(path),
        "{from}"
    );

    assert!(
        asks_infisical(with(&[ADDRESS, TOKEN, ("INFISICAL_TOKEN_FILE", path)])),
        "both say the same"
    );
    let conflict = faults(with(&[
        ADDRESS,
        ("INFISICAL_TOKEN", "another"),
        ("INFISICAL_TOKEN_FILE", path),
    ]));
    assert_eq!(names(&conflict), ["token"]);
}

#[test]
fn a_file_that_cannot_be_read_is_one_fault_and_not_called_missing_as_well() {
    let faults = faults(with(&[ADDRESS, ("INFISICAL_TOKEN_FILE", "/no/such/file")]));
    assert_eq!(names(&faults), ["token"]);
    assert!(
        !faults[0].message().contains("/no/such/file"),
        "it may be a secret"
    );
    assert_eq!(faults[0].variable(), Some("INFISICAL_TOKEN_FILE"));
}

#[test]
fn a_reference_among_the_credentials_is_refused_with_the_reason() {
    let faults = faults(with(&[
        ADDRESS,
        ("INFISICAL_TOKEN", "infisical://prod/TOKEN"),
    ]));
    assert_eq!(names(&faults), ["token"]);
    assert!(faults[0].message().contains("reference"), "{}", faults[0]);
    assert!(
        !faults[0].to_string().contains("prod/TOKEN"),
        "the value is not shown"
    );
}

#[test]
fn two_sets_of_credentials_need_the_login_method() {
    let both = [
        ADDRESS,
        TOKEN,
        ("INFISICAL_CLIENT_ID", "id"),
        ("INFISICAL_CLIENT_SECRET", CANARY),
    ];
    let conflict = faults(with(&both));
    assert_eq!(names(&conflict), ["auth_method"]);
    assert!(
        conflict[0].message().contains("INFISICAL_CLIENT_ID")
            && conflict[0].message().contains("INFISICAL_TOKEN")
    );
    for method in ["universal-auth", "universal", "token"] {
        let mut chosen = both.to_vec();
        chosen.push(("INFISICAL_AUTH_METHOD", method));
        assert!(asks_infisical(with(&chosen)), "{method}");
    }
}

#[test]
fn plain_http_needs_loopback_or_permission() {
    for (address, allowed) in [
        ("http://infisical:8080", false),
        ("http://127.0.0.1:8080", true),
        ("http://localhost", true),
        ("https://infisical", true),
    ] {
        let built = with(&[("INFISICAL_API_URL", address), TOKEN]).build();
        assert_eq!(built.is_ok(), allowed, "{address}");
    }
    assert!(asks_infisical(with(&[
        ("INFISICAL_API_URL", "http://infisical:8080"),
        ("INFISICAL_ALLOW_HTTP", "yes"),
        TOKEN
    ])));
}

#[test]
fn what_is_wrong_with_the_way_to_the_server_is_named_by_its_setting_and_not_shown() {
    for (variable, value, setting) in [
        ("KEYFOB_CA_FILE", CANARY, "ca_file"),
        ("KEYFOB_CLIENT_CERT_FILE", CANARY, "client_key_file"),
        ("KEYFOB_CLIENT_KEY_FILE", CANARY, "client_cert_file"),
        ("KEYFOB_PROXY", CANARY, "proxy"),
        ("KEYFOB_SYSTEM_PROXY", CANARY, "system_proxy"),
    ] {
        let error = with(&[ADDRESS, TOKEN, (variable, value)])
            .build()
            .unwrap_err();
        assert_eq!(names(error.faults()), [setting], "{error}");
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error}");
    }
    let proxied = with(&[
        ADDRESS,
        TOKEN,
        ("KEYFOB_PROXY", "http://u:kf-canary@proxy:1"),
    ]);
    let stack = proxied.build().unwrap();
    assert!(!format!("{:?}", stack.describe()).contains("kf-canary"));
    assert!(asks_infisical(with(&[
        ADDRESS,
        TOKEN,
        ("KEYFOB_SYSTEM_PROXY", "true")
    ])));
}

#[test]
fn the_builder_comes_before_the_environment_and_that_before_the_section() {
    let figment = Figment::from(Toml::string(
        "cache_ttl = 10\nretries = 1\ncache_entries = 7",
    ));
    let stack = with(&[("INFISICAL_CACHE_TTL", "20s"), ("KEYFOB_RETRIES", "2")])
        .section(&figment)
        .cache_ttl(Duration::from_secs(30))
        .build()
        .unwrap();
    assert_eq!(
        effective(&stack, "cache_ttl"),
        (Some("30s".into()), "builder".into())
    );
    assert_eq!(
        effective(&stack, "retries"),
        (Some("2".into()), "KEYFOB_RETRIES".into())
    );
    let (entries, from) = effective(&stack, "cache_entries");
    assert_eq!(entries.as_deref(), Some("7"));
    assert!(
        from.contains("cache_entries") && from.contains("TOML"),
        "{from}"
    );
}

#[test]
fn a_section_is_read_with_its_numbers_booleans_and_lists() {
    let figment = Figment::from(Toml::string(
        "[keyfob]\nenvironments = [\"dev\", \"prod\"]\nenabled = false\nbreaker_failures = 3\n\
         env_map = { DSN = \"infisical://prod/db/DSN\" }",
    ));
    let stack = with(&[]).section(&figment.focus("keyfob")).build().unwrap();
    assert_eq!(
        effective(&stack, "environments").0.as_deref(),
        Some("dev,prod")
    );
    assert_eq!(effective(&stack, "enabled").0.as_deref(), Some("false"));
    assert_eq!(
        effective(&stack, "env_map").0.as_deref(),
        Some("DSN=infisical://prod/db/DSN")
    );
    assert_eq!(
        effective(&stack, "breaker_failures").0.as_deref(),
        Some("3")
    );
}

#[test]
fn a_figment_without_the_section_sets_nothing() {
    let figment = Figment::from(Toml::string("port = 80"));
    assert!(with(&[]).section(&figment.focus("keyfob")).build().is_ok());
}

#[test]
fn a_misspelt_key_of_the_section_is_a_fault_with_a_suggestion() {
    let figment = Figment::from(Serialized::default("cache_tll", 10));
    let faults = faults(with(&[]).section(&figment));
    assert_eq!(faults[0].hint(), Some("did you mean `cache_ttl`?"));
}

#[test]
fn a_secret_that_figment_took_for_a_number_is_refused_unseen() {
    let figment = Figment::from(Toml::string("token = 12345678"));
    let faults = faults(with(&[]).section(&figment));
    assert_eq!(names(&faults), ["token"]);
    assert!(!faults[0].to_string().contains("12345678"));
}

#[test]
fn a_broken_file_beneath_the_section_is_a_fault_that_quotes_no_line() {
    let figment = Figment::from(Toml::string(&format!("token = \"{CANARY}")));
    let text = format!("{:?}", faults(with(&[]).section(&figment)));
    assert!(
        text.contains("cannot be read") && !text.contains(CANARY),
        "{text}"
    );
}

#[test]
fn nothing_shows_a_canary() {
    let builder = with(&[
        ADDRESS,
        ("INFISICAL_CLIENT_ID", "kf-canary-id"),
        ("INFISICAL_CLIENT_SECRET", CANARY),
    ])
    .token(SecretString::from("kf-canary-token"))
    .auth_method(keyfob::AuthMethod::Token);
    let debug = format!("{builder:?}");
    let stack = builder.build().unwrap();
    let shown = format!(
        "{debug} {stack:?} {:?} {}",
        stack.resolver(),
        serde_json::to_string(&stack.describe()).unwrap()
    );
    assert!(!shown.contains("kf-canary"), "{shown}");
}

#[test]
fn turned_off_means_that_nothing_of_infisical_can_be_wrong() {
    let stack = Stack::builder()
        .variables(Environment::from_pairs([
            ("INFISICAL_ENABLED", "false"),
            ("INFISICAL_API_URL", "http://not-loopback.example"),
            ("INFISICAL_AUTH_METHOD", "carrier pigeon"),
            ("INFISICAL_CLIENT_SECRET_FILE", "/no/such/file"),
        ]))
        .build();
    assert!(stack.is_ok(), "{stack:?}");
}
