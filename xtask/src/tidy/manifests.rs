//! What every manifest of ours holds.

use super::{Findings, Tree};

/// Lints that no edit of the workspace manifest may lose.
const KEPT: &[&str] = &[
    "unsafe_code = \"forbid\"",
    "expect_used = \"deny\"",
    "unwrap_used = \"deny\"",
];

/// Reports crates that could be published or that do not take the workspace's lints.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for package in tree.packages() {
        let manifest = format!("{}/Cargo.toml", package.folder);
        if package.published {
            findings.problem(&manifest, "lacks `publish.workspace = true`: nothing is published before a release is prepared");
        }
        if !tree.text(&manifest).is_some_and(takes_workspace_lints) {
            findings.problem(&manifest, "lacks `[lints]` with `workspace = true`");
        }
        if let Some(folder) = package
            .folder
            .strip_prefix("crates/")
            .filter(|folder| *folder != package.name)
        {
            findings.problem(
                &manifest,
                format!(
                    "the package is named {} and its folder {folder}",
                    package.name
                ),
            );
        }
    }
    let root = tree.text("Cargo.toml").unwrap_or_default();
    for lint in KEPT
        .iter()
        .filter(|lint| !root.lines().any(|line| line.trim() == **lint))
    {
        findings.problem("Cargo.toml", format!("the workspace lints lack `{lint}`"));
    }
}

fn takes_workspace_lints(manifest: &str) -> bool {
    let mut lines = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1);
    lines.find(|line| !line.is_empty()) == Some("workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::Package;

    const ROOT: &str = "unsafe_code = \"forbid\"\nexpect_used = \"deny\"\nunwrap_used = \"deny\"\n";
    const MEMBER: &str = "[package]\n\n[lints]\nworkspace = true\n";

    fn problems(root: &str, member: &str, name: &str, published: bool) -> usize {
        let files = [
            ("Cargo.toml", root),
            ("crates/secret-ref/Cargo.toml", member),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let package = Package {
            name: name.into(),
            folder: "crates/secret-ref".into(),
            published,
            dependencies: Vec::new(),
        };
        let mut findings = Findings::default();
        check(&Tree::new(files, vec![package]), &mut findings);
        findings.problems().len()
    }

    #[test]
    fn a_complete_manifest_is_fine() {
        assert_eq!(problems(ROOT, MEMBER, "secret-ref", false), 0);
    }

    #[test]
    fn each_lack_is_reported() {
        assert_eq!(problems(ROOT, MEMBER, "secret-ref", true), 1);
        assert_eq!(
            problems(
                ROOT,
                "[lints.clippy]\nall = \"allow\"\n",
                "secret-ref",
                false
            ),
            1
        );
        assert_eq!(problems(ROOT, MEMBER, "secret-refs", false), 1);
        assert_eq!(
            problems(&ROOT.replace("forbid", "deny"), MEMBER, "secret-ref", false),
            1
        );
    }
}
