//! Which files of the libraries read the process environment.

use super::{Findings, Tree};

const BINARY: &str = "keyfob-cli";

/// The readers, with the reason for each. Everything else is handed what it needs, so that a test, or an
/// application with several stacks, decides it.
const READERS: &[(&str, &str)] = &[
    (
        "crates/env-fallback/src/environment.rs",
        "EnvSource takes its copy of the environment here, once",
    ),
    (
        "crates/infisical-http/src/auth/aws_context.rs",
        "AWS's own tools look for credentials there, and so does the library that signs",
    ),
    (
        "crates/infisical-http/src/auth/environment.rs",
        "each way to log in has a from_env constructor",
    ),
    (
        "crates/keyfob/src/from_env.rs",
        "the from_env constructors begin here",
    ),
    (
        "crates/secret-snapshot/src/key/environment.rs",
        "a snapshot's key has a from_env constructor",
    ),
];

/// Reading through the one type that takes the copy is reading, too.
const READS: &[(&str, &str)] = &[
    ("env", "var"),
    ("env", "var_os"),
    ("env", "vars"),
    ("env", "vars_os"),
    ("Environment", "from_process"),
];
const WRITES: &[(&str, &str)] = &[("env", "set_var"), ("env", "remove_var")];

/// Reports reads outside the table, rows of the table without a read, and writes anywhere.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    check_with(READERS, tree, findings);
}

fn check_with(readers: &[(&str, &str)], tree: &Tree, findings: &mut Findings) {
    let exists = |path: &str| tree.crate_sources().any(|source| source.path == path);
    for (path, _) in readers.iter().filter(|(path, _)| !exists(path)) {
        findings.problem(
            path,
            "does not exist: remove its row from xtask/src/tidy/environment.rs",
        );
    }
    for source in tree.crate_sources() {
        let code = &source.production;
        let find = |paths: &[(&str, &str)]| {
            paths
                .iter()
                .find_map(|(module, item)| code.paths(module, item).next())
        };
        if let Some(offset) = find(WRITES) {
            findings.problem_at(
                &source.path,
                code.line(offset),
                "writes the process environment",
            );
        }
        let read = find(READS).filter(|_| source.crate_name() != Some(BINARY));
        let listed = readers.iter().find(|(path, _)| *path == source.path);
        match (read, listed) {
            (Some(offset), None) => findings.problem_at(
                &source.path,
                code.line(offset),
                "reads the process environment and is not in the table of xtask/src/tidy/environment.rs",
            ),
            (None, Some((_, reason))) => {
                findings.problem(&source.path, format!("no longer reads the process environment: remove its row ({reason})"));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READER: &str = "crates/env-fallback/src/environment.rs";

    fn problems(readers: &[(&str, &str)], path: &str, text: &str) -> usize {
        let mut findings = Findings::default();
        let tree = Tree::new([(path.to_owned(), text.to_owned())], Vec::new());
        check_with(readers, &tree, &mut findings);
        findings.problems().len()
    }

    #[test]
    fn only_listed_files_and_the_binary_read() {
        let text = "let all = std::env::vars_os();";
        assert_eq!(problems(&[(READER, "a copy")], READER, text), 0);
        assert_eq!(problems(&[], "crates/keyfob-cli/src/main.rs", text), 0);
        assert_eq!(problems(&[], READER, text), 1);
        assert_eq!(
            problems(&[], READER, "let all = Environment::from_process();"),
            1
        );
    }

    #[test]
    fn compile_time_variables_and_tests_do_not_count() {
        let text = "env!(\"CARGO_PKG_VERSION\"); #[cfg(test)] mod tests { fn f() { std::env::var(\"X\") } }";
        assert_eq!(problems(&[], READER, text), 0);
    }

    #[test]
    fn a_row_that_is_no_longer_true_is_reported() {
        assert_eq!(
            problems(&[(READER, "a copy")], READER, "struct Environment;"),
            1
        );
        assert_eq!(
            problems(&[(READER, "a copy")], "crates/a/src/lib.rs", ""),
            1
        );
    }

    #[test]
    fn nobody_writes() {
        let text = "std::env::set_var(a, b)";
        assert_eq!(problems(&[], "crates/keyfob-cli/src/main.rs", text), 1);
    }
}
