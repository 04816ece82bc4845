//! The summary lists every chapter once, and every listed chapter exists.

use std::collections::BTreeSet;

use super::markdown::links;
use super::{BOOK, Library};

pub(super) fn check(library: &Library) -> Vec<String> {
    let summary = format!("{BOOK}SUMMARY.md");
    let Some(page) = library.page(&summary) else {
        return vec![format!("{summary}: is missing")];
    };
    let mut problems = Vec::new();
    let mut listed = BTreeSet::new();
    for link in links(&page.text) {
        let path = format!("{BOOK}{}", link.target.trim_start_matches("./"));
        if library.page(&path).is_none() {
            problems.push(format!(
                "{summary}:{}: lists {}, which does not exist",
                link.line, link.target
            ));
        }
        if !listed.insert(path) {
            problems.push(format!(
                "{summary}:{}: lists {} a second time",
                link.line, link.target
            ));
        }
    }
    let chapters = library
        .pages
        .iter()
        .map(|page| &page.path)
        .filter(|path| path.starts_with(BOOK) && **path != summary);
    problems.extend(
        chapters
            .filter(|path| !listed.contains(*path))
            .map(|path| format!("{path}: is not listed in {summary}")),
    );
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(summary: &str, chapters: &[&str]) -> usize {
        let mut pages = chapters.iter().map(|path| (*path, "")).collect::<Vec<_>>();
        pages.push(("docs/src/SUMMARY.md", summary));
        check(&Library::of(&pages, "")).len()
    }

    #[test]
    fn a_complete_summary_is_fine() {
        assert_eq!(
            problems(
                "- [A](a.md)\n  - [B](./deep/b.md)\n",
                &["docs/src/a.md", "docs/src/deep/b.md", "README.md"]
            ),
            0
        );
    }

    #[test]
    fn missing_unlisted_and_repeated_chapters_are_reported() {
        assert_eq!(problems("- [A](a.md)\n", &[]), 1);
        assert_eq!(problems("", &["docs/src/a.md"]), 1);
        assert_eq!(
            problems("- [A](a.md)\n- [A](a.md)\n", &["docs/src/a.md"]),
            1
        );
    }

    #[test]
    fn a_book_without_a_summary_is_reported() {
        assert_eq!(check(&Library::of(&[], "")).len(), 1);
    }
}
