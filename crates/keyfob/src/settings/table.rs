//! The one table of settings: what is read, what is documented, and what is checked comes from here.

mod cache;
mod login;
mod references;
mod server;
mod variables;

use std::time::Duration;

use super::bounds::Bounds;
use super::env_map::is_variable;
use super::form::{Form, Rule};

/// Describes one setting.
#[derive(Debug)]
pub(crate) struct Setting {
    /// The name in a figment section and in the documentation; the builder's method has it too.
    pub(crate) name: &'static str,
    /// The spellings of its variable, the first being the one that hints name.
    pub(crate) variables: &'static [&'static str],
    /// The text that stands for an unset value.
    pub(crate) default: Option<&'static str>,
    pub(crate) form: Form,
    pub(crate) doc: &'static str,
}

const FIVE_MINUTES: Duration = Duration::from_secs(300);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

const SOME_TIME: Bounds<Duration> = Bounds::over(Duration::ZERO);

const NAME: Rule = Rule {
    words: "an id or slug, without white space, `/`, `@` or `:`",
    allows: |text| !text.contains(|letter: char| letter.is_whitespace() || "/@:".contains(letter)),
};
const SLUG: Rule = Rule {
    words: "a slug, without white space, `/`, `@` or `:`",
    ..NAME
};
const ANYTHING: Rule = Rule {
    words: "a text without white space",
    allows: |text| !text.contains(char::is_whitespace),
};
const VARIABLE: Rule = Rule {
    words: "letters, digits and `_`, not beginning with a digit",
    allows: is_variable,
};

const SWITCH: &[Setting] = &[Setting {
    name: "enabled",
    variables: &["INFISICAL_ENABLED"],
    default: None,
    form: Form::Flag(|settings, on| settings.enabled = Some(on)),
    doc: "Whether Infisical is asked at all. Unset, that follows from whether an address and credentials are set.",
}];

/// The groups in the order of their documentation.
const GROUPS: [&[Setting]; 6] = [
    SWITCH,
    server::TABLE,
    login::TABLE,
    references::TABLE,
    cache::TABLE,
    variables::TABLE,
];

/// Lists the settings in the order of their documentation.
pub(crate) fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.into_iter().flatten()
}

/// Finds a setting by its name.
pub(crate) fn named(name: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.name == name)
}

