//! Only the binaries talk to a terminal.

use super::{Findings, Tree};

const BINARY: &str = "keyfob-cli";
const MACROS: &[&str] = &["println", "print", "eprintln", "eprint", "dbg"];
const PATHS: &[(&str, &str)] = &[
    ("process", "exit"),
    ("process", "abort"),
    ("env", "args"),
    ("env", "args_os"),
    ("io", "stdout"),
    ("io", "stderr"),
    ("io", "stdin"),
];

/// Reports libraries that print, exit, or read the arguments.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for source in tree
        .crate_sources()
        .filter(|source| source.crate_name() != Some(BINARY))
    {
        let code = &source.production;
        for name in MACROS {
            let called = |offset: &usize| code.as_str()[offset + name.len()..].starts_with('!');
            for offset in code.words(name).filter(called) {
                findings.problem_at(
                    &source.path,
                    code.line(offset),
                    format!("{name}! in a library"),
                );
            }
        }
        for (module, item) in PATHS {
            for offset in code.paths(module, item) {
                findings.problem_at(
                    &source.path,
                    code.line(offset),
                    format!("{module}::{item} in a library"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    const TEXT: &str =
        "println!(); std::process::exit(1); use std::env::{self, args}; std::io::stdout();";

    #[test]
    fn a_library_may_not_and_the_binary_may() {
        assert_eq!(
            problems_in(check, &[("crates/secret-cache/src/lib.rs", TEXT)]).len(),
            4
        );
        assert_eq!(
            problems_in(check, &[("crates/keyfob-cli/src/main.rs", TEXT)]),
            [""; 0]
        );
    }

    #[test]
    fn documentation_tests_and_methods_of_the_name_do_not_count() {
        let text = "/// println!()\nself.print(); x.exit();\n#[cfg(test)] mod tests { fn f() { println!() } }";
        assert_eq!(
            problems_in(check, &[("crates/secret-cache/src/lib.rs", text)]),
            [""; 0]
        );
    }
}
