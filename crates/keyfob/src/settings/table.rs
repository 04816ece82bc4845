//! The one table of settings: what is read, what is documented, and what is checked comes from here.

use std::time::Duration;

use env_fallback::{FallbackPolicy, Override};
use secret_source::{LogNames, ValuePolicy};

use super::bounds::Bounds;
use super::env_map::is_variable;
use super::form::{Choice, Form, Rule};
use super::truth::AuthMethod;

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

/// Lists the settings in the order of their documentation.
pub(crate) const TABLE: &[Setting] = &[
    Setting {
        name: "enabled",
        variables: &["INFISICAL_ENABLED"],
        default: None,
        form: Form::Flag(|settings, on| settings.enabled = Some(on)),
        doc: "Whether Infisical is asked at all. Unset, that follows from whether an address and credentials are set.",
    },
    Setting {
        name: "address",
        variables: &[
            "INFISICAL_API_URL",
            "INFISICAL_HOST",
            "INFISICAL_ADDR",
            "INFISICAL_DOMAIN",
        ],
        default: None,
        form: Form::Address(|settings, address| settings.address = Some(address)),
        doc: "The Infisical server. No host is ever guessed: Infisical Cloud is `https://app.infisical.com` (US) or `https://eu.infisical.com` (EU).",
    },
    Setting {
        name: "allow_http",
        variables: &["INFISICAL_ALLOW_HTTP"],
        default: Some("false"),
        form: Form::Flag(|settings, on| settings.allow_http = on),
        doc: "Whether the address may be plain HTTP off this machine, as for `http://infisical:8080` inside a cluster.",
    },
    Setting {
        name: "ca_file",
        variables: &["KEYFOB_CA_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.ca_file = Some(path)),
        doc: "A PEM file of certificate authorities that are trusted beside those of the machine.",
    },
    Setting {
        name: "client_cert_file",
        variables: &["KEYFOB_CLIENT_CERT_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.client_cert_file = Some(path)),
        doc: "A PEM file with the certificate, and its chain, that a server or proxy asks the client for.",
    },
    Setting {
        name: "client_key_file",
        variables: &["KEYFOB_CLIENT_KEY_FILE"],
        default: None,
        form: Form::Path(|settings, path| settings.client_key_file = Some(path)),
        doc: "A PEM file with the key of that certificate, not encrypted; it may be the same file.",
    },
    Setting {
        name: "proxy",
        variables: &["KEYFOB_PROXY"],
        default: None,
        form: Form::Secret(|settings, url| settings.proxy = Some(url)),
        doc: "An HTTP proxy for all requests: `http://host:port`, with `user:password@` before the host where it asks for that.",
    },
    Setting {
        name: "system_proxy",
        variables: &["KEYFOB_SYSTEM_PROXY"],
        default: Some("false"),
        form: Form::Flag(|settings, on| settings.system_proxy = on),
        doc: "Whether the proxies of the system are used: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, and on macOS and Windows the system's settings.",
    },
    Setting {
        name: "auth_method",
        variables: &["INFISICAL_AUTH_METHOD"],
        default: None,
        form: Form::Choice(&[
            Choice {
                word: "universal-auth",
                store: |settings| settings.auth_method = Some(AuthMethod::Universal),
            },
            Choice {
                word: "universal",
                store: |settings| settings.auth_method = Some(AuthMethod::Universal),
            },
            Choice {
                word: "token",
                store: |settings| settings.auth_method = Some(AuthMethod::Token),
            },
            Choice {
                word: "kubernetes",
                store: |settings| settings.auth_method = Some(AuthMethod::Kubernetes),
            },
            Choice {
                word: "oidc",
                store: |settings| settings.auth_method = Some(AuthMethod::Oidc),
            },
            Choice {
                word: "jwt",
                store: |settings| settings.auth_method = Some(AuthMethod::Jwt),
            },
            Choice {
                word: "aws",
                store: |settings| settings.auth_method = Some(AuthMethod::Aws),
            },
            Choice {
                word: "gcp-id-token",
                store: |settings| settings.auth_method = Some(AuthMethod::GcpIdToken),
            },
            Choice {
                word: "gcp-iam",
                store: |settings| settings.auth_method = Some(AuthMethod::GcpIam),
            },
            Choice {
                word: "azure",
                store: |settings| settings.auth_method = Some(AuthMethod::Azure),
            },
            Choice {
                word: "ldap",
                store: |settings| settings.auth_method = Some(AuthMethod::Ldap),
            },
        ]),
        doc: "How to log in. Unset, that is universal auth or the token, whichever is set; two sets of credentials need it, and so do all other methods.",
    },
    Setting {
        name: "client_id",
        variables: &["INFISICAL_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"],
        default: None,
        form: Form::Secret(|settings, id| settings.client_id = Some(id)),
        doc: "The client id of a machine identity with universal auth.",
    },
    Setting {
        name: "client_secret",
        variables: &[
            "INFISICAL_CLIENT_SECRET",
            "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
        ],
        default: None,
        form: Form::Secret(|settings, secret| settings.client_secret = Some(secret)),
        doc: "The client secret that belongs to the client id.",
    },
    Setting {
        name: "token",
        variables: &["INFISICAL_TOKEN", "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN"],
        default: None,
        form: Form::Secret(|settings, token| settings.token = Some(token)),
        doc: "An access token, used as it is and never renewed.",
    },
    Setting {
        name: "identity_id",
        variables: &["INFISICAL_MACHINE_IDENTITY_ID"],
        default: None,
        form: Form::Text(NAME, |settings, id| settings.identity_id = Some(id)),
        doc: "The id of the machine identity, for all methods but universal auth and the token.",
    },
    Setting {
        name: "jwt",
        variables: &["INFISICAL_JWT", "INFISICAL_OIDC_AUTH_JWT"],
        default: None,
        form: Form::Secret(|settings, jwt| settings.jwt = Some(jwt)),
        doc: "The token for the methods `oidc` and `jwt`.",
    },
    Setting {
        name: "kubernetes_token_file",
        variables: &["INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH"],
        default: Some("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        form: Form::Path(|settings, path| settings.kubernetes_token_file = path),
        doc: "The file with the service account's token, for the method `kubernetes`. It is read at each login.",
    },
    Setting {
        name: "ldap_username",
        variables: &["INFISICAL_LDAP_USERNAME"],
        default: None,
        form: Form::Secret(|settings, name| settings.ldap_username = Some(name)),
        doc: "The name for the method `ldap`.",
    },
    Setting {
        name: "ldap_password",
        variables: &["INFISICAL_LDAP_PASSWORD"],
        default: None,
        form: Form::Secret(|settings, password| settings.ldap_password = Some(password)),
        doc: "The password for the method `ldap`.",
    },
    Setting {
        name: "gcp_key_file",
        variables: &["INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH"],
        default: None,
        form: Form::Path(|settings, path| settings.gcp_key_file = Some(path)),
        doc: "The service account's key file, for the method `gcp-iam`. It is read at each login.",
    },
    Setting {
        name: "azure_resource",
        variables: &["KEYFOB_AZURE_RESOURCE"],
        default: Some("https://management.azure.com/"),
        form: Form::Text(ANYTHING, |settings, resource| {
            settings.azure_resource = resource
        }),
        doc: "The resource that the machine's token is for, with the method `azure`.",
    },
    Setting {
        name: "aws_region",
        // Not `AWS_DEFAULT_REGION` as well: AWS allows both to differ, and here that would be a fault.
        variables: &["AWS_REGION"],
        default: Some("us-east-1"),
        form: Form::Text(NAME, |settings, region| settings.aws_region = region),
        doc: "The region whose STS vouches for the machine, with the method `aws`.",
    },
    Setting {
        name: "organization",
        variables: &["INFISICAL_AUTH_ORGANIZATION_SLUG"],
        default: None,
        form: Form::Text(SLUG, |settings, slug| settings.organization = Some(slug)),
        doc: "The organization that a login is for, by slug, where the identity is in several.",
    },
    Setting {
        name: "project",
        variables: &["INFISICAL_PROJECT_ID"],
        default: None,
        form: Form::Text(NAME, |settings, project| settings.project = Some(project)),
        doc: "The project of references that name none.",
    },
    Setting {
        name: "environment",
        variables: &["INFISICAL_ENVIRONMENT"],
        default: None,
        form: Form::Text(SLUG, |settings, slug| settings.environment = Some(slug)),
        doc: "The environment of references that name none. Unset, such a reference is an error.",
    },
    Setting {
        name: "environments",
        variables: &["KEYFOB_ENVIRONMENTS"],
        default: None,
        form: Form::Texts(SLUG, |settings, slugs| settings.environments = Some(slugs)),
        doc: "The environments that the setting above and every reference may name. Unset, any.",
    },
    Setting {
        name: "folder",
        variables: &["INFISICAL_SECRET_PATH"],
        default: Some("/"),
        form: Form::Folder(|settings, folder| settings.folder = folder),
        doc: "The folder of keys that are asked for by name alone.",
    },
    Setting {
        name: "cache_ttl",
        variables: &["INFISICAL_CACHE_TTL"],
        default: Some("300s"),
        form: Form::Duration(Bounds::between(Duration::ZERO, HOUR), |settings, ttl| {
            settings.cache_ttl = ttl
        }),
        doc: "How long a fetched value is fresh. 0 turns the cache and its stale window off; concurrent look-ups of one secret still share one request.",
    },
    Setting {
        name: "cache_stale",
        variables: &["KEYFOB_CACHE_STALE"],
        default: Some("600s"),
        form: Form::Duration(Bounds::between(Duration::ZERO, DAY), |settings, stale| {
            settings.cache_stale = stale
        }),
        doc: "How long after that the value may stand in while the server is down.",
    },
    Setting {
        name: "cache_negative_ttl",
        variables: &["KEYFOB_CACHE_NEGATIVE_TTL"],
        default: Some("10s"),
        form: Form::Duration(
            Bounds::between(Duration::ZERO, FIVE_MINUTES),
            |settings, ttl| settings.cache_negative_ttl = ttl,
        ),
        doc: "How long it is remembered that a secret does not exist.",
    },
    Setting {
        name: "cache_entries",
        variables: &["KEYFOB_CACHE_ENTRIES"],
        default: Some("1000"),
        form: Form::Count(Bounds::between(1, 1_000_000), |settings, entries| {
            settings.cache_entries = entries
        }),
        doc: "How many secrets the cache holds at most.",
    },
    Setting {
        name: "connect_timeout",
        variables: &["KEYFOB_CONNECT_TIMEOUT"],
        default: Some("5s"),
        form: Form::Duration(SOME_TIME, |settings, timeout| {
            settings.connect_timeout = timeout
        }),
        doc: "How long connecting to the server may take.",
    },
    Setting {
        name: "request_timeout",
        variables: &["KEYFOB_REQUEST_TIMEOUT"],
        default: Some("10s"),
        form: Form::Duration(SOME_TIME, |settings, timeout| {
            settings.request_timeout = timeout
        }),
        doc: "How long one request may take, connecting included.",
    },
    Setting {
        name: "lookup_deadline",
        variables: &["KEYFOB_LOOKUP_DEADLINE"],
        default: Some("30s"),
        form: Form::Duration(SOME_TIME.to(FIVE_MINUTES), |settings, deadline| {
            settings.lookup_deadline = deadline
        }),
        doc: "How long one look-up may take, login and retries included; at most nine tenths of the start-up deadline, so that something else can still answer.",
    },
    Setting {
        name: "startup_deadline",
        variables: &["KEYFOB_STARTUP_DEADLINE"],
        default: Some("60s"),
        form: Form::Duration(SOME_TIME.to(FIVE_MINUTES), |settings, deadline| {
            settings.startup_deadline = deadline
        }),
        doc: "How long resolving a whole configuration, or any other batch, may take.",
    },
    Setting {
        name: "refresh_deadline",
        variables: &["KEYFOB_REFRESH_DEADLINE"],
        default: Some("1s"),
        form: Form::Duration(SOME_TIME, |settings, deadline| {
            settings.refresh_deadline = deadline
        }),
        doc: "How long a look-up waits for the server while a stale value is at hand.",
    },
    Setting {
        name: "retries",
        variables: &["KEYFOB_RETRIES"],
        default: Some("3"),
        form: Form::Count(Bounds::between(0, 100), |settings, retries| {
            settings.retries = retries
        }),
        doc: "How often a request that failed transiently is sent again.",
    },
    Setting {
        name: "retry_delay",
        variables: &["KEYFOB_RETRY_DELAY"],
        default: Some("200ms"),
        form: Form::Duration(
            Bounds::between(Duration::ZERO, FIVE_MINUTES),
            |settings, delay| settings.retry_delay = delay,
        ),
        doc: "The longest wait before the first retry; it doubles with each further one, and a random part of it is waited.",
    },
    Setting {
        name: "retry_max_delay",
        variables: &["KEYFOB_RETRY_MAX_DELAY"],
        default: Some("5s"),
        form: Form::Duration(
            Bounds::between(Duration::ZERO, FIVE_MINUTES),
            |settings, delay| settings.retry_max_delay = delay,
        ),
        doc: "The longest wait before any retry.",
    },
    Setting {
        name: "breaker_failures",
        variables: &["KEYFOB_BREAKER_FAILURES"],
        default: Some("5"),
        form: Form::Count(Bounds::between(0, 1_000_000), |settings, failures| {
            settings.breaker_failures = failures
        }),
        doc: "After how many transient failures in a row the circuit breaker opens. 0 turns it off.",
    },
    Setting {
        name: "breaker_reset",
        variables: &["KEYFOB_BREAKER_RESET"],
        default: Some("60s"),
        form: Form::Duration(SOME_TIME, |settings, reset| settings.breaker_reset = reset),
        doc: "How long the circuit breaker stays open before it lets one look-up through as a probe.",
    },
    Setting {
        name: "env_override",
        variables: &["KEYFOB_ENV_OVERRIDE"],
        default: Some("qualified"),
        form: Form::Choice(&[
            Choice {
                word: "qualified",
                store: |settings| settings.env_override = Override::Qualified,
            },
            Choice {
                word: "bare",
                store: |settings| settings.env_override = Override::Bare,
            },
            Choice {
                word: "off",
                store: |settings| settings.env_override = Override::Off,
            },
        ]),
        doc: "Which environment variables come before Infisical: those named after folder and key (`SHARED_DB_PASSWORD`), also those named after the key alone (`PASSWORD`), or none.",
    },
    Setting {
        name: "env_map",
        variables: &["KEYFOB_ENV_MAP"],
        default: None,
        form: Form::Map(|settings, map| settings.env_map = map),
        doc: "Environment variables that stand for secrets under names of their own.",
    },
    Setting {
        name: "fallback",
        variables: &["KEYFOB_FALLBACK"],
        default: Some("table"),
        form: Form::Choice(&[
            Choice {
                word: "table",
                store: |settings| settings.fallback = FallbackPolicy::Table,
            },
            Choice {
                word: "transient",
                store: |settings| settings.fallback = FallbackPolicy::Transient,
            },
            Choice {
                word: "off",
                store: |settings| settings.fallback = FallbackPolicy::Off,
            },
        ]),
        doc: "When the environment and the `.env` file may answer instead of Infisical: for missing secrets, refusals (the `.env` file not) and failures, for transient failures alone (wise in production), or never.",
    },
    Setting {
        name: "env_prefix",
        variables: &["KEYFOB_ENV_PREFIX"],
        default: None,
        form: Form::Text(VARIABLE, |settings, prefix| settings.env_prefix = prefix),
        doc: "What the names of variables for secrets begin with, such as `MYAPP_`.",
    },
    Setting {
        name: "dotenv",
        variables: &["KEYFOB_DOTENV"],
        default: None,
        form: Form::Path(|settings, path| settings.dotenv = Some(path)),
        doc: "A `.env` file to fall back to. None is searched for.",
    },
    Setting {
        name: "empty",
        variables: &["KEYFOB_EMPTY"],
        default: Some("warn"),
        form: Form::Choice(&[
            Choice {
                word: "allow",
                store: |settings| settings.empty = ValuePolicy::Allow,
            },
            Choice {
                word: "warn",
                store: |settings| settings.empty = ValuePolicy::Warn,
            },
            Choice {
                word: "error",
                store: |settings| settings.empty = ValuePolicy::Error,
            },
        ]),
        doc: "What to do about a secret whose value is empty: a seeded placeholder must not become a password unseen.",
    },
    Setting {
        name: "unresolved",
        variables: &["KEYFOB_UNRESOLVED"],
        default: Some("error"),
        form: Form::Choice(&[
            Choice {
                word: "allow",
                store: |settings| settings.unresolved = ValuePolicy::Allow,
            },
            Choice {
                word: "warn",
                store: |settings| settings.unresolved = ValuePolicy::Warn,
            },
            Choice {
                word: "error",
                store: |settings| settings.unresolved = ValuePolicy::Error,
            },
        ]),
        doc: "What to do about a value that still holds a `${…}` which Infisical should have expanded.",
    },
    Setting {
        name: "log_names",
        variables: &["KEYFOB_LOG_NAMES"],
        default: Some("full"),
        form: Form::Choice(&[
            Choice {
                word: "full",
                store: |settings| settings.log_names = LogNames::Full,
            },
            Choice {
                word: "hashed",
                store: |settings| settings.log_names = LogNames::Hashed,
            },
            Choice {
                word: "none",
                store: |settings| settings.log_names = LogNames::None,
            },
        ]),
        doc: "How much of the secrets' names the log shows. Values are never shown.",
    },
];

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
        (
            "auth_method",
            &[
                "universal-auth",
                "universal",
                "token",
                "TOKEN",
                "kubernetes",
                "oidc",
                "jwt",
                "aws",
                "gcp-id-token",
                "gcp-iam",
                "azure",
                "ldap",
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
        ("connect_timeout", &["1ms", "1h"], &["0"]),
        ("request_timeout", &["1ms", "1h"], &["0"]),
        ("lookup_deadline", &["1ms", "300s"], &["0", "301s"]),
        ("startup_deadline", &["1ms", "300s"], &["0", "301s"]),
        ("refresh_deadline", &["1ms", "1h"], &["0"]),
        ("retries", &["0", "100"], &["101", "-1", "three"]),
        ("retry_delay", &["0", "300s"], &["301s"]),
        ("retry_max_delay", &["0", "300s"], &["301s"]),
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
        ("empty", &["allow", "warn", "error"], &["ignore"]),
        ("unresolved", &["allow", "warn", "error"], &["ignore"]),
        ("log_names", &["full", "hashed", "none"], &["some"]),
    ];

    #[test]
    fn each_setting_takes_what_is_within_its_bounds_and_nothing_else() {
        let covered: Vec<_> = CASES.iter().map(|(name, ..)| *name).collect();
        let names: Vec<_> = TABLE.iter().map(|setting| setting.name).collect();
        assert_eq!(covered, names);
        for (setting, (name, good, bad)) in TABLE.iter().zip(CASES) {
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
        for setting in TABLE {
            let read = setting
                .default
                .map(|text| setting.form.read(text, &mut Settings::blank()));
            assert!(read.is_none_or(|read| read.is_ok()), "{}", setting.name);
        }
    }

    #[test]
    fn no_variable_belongs_to_two_settings() {
        let mut variables: Vec<_> = TABLE.iter().flat_map(|setting| setting.variables).collect();
        let count = variables.len();
        variables.sort();
        variables.dedup();
        assert_eq!(variables.len(), count);
    }
}
