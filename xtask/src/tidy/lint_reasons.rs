//! A relaxed lint and an ignored test say why.

use super::code::Code;
use super::{Findings, Tree};

/// Reports `allow` and `expect` attributes without a reason, and bare `#[ignore]`, in all Rust files.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for source in tree.sources() {
        for (offset, text) in source.code.attributes() {
            let attribute = Code::of(text);
            let relaxes = ["allow", "expect"]
                .iter()
                .any(|level| is_called(&attribute, level));
            if relaxes && !has_text(&attribute, "reason") {
                findings.problem_at(
                    &source.path,
                    source.code.line(offset),
                    "relaxes a lint without a `reason = \"…\"`",
                );
            }
            if attribute.words("ignore").next().is_some() && !has_text(&attribute, "ignore") {
                findings.problem_at(
                    &source.path,
                    source.code.line(offset),
                    "ignores a test without a reason",
                );
            }
        }
    }
}

fn is_called(attribute: &Code, name: &str) -> bool {
    attribute
        .words(name)
        .any(|offset| attribute.as_str()[offset + name.len()..].starts_with('('))
}

/// Tells whether the attribute holds `name = "…"` with something between the quotes.
fn has_text(attribute: &Code, name: &str) -> bool {
    attribute.words(name).any(|offset| {
        let rest = attribute.as_str()[offset + name.len()..].trim_start();
        let literal = rest.strip_prefix('=').map(str::trim_start);
        literal.is_some_and(|literal| literal.starts_with('"') && !literal.starts_with("\"\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    fn problems(text: &str) -> usize {
        problems_in(check, &[("crates/secret-cache/tests/laws.rs", text)]).len()
    }

    #[test]
    fn a_reason_is_needed() {
        assert_eq!(problems("#[allow(dead_code)] fn f() {}"), 1);
        assert_eq!(problems("#![allow(clippy::x)]"), 1);
        assert_eq!(problems("#[cfg_attr(test, expect(unused))] fn f() {}"), 1);
        assert_eq!(problems("#[allow(dead_code, reason = \"\")] fn f() {}"), 1);
        assert_eq!(problems("#[test]\n#[ignore]\nfn f() {}"), 1);
    }

    #[test]
    fn a_reason_is_enough() {
        assert_eq!(
            problems("#[allow(\n    dead_code,\n    reason = \"called by a macro\"\n)] fn f() {}"),
            0
        );
        assert_eq!(problems("#[ignore = \"needs a real server\"] fn f() {}"), 0);
        assert_eq!(
            problems("#[should_panic(expected = \"x\")] // #[allow(x)]\nfn f() {}"),
            0
        );
    }
}
