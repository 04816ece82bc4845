//! Relative links and includes lead to files that exist.

use super::markdown::{includes, links};
use super::{BOOK, Library, Page};

/// Reports dead relative links, and chapters that link out of the book: what lies outside `docs/src` is
/// not there in the rendered one. Fragments and links with a scheme are not followed.
pub(super) fn check(library: &Library) -> Vec<String> {
    let mut problems = Vec::new();
    for page in &library.pages {
        for link in links(&page.text) {
            let target = link.target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let place = format!("{}:{}", page.path, link.line);
            match resolve(page, target) {
                Some(path) if !library.has(&path) => {
                    problems.push(format!("{place}: {target} does not exist"))
                }
                Some(path) if page.path.starts_with(BOOK) && !path.starts_with(BOOK) => {
                    problems.push(format!(
                        "{place}: {target} is outside the book; give its address instead"
                    ));
                }
                Some(_) => {}
                None => problems.push(format!("{place}: {target} leads out of the repository")),
            }
        }
        for include in includes(&page.text) {
            if !resolve(page, include.target).is_some_and(|path| library.has(&path)) {
                problems.push(format!(
                    "{}:{}: includes {}, which does not exist",
                    page.path, include.line, include.target
                ));
            }
        }
    }
    problems
}

/// Returns the path from the root that a link on this page means.
fn resolve(page: &Page, target: &str) -> Option<String> {
    let mut path = page.path.split('/').collect::<Vec<_>>();
    path.pop();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(path.pop()?),
            name => path.push(name),
        }
    }
    Some(path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> usize {
        let pages = [
            (path, text),
            ("README.md", ""),
            ("docs/settings.md", ""),
            ("docs/src/intro.md", ""),
        ];
        check(&Library::of(&pages, "")).len()
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        let text = "[a](../README.md#top) [b](settings.md) [c](src/) [d](https://example.com/x.md) [e](#here)";
        assert_eq!(problems("docs/page.md", text), 0);
        assert_eq!(
            problems(
                "docs/src/page.md",
                "[a](./intro.md)\n{{#include ../settings.md}}"
            ),
            0
        );
    }

    #[test]
    fn dead_links_and_includes_are_reported() {
        assert_eq!(problems("docs/page.md", "[a](gone.md) [b](../../x.md)"), 2);
        assert_eq!(problems("docs/src/page.md", "{{#include ../gone.md}}"), 1);
    }

    #[test]
    fn a_chapter_may_not_link_out_of_the_book() {
        assert_eq!(problems("docs/src/page.md", "[a](../settings.md)"), 1);
    }
}
