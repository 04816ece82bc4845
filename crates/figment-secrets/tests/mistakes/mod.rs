//! One file for each way to go wrong, and a source that fails in every way.

use std::time::Duration;

use async_trait::async_trait;
use secret_source::{
    FolderPath, MemorySource, Missing, Origin, Resolver, Router, Secret, SecretAddress,
    SecretError, SecretSource, ValuePolicy,
};

/// Is a file with a mistake in it.
pub(crate) struct Mistake {
    /// The code of the problem.
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) text: &'static str,
}

const fn toml(name: &'static str, text: &'static str) -> Mistake {
    Mistake {
        name,
        file: "app.toml",
        text,
    }
}

const fn yaml(name: &'static str, text: &'static str) -> Mistake {
    Mistake {
        name,
        file: "app.yaml",
        text,
    }
}

const fn json(name: &'static str, text: &'static str) -> Mistake {
    Mistake {
        name,
        file: "app.json",
        text,
    }
}

pub(crate) const MISTAKES: &[Mistake] = &[
    toml(
        "unknown-option",
        "[db]\ndsn = 'infisical:///db/POSTGRES_DSN?optinal'\n",
    ),
    toml(
        "repeated-option",
        "[db]\ndsn = 'infisical:///db/POSTGRES_DSN?optional&optional'\n",
    ),
    toml(
        "invalid-option",
        "[db]\ndsn = 'infisical:///db/POSTGRES_DSN?version=0'\n",
    ),
    toml("invalid-pointer", "login = 'infisical:///db/JSON#a'\n"),
    toml(
        "invalid-authority",
        "dsn = 'infisical://dev:8080/db/POSTGRES_DSN'\n",
    ),
    yaml("missing-key", "db:\n  dsn: infisical://dev\n"),
    yaml("folder-reference", "db:\n  - infisical:///db/\n"),
    yaml("empty-name", "db:\n  dsn: infisical:///db//POSTGRES_DSN\n"),
    json(
        "dot-name",
        "{\"db\": {\"dsn\": \"infisical:///db/../POSTGRES_DSN\"}}\n",
    ),
    json(
        "forbidden-character",
        "{\"dsn\": \"infisical:///db/A%2FB\"}\n",
    ),
    toml(
        "invalid-character",
        "dsn = 'infisical:///db/POSTGRES DSN'\n",
    ),
    toml("invalid-encoding", "dsn = 'infisical:///db/%zz'\n"),
    toml(
        "unclosed-reference",
        "dsn = 'postgres://app:${infisical:///db/PASSWORD@db/app'\n",
    ),
    toml(
        "nested-reference",
        "dsn = 'x${infisical:///db/${infisical:///db/KEY}}'\n",
    ),
    toml(
        "near-scheme",
        "dsn = 'infiscial:///db/POSTGRES_DSN'\nurl = 'x${infisical:///db/POSTGRES_DSN}${infiscial:///db/A}'\n",
    ),
    toml(
        "secret-not-found",
        "[db]\ndsn = 'infisical:///db/POSTGRES_DNS'\n",
    ),
    toml(
        "folder-not-found",
        "[db]\ndsn = 'infisical:///dp/POSTGRES_DSN'\n",
    ),
    toml(
        "field-not-found",
        "user = 'infisical:///db/JSON#/login/user'\n",
    ),
    toml("not-found", "dsn = 'infisical:///untold/KEY'\n"),
    toml("not-json", "user = 'infisical:///db/POSTGRES_DSN#/user'\n"),
    toml("field-not-text", "user = 'infisical:///db/JSON#/login'\n"),
    toml("denied", "dsn = 'infisical:///denied/KEY'\n"),
    toml(
        "unauthenticated",
        "a = 'infisical:///login/A'\nb = 'infisical:///login/B'\n",
    ),
    toml("rate-limited", "a = 'infisical:///limited/A'\n"),
    toml(
        "unavailable",
        "a = 'infisical:///down/A'\n[b]\nc = 'user:${infisical:///down/C}'\n",
    ),
    toml("invalid", "a = 'infisical:///wrong/A'\n"),
    toml(
        "unsupported",
        "dsn = 'infisical:///db/POSTGRES_DSN?version=2'\n",
    ),
    toml("unusable-answer", "a = 'infisical:///garbled/A'\n"),
    toml(
        "environment-not-allowed",
        "dsn = 'infisical://prod/db/POSTGRES_DSN'\n",
    ),
    toml("folder-not-allowed", "dsn = 'infisical:///private/KEY'\n"),
    toml("unknown-scheme", "dsn = 'vault://dev/db/POSTGRES_DSN'\n"),
    toml("empty-value", "dsn = 'infisical:///db/EMPTY'\n"),
    toml("unexpanded-value", "dsn = 'infisical:///unexpanded/KEY'\n"),
    toml("unreadable-configuration", "a = 1\npassword = hunter2\n"),
];

/// Answers from memory, but fails in the folders that are named for it.
#[derive(Debug)]
struct Failing(MemorySource);

#[async_trait]
impl SecretSource for Failing {
    fn origin(&self) -> Origin {
        self.0.origin()
    }

    async fn get(&self, address: &SecretAddress) -> Result<Secret, SecretError> {
        let failed = match address.folder() {
            "/denied" => SecretError::denied("the identity may not read this folder"),
            "/down" => SecretError::unavailable("vault.internal did not answer")
                .with_source("connection refused"),
            "/garbled" => SecretError::protocol("the answer is not JSON"),
            "/limited" => SecretError::rate_limited("too many requests", Duration::from_secs(7)),
            "/login" => SecretError::unauthenticated("vault.internal refused the login")
                .with_hint("check INFISICAL_CLIENT_SECRET"),
            "/untold" => SecretError::not_found(Missing::Unknown),
            "/wrong" => SecretError::invalid("the vault has no such mount"),
            "/unexpanded" => {
                return Ok(Secret::new("${nowhere.KEY}", self.origin()).with_unexpanded(true));
            }
            _ => return self.0.get(address).await,
        };
        Err(failed.with_address(address))
    }
}

/// Allows the environment `dev`, and every folder of these tests but `/private`.
pub(crate) fn resolver() -> Resolver {
    let memory = [
        ("db/POSTGRES_DSN", "postgres://db"),
        ("db/JSON", r#"{"login": {}}"#),
        ("db/EMPTY", ""),
    ]
    .into_iter()
    .try_fold(MemorySource::new(), |source, (key, value)| {
        source.with(&format!("infisical://dev/{key}"), value)
    });
    let source = Router::builder()
        .scheme("infisical", Failing(memory.unwrap()))
        .build();
    let folders = [
        "/db",
        "/dp",
        "/denied",
        "/down",
        "/garbled",
        "/limited",
        "/login",
        "/nowhere",
        "/untold",
        "/unexpanded",
        "/wrong",
    ];
    Resolver::builder(source)
        .scheme("vault")
        .environment("dev")
        .allow_environments(["dev", "staging"])
        .allow_folders(folders.map(|folder| FolderPath::parse(folder).unwrap()))
        .empty_values(ValuePolicy::Error)
        .build()
        .unwrap()
}
