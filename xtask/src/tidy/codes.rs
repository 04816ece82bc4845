//! Each code of an error has a page in the book, and each page a code.

use std::collections::BTreeSet;

use super::{Findings, Tree};

const PAGES: &str = "docs/src/problems/";

/// Reports codes that the book does not explain, and pages that explain what no error is called.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let sources = tree
        .texts()
        .iter()
        .filter(|file| file.path.starts_with("crates/") && file.path.contains("/src/"));
    let mut codes = BTreeSet::new();
    for file in sources {
        for code in given(&file.text).chain(of_kinds(&file.text)) {
            if tree.text(&format!("{PAGES}{code}.md")).is_none() {
                findings.problem(
                    &file.path,
                    format!("the code {code} has no page {PAGES}{code}.md"),
                );
            }
            codes.insert(code);
        }
    }
    for file in tree.texts() {
        let page = file.path.strip_prefix(PAGES);
        if let Some(code) = page.and_then(|page| page.strip_suffix(".md"))
            && !codes.contains(code)
        {
            findings.problem(&file.path, "explains a code that no error has");
        }
    }
}

/// Returns the codes that errors are given one by one.
fn given(text: &str) -> impl Iterator<Item = &str> {
    let calls = text.split("with_code(\"").skip(1);
    calls.filter_map(|rest| rest.split_once('"').map(|(code, _)| code))
}

/// Returns the codes in the tables by kind: the texts in functions of the name `code`.
fn of_kinds(text: &str) -> impl Iterator<Item = &str> {
    let functions = text.split("fn code(").skip(1);
    functions.flat_map(|rest| {
        // A method ends at its own brace, a function at the margin.
        let ends = ["\n    }\n", "\n}\n"].map(|end| rest.find(end).unwrap_or(rest.len()));
        let body = &rest[..ends[0].min(ends[1])];
        body.split('"').skip(1).step_by(2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    const KINDS: &str = "impl Kind {\n    pub fn code(self) -> &'static str {\n        match self {\n            \
        Self::A => \"a-kind\",\n        }\n    }\n\n    fn other() {\n        \"not-one\"\n    }\n}\n";
    const CALL: &str = "error.with_code(\"a-cause\")";

    #[test]
    fn codes_and_pages_belong_together() {
        let (kinds, call) = (("crates/a/src/kind.rs", KINDS), ("crates/a/src/b.rs", CALL));
        let pages = [
            ("docs/src/problems/a-kind.md", ""),
            ("docs/src/problems/a-cause.md", ""),
        ];
        let found = |files: &[(&str, &str)]| problems_in(check, files).len();
        assert_eq!(found(&[kinds, call, pages[0], pages[1]]), 0);
        assert_eq!(found(&[kinds, call, pages[0]]), 1);
        assert_eq!(found(&[kinds, call]), 2);
        assert_eq!(found(&[kinds, pages[0], pages[1]]), 1);
    }
}
