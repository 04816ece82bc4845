//! Configurations in a real file, whose `outer.db.pw` is a secret.

use figment::Figment;
use figment::providers::{Format, Toml};
use figment_secrets::{ResolveSecrets, Resolved};
use futures_executor::block_on;
use secret_source::{MemorySource, Resolver};

/// How a secret gets into a text.
pub(crate) const OCCURRENCES: [&str; 4] = [
    "infisical://prod/PW",
    "before ${infisical://prod/PW} behind",
    "${infisical://prod/PW}",
    "infisical://prod/DOCUMENT#/pw",
];

/// Resolves a file with `text` in it, in which `PW` and the field `pw` of `DOCUMENT` are `value`.
pub(crate) fn resolved_file(text: &str, value: &str) -> Resolved {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.toml");
    std::fs::write(&file, text).unwrap();
    let document = serde_json::json!({ "pw": value }).to_string();
    let source = MemorySource::new()
        .with("infisical://prod/PW", value)
        .and_then(|source| source.with("infisical://prod/DOCUMENT", &document));
    let resolver = Resolver::builder(source.unwrap()).build().unwrap();
    block_on(Figment::from(Toml::file(file)).resolve_secrets(&resolver)).unwrap()
}

/// Resolves a configuration with a secret at `outer.db.pw` and plain values around it.
pub(crate) fn resolved(occurrence: &str, value: &str) -> Resolved {
    let text = format!("plain = 1\n[outer.db]\npw = '{occurrence}'\nuser = 'app'\n");
    resolved_file(&text, value)
}
