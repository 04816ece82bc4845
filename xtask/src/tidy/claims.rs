//! Each promise of `SECURITY.md` names tests that exist.

use std::collections::BTreeSet;

use super::{Findings, Tree};

const PROMISES: &str = "SECURITY.md";

/// Reports promises that name no test, and tests that are named and not there.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let Some(text) = tree.text(PROMISES) else {
        return;
    };
    let known = functions(tree);
    for (index, line) in text.lines().enumerate() {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").collect();
        let (true, [promise, _, kept_by]) = (line.starts_with("| "), &cells[..]) else {
            continue;
        };
        if promise.trim() == "promise" {
            continue;
        }
        // What stands between backticks.
        let names: Vec<_> = kept_by.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            findings.problem_at(PROMISES, index + 1, "promises what no test keeps");
        }
        for name in names.into_iter().filter(|name| !known.contains(name)) {
            findings.problem_at(
                PROMISES,
                index + 1,
                format!("names a test that is not there: {name}"),
            );
        }
    }
}

/// Returns the names of all functions, also of those that stand in a macro's arms.
fn functions(tree: &Tree) -> BTreeSet<&str> {
    let rust = tree
        .texts()
        .iter()
        .filter(|file| file.path.ends_with(".rs"));
    rust.flat_map(|file| file.text.split("fn ").skip(1))
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    fn problems(row: &str) -> usize {
        let table = format!("| promise | against | kept by |\n|---|---|---|\n{row}\n");
        let test = (
            "crates/a/tests/t.rs",
            "#[test]\nasync fn nothing_leaks() {}\n",
        );
        problems_in(check, &[(PROMISES, &table), test]).len()
    }

    #[test]
    fn a_promise_names_tests_that_are_there() {
        assert_eq!(problems("| P | someone | `nothing_leaks` |"), 0);
        assert_eq!(
            problems("| P | someone | `nothing_leaks`, `nothing_at_all` |"),
            1
        );
        assert_eq!(problems("| P | someone | care |"), 1);
        assert_eq!(problems("Nothing else is one."), 0);
    }
}
