//! How long the source files are.

use super::{Findings, Tree};

/// Half of the files are shorter than this many lines, tests included.
const MEDIAN: usize = 200;
/// Files longer than this are named, not refused: some things are long.
const LONG: usize = 400;

/// Reports a median over the limit and names the long files.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let mut lengths = tree
        .crate_sources()
        .map(|source| source.lines)
        .collect::<Vec<_>>();
    lengths.sort_unstable();
    let Some(median) = lengths.get(lengths.len() / 2).copied() else {
        return;
    };
    if median >= MEDIAN {
        findings.problem(
            "crates",
            format!("the median source file has {median} lines; it should be under {MEDIAN}"),
        );
    }
    findings.note(format!(
        "{} source files, median {median} lines",
        lengths.len()
    ));
    for source in tree.crate_sources().filter(|source| source.lines > LONG) {
        findings.note(format!("{} has {} lines", source.path, source.lines));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(lengths: &[usize]) -> Findings {
        let file = |(index, length): (usize, &usize)| {
            (format!("crates/a/src/f{index}.rs"), "x\n".repeat(*length))
        };
        let mut findings = Findings::default();
        check(
            &Tree::new(lengths.iter().enumerate().map(file), Vec::new()),
            &mut findings,
        );
        findings
    }

    #[test]
    fn the_median_decides_and_one_long_file_does_not() {
        assert_eq!(findings(&[10, 199, 5000]).problems(), [""; 0]);
        assert_eq!(findings(&[10, 200, 200]).problems().len(), 1);
    }

    #[test]
    fn long_files_are_named() {
        assert_eq!(findings(&[10, 10, 401, 402, 400, 10, 10]).notes().len(), 3);
    }

    #[test]
    fn a_tree_without_sources_is_no_problem() {
        assert_eq!(findings(&[]).problems(), [""; 0]);
    }
}