/// Tells whether a setting means nothing while Infisical is turned off.
pub(crate) fn is_about_the_server(name: &str) -> bool {
    let about = [server::TABLE, login::TABLE];
    about
        .into_iter()
        .flatten()
        .any(|setting| setting.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// What each setting takes, at its bounds, and what it refuses, just outside of them.
    const CASES: &[(&str, &[&str], &[&str])] = &[
        ("enabled", &["true", "OFF"], &["", "2", "maybe"]),
        (
            "address",
            &["https://example.com", "http://localhost:8080/api"],
            &[
                "example.com",
                "https://u:p@example.com",
                "ftp://example.com",
            ],
        ),
        ("allow_http", &["yes", "0"], &["si"]),
        ("ca_file", &["ca.pem"], &[]),
        ("client_cert_file", &["client.pem"], &[]),
        ("client_key_file", &["client.key"], &[]),
        ("proxy", &["http://proxy:3128"], &[]),
        ("system_proxy", &["on", "no"], &["HTTPS_PROXY"]),
        ("connect_timeout", &["1ms", "1h"], &["0"]),
        ("request_timeout", &["1ms", "1h"], &["0"]),
        ("retries", &["0", "100"], &["101", "-1", "three"]),
        ("retry_delay", &["0", "300s"], &["301s"]),
        ("retry_max_delay", &["0", "300s"], &["301s"]),
        ("requests_per_minute", &["1", "1000000"], &["0", "some"]),
        (
            "auth_method",
            &[
                "universal-auth",
                "universal",
                "token",
                "TOKEN",
                "kubernetes",
                "oidc",
                "oidc-auth",
                "jwt",
                "jwt-auth",
                "aws",
                "aws-iam",
                "gcp-id-token",
                "gcp-iam",
                "azure",
                "ldap",
                "ldap-auth",
            ],
            &["password", ""],
        ),
        ("client_id", &["x"], &[]),
        ("client_secret", &["x"], &[]),
        ("token", &["x"], &[]),
        ("identity_id", &["5f1c7a52-0000"], &["a b"]),
        ("jwt", &["x"], &[]),
        ("kubernetes_token_file", &["/token"], &[]),
        ("ldap_username", &["x"], &[]),
        ("ldap_password", &["x"], &[]),
        ("gcp_key_file", &["/key.json"], &[]),
        ("azure_resource", &["https://vault.azure.net"], &["a b"]),
        ("aws_region", &["eu-central-1"], &["eu central"]),
        ("organization", &["acme"], &["a b", "a/b"]),
        (
            "project",
            &["shop", "5f1c7a52-0000"],
            &["a b", "a/b", "a@b"],
        ),
        ("environment", &["prod"], &["a b", "prod/", "a:b"]),
        ("environments", &["prod", "dev, prod"], &["dev,a b"]),
        (
            "folder",
            &["/", "/shared/db"],
            &["shared", "", "/a//b", "/../a"],
        ),
        ("empty", &["allow", "warn", "error"], &["ignore"]),
        ("unresolved", &["allow", "warn", "error"], &["ignore"]),
        ("log_names", &["full", "hashed", "none"], &["some"]),
        (
            "cache_ttl",
            &["0", "3600s", "1h"],
            &["3601", "3600001ms", "-1", "1.5"],
        ),
        ("cache_stale", &["0", "24h"], &["86401"]),
        ("cache_negative_ttl", &["0", "5m"], &["301"]),
        (
            "cache_entries",
            &["1", "1000000"],
            &["0", "1000001", "many"],
        ),
        ("snapshot", &["/var/lib/app/snapshot"], &[]),
        ("snapshot_key_file", &["/run/secrets/key"], &[]),
        ("snapshot_max_age", &["1s", "720h"], &["0", "2592001s"]),
        ("lookup_deadline", &["1ms", "300s"], &["0", "301s"]),
        ("startup_deadline", &["1ms", "300s"], &["0", "301s"]),
        ("refresh_deadline", &["1ms", "1h"], &["0"]),
        ("waiting_lookups", &["1", "1000000"], &["0", "many"]),
        ("breaker_failures", &["0", "1000000"], &["1000001"]),
        ("breaker_reset", &["1ms", "24h"], &["0"]),
        ("env_override", &["qualified", "bare", "off"], &["on"]),
        (
            "env_map",
            &["A=infisical://prod/X"],
            &["A=prod", "/no/such/file"],
        ),
        ("fallback", &["table", "transient", "off"], &["always"]),
        ("env_prefix", &["MYAPP_", "_"], &["1X", "A-B", ""]),
        ("dotenv", &[".env"], &[]),
    ];

    #[test]
    fn each_setting_takes_what_is_within_its_bounds_and_nothing_else() {
        let covered: Vec<_> = CASES.iter().map(|(name, ..)| *name).collect();
        let names: Vec<_> = all().map(|setting| setting.name).collect();
        assert_eq!(covered, names);
        for (setting, (name, good, bad)) in all().zip(CASES) {
            for text in *good {
                let read = setting.form.read(text, &mut Settings::blank());
                assert_eq!(read, Ok(()), "{name} = {text}");
            }
            for text in *bad {
                assert!(
                    setting.form.read(text, &mut Settings::blank()).is_err(),
                    "{name} = {text}"
                );
            }
        }
    }

    #[test]
    fn each_default_is_within_its_bounds() {
        for setting in all() {
            let read = setting
                .default
                .map(|text| setting.form.read(text, &mut Settings::blank()));
            assert!(read.is_none_or(|read| read.is_ok()), "{}", setting.name);
        }
    }

    #[test]
    fn no_variable_belongs_to_two_settings() {
        let mut variables: Vec<_> = all().flat_map(|setting| setting.variables).collect();
        let count = variables.len();
        variables.sort();
        variables.dedup();
        assert_eq!(variables.len(), count);
    }
}
