//! Rust on the pages that people read is compiled.

use super::markdown::fences;
use super::{BOOK, Library};

/// The crate whose doctests are those pages.
pub(super) const COMPILED: &str = "tests/src/lib.rs";

/// Reports a page with Rust on it that the tests crate does not include, and Rust that rustdoc would skip.
pub(super) fn check(library: &Library) -> Vec<String> {
    let mut problems = Vec::new();
    for page in library
        .pages
        .iter()
        .filter(|page| page.path == "README.md" || page.path.starts_with(BOOK))
    {
        let included = library
            .compiled
            .contains(&format!("include_str!(\"../../{}\")", page.path));
        for fence in fences(&page.text).iter().filter(|fence| fence.is_rust()) {
            let place = format!("{}:{}", page.path, fence.line);
            if fence.words().any(|word| word == "ignore") {
                problems.push(format!(
                    "{place}: Rust that is not compiled; drop `ignore`, or use `no_run` or `text`"
                ));
            }
            if !included {
                problems.push(format!(
                    "{place}: not compiled; add `#[cfg(doctest)] #[doc = include_str!(\"../../{}\")] struct …;` to {COMPILED}",
                    page.path
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const INCLUDES: &str = "#[doc = include_str!(\"../../README.md\")] struct Readme;";

    fn problems(path: &str, text: &str) -> usize {
        check(&Library::of(&[(path, text)], INCLUDES)).len()
    }

    #[test]
    fn an_included_page_is_compiled() {
        assert_eq!(problems("README.md", "```rust\nf();\n```\n"), 0);
    }

    #[test]
    fn rust_that_nobody_compiles_is_reported() {
        assert_eq!(problems("docs/src/figment.md", "```rust\nf();\n```\n"), 1);
        assert_eq!(problems("docs/src/figment.md", "```\nf();\n```\n"), 1);
        assert_eq!(problems("README.md", "```rust,ignore\nf();\n```\n"), 1);
    }

    #[test]
    fn other_languages_and_other_pages_are_free() {
        assert_eq!(
            problems(
                "docs/src/figment.md",
                "```toml\na = 1\n```\n```text\nx\n```\n"
            ),
            0
        );
        assert_eq!(problems("CONTRIBUTING.md", "```rust\nf();\n```\n"), 0);
    }
}
