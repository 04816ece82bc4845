//! The workspace's list of dependencies.

use super::{Findings, Tree};

const MANIFEST: &str = "Cargo.toml";
const SECTION: &str = "[workspace.dependencies]";

/// Reports foreign dependencies out of order or without `# name: reason` on the line above, and our own
/// crates out of order.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let manifest = tree.text(MANIFEST).unwrap_or_default();
    let entries = entries(manifest);
    if entries.is_empty() {
        findings.problem(MANIFEST, format!("has no dependencies under {SECTION}"));
    }
    let (ours, foreign): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.ours);
    for group in [&ours, &foreign] {
        for pair in group.windows(2).filter(|pair| pair[0].name > pair[1].name) {
            findings.problem_at(
                MANIFEST,
                pair[1].line,
                format!("{} belongs before {}", pair[1].name, pair[0].name),
            );
        }
    }
    for entry in foreign.iter().filter(|entry| !entry.has_reason()) {
        findings.problem_at(
            MANIFEST,
            entry.line,
            format!("lacks `# {}: why we need it` on the line above", entry.name),
        );
    }
}

#[derive(Debug)]
struct Entry<'a> {
    name: &'a str,
    line: usize,
    above: &'a str,
    ours: bool,
}

impl Entry<'_> {
    fn has_reason(&self) -> bool {
        let reason = self
            .above
            .strip_prefix("# ")
            .and_then(|comment| comment.strip_prefix(self.name));
        reason
            .and_then(|reason| reason.strip_prefix(':'))
            .is_some_and(|reason| !reason.trim().is_empty())
    }
}

fn entries(manifest: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let (mut inside, mut above) = (false, "");
    for (index, line) in manifest.lines().map(str::trim).enumerate() {
        if line.starts_with('[') {
            inside = line == SECTION;
        } else if let Some((name, value)) = line
            .split_once('=')
            .filter(|_| inside && !line.starts_with('#'))
        {
            entries.push(Entry {
                name: name.trim(),
                line: index + 1,
                above,
                ours: value.contains("path ="),
            });
        }
        above = line;
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    fn problems(dependencies: &str) -> Vec<String> {
        problems_in(
            check,
            &[(
                MANIFEST,
                &format!("[workspace]\nz = 1\n{SECTION}\n{dependencies}\n[profile.dev]\na = 1\n"),
            )],
        )
    }

    #[test]
    fn an_ordered_list_with_reasons_is_fine() {
        let list = "# ours\nkeyfob = { path = \"crates/keyfob\" }\nxtask = { path = \"x\" }\n\n# a: first\na = \"1\"\n# b: second\nb = \"1\"";
        assert_eq!(problems(list), [""; 0]);
    }

    #[test]
    fn disorder_and_missing_reasons_are_reported_with_their_line() {
        assert_eq!(
            problems("# b: x\nb = \"1\"\n# a: y\na = \"1\""),
            ["Cargo.toml:7: a belongs before b"]
        );
        assert_eq!(problems("a = \"1\"").len(), 1);
        assert_eq!(problems("# a:\na = \"1\"").len(), 1);
        assert_eq!(problems("# b: not this one\na = \"1\"").len(), 1);
        assert_eq!(
            problems("b = { path = \"b\" }\na = { path = \"a\" }").len(),
            1
        );
    }

    #[test]
    fn a_list_that_is_not_found_is_a_problem() {
        assert_eq!(problems_in(check, &[(MANIFEST, "[workspace]\n")]).len(), 1);
    }
}
