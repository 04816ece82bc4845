//! Where a value leaves its wrapper.

use std::collections::BTreeMap;

use super::code::Code;
use super::{Findings, Tree};

const DOCUMENT: &str = "docs/architecture.md";
const HEADING: &str = "Where a value leaves its wrapper";
const CALL: &str = "expose_secret";

/// Compares the calls in each source file with the table under the heading of the document:
/// `| file | calls | why |`. A new call is thereby seen in review, with its reason.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let counted = tree
        .crate_sources()
        .map(|source| (source.path.as_str(), calls(&source.production)))
        .filter(|(_, calls)| *calls > 0)
        .collect::<BTreeMap<_, _>>();
    let Some(section) = tree.text(DOCUMENT).and_then(section) else {
        findings.problem(DOCUMENT, format!("has no heading `{HEADING}`"));
        return;
    };
    let listed = section
        .lines()
        .filter_map(Row::parse)
        .map(|row| (row.file, row))
        .collect::<BTreeMap<_, _>>();

    for (file, calls) in &counted {
        let row = listed.get(file);
        let promised = row.map_or(0, |row| row.calls);
        if *calls != promised {
            findings.problem(
                file,
                format!("calls {CALL} {calls} times, {DOCUMENT} says {promised}"),
            );
        }
        if row.is_some_and(|row| row.why.is_empty()) {
            findings.problem(file, format!("{DOCUMENT} does not say why it calls {CALL}"));
        }
    }
    for (file, row) in listed
        .iter()
        .filter(|(file, _)| !counted.contains_key(*file))
    {
        findings.problem(
            file,
            format!("calls {CALL} 0 times, {DOCUMENT} says {}", row.calls),
        );
    }
}

/// Counts the calls, and mentions as a function, but not definitions.
fn calls(code: &Code) -> usize {
    let is_call = |offset: &usize| !code.as_str()[..*offset].trim_end().ends_with("fn");
    [CALL, "expose_secret_mut"]
        .into_iter()
        .map(|name| code.words(name).filter(is_call).count())
        .sum()
}

/// Returns what stands under the heading, up to the next one.
fn section(document: &str) -> Option<&str> {
    let is_heading =
        |line: &str| line.starts_with('#') && line.trim_start_matches('#').trim() == HEADING;
    let line = document.lines().find(|line| is_heading(line))?;
    let (_, rest) = document.split_once(line)?;
    Some(rest.split_once("\n#").map_or(rest, |(section, _)| section))
}

#[derive(Debug)]
struct Row<'a> {
    file: &'a str,
    calls: usize,
    why: &'a str,
}

impl<'a> Row<'a> {
    /// Reads a row; the head of the table and the line under it hold no number and are none.
    fn parse(line: &'a str) -> Option<Self> {
        let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
        let (file, calls, why) = (cells.next()?, cells.next()?, cells.next()?);
        Some(Self {
            file: file.trim_matches('`'),
            calls: calls.parse().ok()?,
            why,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    const SOURCE: (&str, &str) = (
        "crates/infisical-http/src/login.rs",
        "use secrecy::ExposeSecret; fn f() { a.expose_secret(); b.map(ExposeSecret::expose_secret); } // expose_secret",
    );

    fn document(rows: &str) -> String {
        format!(
            "# Architecture\n\n## {HEADING}\n\n| file | calls | why |\n|---|---|---|\n{rows}\n## Next\n| `x` | 1 | no |\n"
        )
    }

    #[test]
    fn a_table_that_agrees_is_fine() {
        let document =
            document("| `crates/infisical-http/src/login.rs` | 2 | the body of the login |\n");
        assert_eq!(
            problems_in(check, &[SOURCE, (DOCUMENT, &document)]),
            [""; 0]
        );
    }

    #[test]
    fn a_difference_names_the_file_and_both_counts() {
        let document =
            document("| `crates/infisical-http/src/login.rs` | 1 | the body of the login |\n");
        assert_eq!(
            problems_in(check, &[SOURCE, (DOCUMENT, &document)]),
            [
                "crates/infisical-http/src/login.rs: calls expose_secret 2 times, docs/architecture.md says 1"
            ]
        );
    }

    #[test]
    fn rows_without_calls_calls_without_rows_and_rows_without_reasons_are_reported() {
        assert_eq!(
            problems_in(check, &[SOURCE, (DOCUMENT, &document(""))]).len(),
            1
        );
        let extra = document(
            "| `crates/infisical-http/src/login.rs` | 2 | |\n| `crates/a/src/b.rs` | 1 | x |\n",
        );
        assert_eq!(problems_in(check, &[SOURCE, (DOCUMENT, &extra)]).len(), 2);
    }

    #[test]
    fn a_document_without_the_table_is_reported() {
        assert_eq!(
            problems_in(check, &[(DOCUMENT, "# Architecture\n")]).len(),
            1
        );
        assert_eq!(problems_in(check, &[SOURCE]).len(), 1);
    }

    #[test]
    fn definitions_and_tests_do_not_count() {
        let text = "impl X { fn expose_secret(&self) {} } #[cfg(test)] mod tests { fn f() { a.expose_secret() } }";
        assert_eq!(
            problems_in(
                check,
                &[("crates/a/src/b.rs", text), (DOCUMENT, &document(""))]
            ),
            [""; 0]
        );
    }
}
