//! The generated files are current; with `KEYFOB_REGENERATE=1` this writes them.

use std::fs;
use std::path::Path;

fn is_current(path: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    if std::env::var_os("KEYFOB_REGENERATE").is_some() {
        fs::write(&path, expected).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == expected,
        "{} is out of date: run `cargo xtask settings`",
        path.display()
    );
}

#[test]
fn docs_settings_md_is_what_the_table_says() {
    is_current("docs/settings.md", &keyfob::settings::markdown());
}

#[test]
fn env_example_is_what_the_table_says() {
    is_current(".env.example", &keyfob::settings::env_example());
}

#[test]
fn env_example_sets_nothing_until_someone_uncomments_it() {
    let text = keyfob::settings::env_example();
    assert!(
        text.lines()
            .all(|line| line.is_empty() || line.starts_with('#'))
    );
}
