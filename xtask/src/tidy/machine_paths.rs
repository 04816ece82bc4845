//! No path of one developer's machine.

use super::{Findings, Tree};

/// Folders that hold people's own files. In parts, so that this file passes its own rule.
const HOMES: &[&str] = &[
    concat!("/", "home/"),
    concat!("/", "Users/"),
    concat!("/", "root/"),
];

/// Reports absolute paths into a home folder. A path after a letter, as in a URL or a reference, is the
/// writer's own business.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for file in tree.texts() {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(home) = HOMES.iter().find(|home| names(line, home)) {
                findings.problem_at(&file.path, index + 1, format!("holds a path under {home}"));
            }
        }
    }
}

fn names(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(offset, _)| {
        let before = line[..offset].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "\"'`(=:,[".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    #[test]
    fn paths_into_homes_are_reported() {
        for home in HOMES {
            for line in [
                format!("{home}me/x"),
                format!("see `{home}me`"),
                format!("PATH=/bin:{home}me"),
            ] {
                assert_eq!(
                    problems_in(check, &[("docs/a.md", &line)]).len(),
                    1,
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn urls_and_references_are_not() {
        for line in [
            "https://example.com/home/",
            "infisical://prod/root/KEY",
            "infisical:///home/KEY",
            "$HOME/x",
        ] {
            assert_eq!(
                problems_in(check, &[("docs/a.md", line)]),
                [""; 0],
                "{line}"
            );
        }
    }
}
