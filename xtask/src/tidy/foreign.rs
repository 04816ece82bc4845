//! Which crate may name which foreign library.

use super::code::{Code, is_identifier};
use super::{Findings, Tree};

/// Libraries that stay behind one wall, with the crates behind it.
const WALLS: &[(&str, &[&str])] = &[
    ("reqwest", &["infisical-http"]),
    // The facade only hands on the version that its signatures speak of.
    ("figment", &["figment-secrets", "keyfob"]),
    ("figment2", &["figment2-secrets", "keyfob"]),
    // One place seals, so there is one place to look at.
    ("chacha20poly1305", &["secret-snapshot"]),
];

/// Reports a dependency on, or a path that begins with, a library outside its wall. Tests are free.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for (library, crates) in WALLS {
        for package in tree
            .packages()
            .iter()
            .filter(|package| package.folder.starts_with("crates/"))
        {
            let needs = package
                .dependencies
                .iter()
                .any(|needed| needed.name == *library && !needed.development);
            if needs && !crates.contains(&package.name.as_str()) {
                findings.problem(
                    &package.folder,
                    format!(
                        "depends on {library}, which only {} may",
                        crates.join(" and ")
                    ),
                );
            }
        }
        for source in tree.crate_sources() {
            if source
                .crate_name()
                .is_some_and(|name| crates.contains(&name))
            {
                continue;
            }
            for offset in source
                .production
                .words(library)
                .filter(|offset| begins_a_path(&source.production, *offset, library))
            {
                findings.problem_at(
                    &source.path,
                    source.production.line(offset),
                    format!("names {library}, which only {} may", crates.join(" and ")),
                );
            }
        }
    }
}

/// Tells `figment::Value` and `use figment;` from `keyfob::figment::Value` and a variable of that name.
fn begins_a_path(code: &Code, offset: usize, library: &str) -> bool {
    let (before, after) = (
        &code.as_str()[..offset],
        &code.as_str()[offset + library.len()..],
    );
    let before = before.trim_end();
    // `use ::figment::X` is a path from the root, `keyfob::figment` is not.
    let nested = match before.strip_suffix("::") {
        Some(parent) => parent.ends_with(|c| is_identifier(c) || c == '>'),
        None => before.ends_with('.'),
    };
    !nested && (after.starts_with("::") || before.ends_with("use") || before.ends_with("crate"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;
    use crate::tidy::tree::{Dependency, Package};

    #[test]
    fn a_library_is_named_only_behind_its_wall() {
        let text = "use reqwest::Client;\npub use figment;\nfn f(x: ::reqwest::Url) {}";
        assert_eq!(
            problems_in(
                check,
                &[(
                    "crates/infisical-http/src/client.rs",
                    "use reqwest::Client;"
                )]
            ),
            [""; 0]
        );
        assert_eq!(
            problems_in(check, &[("crates/keyfob/src/lib.rs", "pub use figment;")]),
            [""; 0]
        );
        assert_eq!(
            problems_in(check, &[("crates/secret-cache/src/lib.rs", text)]).len(),
            3
        );
    }

    #[test]
    fn the_facades_export_variables_comments_and_tests_are_no_names() {
        let text = "use keyfob::figment::Figment; // reqwest::x\nlet figment = a.figment();\n\
                    #[cfg(test)] mod tests { use figment::Jail; }";
        assert_eq!(
            problems_in(check, &[("crates/keyfob-cli/src/main.rs", text)]),
            [""; 0]
        );
    }

    #[test]
    fn a_dependency_counts_unless_it_is_for_tests() {
        let package = |development| Package {
            name: "secret-cache".into(),
            folder: "crates/secret-cache".into(),
            published: false,
            dependencies: vec![Dependency {
                name: "figment".into(),
                development,
            }],
        };
        for (development, expected) in [(false, 1), (true, 0)] {
            let mut findings = Findings::default();
            check(&Tree::new([], vec![package(development)]), &mut findings);
            assert_eq!(findings.problems().len(), expected);
        }
    }
}
