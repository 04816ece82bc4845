//! The arrows between our crates.

use super::tree::Package;
use super::{Findings, Tree};

/// Which of our crates each one may need. An arrow that is missing here is a decision to take, not a
/// line to add: docs/architecture.md says what each wall is for.
const ARROWS: &[(&str, &[&str])] = &[
    ("secret-ref", &[]),
    ("secret-source", &["secret-ref"]),
    ("infisical-http", &["secret-source", "secret-ref"]),
    ("env-fallback", &["secret-source", "secret-ref"]),
    ("secret-cache", &["secret-source", "secret-ref"]),
    (
        "secret-snapshot",
        &["secret-cache", "secret-source", "secret-ref"],
    ),
    ("secret-breaker", &["secret-source", "secret-ref"]),
    ("figment-secrets", &["secret-source", "secret-ref"]),
    // Its sources are a link to those of figment-secrets.
    ("figment2-secrets", &["secret-source", "secret-ref"]),
    (
        "secret-requirements",
        &[
            "figment-secrets",
            "env-fallback",
            "secret-source",
            "secret-ref",
        ],
    ),
    ("secret-testkit", &["secret-source", "secret-ref"]),
    // Shares no wire struct with the client: a field misread once must not be misread twice and pass.
    ("infisical-fake", &[]),
    (
        "keyfob",
        &[
            "secret-ref",
            "secret-source",
            "infisical-http",
            "env-fallback",
            "secret-cache",
            "secret-snapshot",
            "secret-breaker",
            "figment-secrets",
            "figment2-secrets",
            "secret-requirements",
        ],
    ),
    ("keyfob-cli", &["keyfob", "infisical-fake"]),
    // Only what has a grammar or decodes what others sent.
    (
        "keyfob-fuzz",
        &[
            "secret-ref",
            "secret-source",
            "env-fallback",
            "infisical-http",
            "secret-cache",
            "secret-snapshot",
        ],
    ),
    ("xtask", &[]),
];

/// Reports each arrow outside the table. The tests of a crate may need anything.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    let ours = |name: &str| tree.packages().iter().any(|package| package.name == name);
    for package in tree.packages().iter().filter(|package| !is_tests(package)) {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            findings.problem(
                &package.folder,
                "this crate has no row in the table of arrows (xtask/src/tidy/arrows.rs)",
            );
            continue;
        };
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| ours(&dependency.name))
        {
            let free = dependency.development && package.name != "xtask";
            if !free && !allowed.contains(&dependency.name.as_str()) {
                findings.problem(
                    &package.folder,
                    format!(
                        "the arrow {} -> {} is not allowed",
                        package.name, dependency.name
                    ),
                );
            }
        }
    }
}

fn is_tests(package: &Package) -> bool {
    package.folder == "tests" || package.folder.starts_with("tests/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::Dependency;

    fn package(name: &str, folder: &str, needs: &[&str], needs_in_tests: &[&str]) -> Package {
        let dependency = |development| {
            move |name: &&str| Dependency {
                name: (*name).to_owned(),
                development,
            }
        };
        let dependencies = needs
            .iter()
            .map(dependency(false))
            .chain(needs_in_tests.iter().map(dependency(true)))
            .collect();
        Package {
            name: name.to_owned(),
            folder: folder.to_owned(),
            published: false,
            dependencies,
        }
    }

    fn problems(packages: Vec<Package>) -> Vec<String> {
        let mut findings = Findings::default();
        check(&Tree::new([], packages), &mut findings);
        findings.problems().to_vec()
    }

    fn secret_ref() -> Package {
        package("secret-ref", "crates/secret-ref", &["serde"], &[])
    }

    #[test]
    fn an_arrow_of_the_table_is_allowed_and_another_is_named() {
        let cache = package(
            "secret-cache",
            "crates/secret-cache",
            &["secret-ref", "tokio"],
            &[],
        );
        assert_eq!(problems(vec![secret_ref(), cache.clone()]), [""; 0]);
        let backwards = package("secret-ref", "crates/secret-ref", &["secret-cache"], &[]);
        assert_eq!(
            problems(vec![backwards, cache]),
            ["crates/secret-ref: the arrow secret-ref -> secret-cache is not allowed"]
        );
    }

    #[test]
    fn the_client_and_the_configuration_never_see_each_other() {
        let http = package(
            "infisical-http",
            "crates/infisical-http",
            &["figment-secrets"],
            &[],
        );
        let figment = package(
            "figment-secrets",
            "crates/figment-secrets",
            &["infisical-http"],
            &[],
        );
        assert_eq!(problems(vec![http, figment]).len(), 2);
    }

    #[test]
    fn tests_may_need_anything_but_those_of_xtask() {
        let tests = package("keyfob-tests", "tests", &["secret-ref"], &[]);
        let breaker = package(
            "secret-breaker",
            "crates/secret-breaker",
            &[],
            &["secret-testkit"],
        );
        let testkit = package("secret-testkit", "crates/secret-testkit", &[], &[]);
        assert_eq!(
            problems(vec![secret_ref(), tests, breaker, testkit]),
            [""; 0]
        );
        assert_eq!(
            problems(vec![
                secret_ref(),
                package("xtask", "xtask", &[], &["secret-ref"])
            ])
            .len(),
            1
        );
    }

    #[test]
    fn a_crate_without_a_row_is_reported() {
        assert_eq!(
            problems(vec![package("new", "crates/new", &[], &[])]).len(),
            1
        );
    }
}
