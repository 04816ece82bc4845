//! What runs on other people's word is pinned: actions by commit, images by digest.

use super::tree::Text;
use super::{Findings, Tree};

const IMAGES: &str = "docs/live/images.env";

/// Reports workflows that may do more than read or run an unpinned action, images without a digest, and
/// compose files that name an image themselves.
pub(super) fn check(tree: &Tree, findings: &mut Findings) {
    for file in tree.texts() {
        if file.path.starts_with(".github/workflows/") {
            check_workflow(file, findings);
        } else if file.path == IMAGES {
            check_lines(
                file,
                findings,
                is_assignment,
                is_pinned_image,
                "an image without `@sha256:` and 64 hexadecimal digits",
            );
        } else if file.path.starts_with("docs/") && is_yaml(&file.path) {
            check_lines(
                file,
                findings,
                |line| line.starts_with("image:"),
                takes_its_image,
                "an image that is not taken from images.env",
            );
        }
    }
}

fn check_workflow(file: &Text, findings: &mut Findings) {
    let uses = |line: &str| line.trim_start_matches("- ").starts_with("uses:");
    check_lines(
        file,
        findings,
        uses,
        is_pinned_action,
        "an action that is not pinned by its commit",
    );
    let lines: Vec<_> = file.text.lines().map(str::trim_end).collect();
    let reads_only = lines
        .windows(2)
        .any(|two| two == ["permissions:", "  contents: read"]);
    let writes = lines
        .iter()
        .any(|line| line.ends_with(": write") || line.ends_with("write-all"));
    if !reads_only || writes {
        findings.problem(
            &file.path,
            "lacks `permissions:` with `contents: read` alone",
        );
    }
}

fn check_lines(
    file: &Text,
    findings: &mut Findings,
    concerns: impl Fn(&str) -> bool,
    is_fine: impl Fn(&str) -> bool,
    problem: &str,
) {
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim();
        if concerns(line) && !is_fine(line) {
            findings.problem_at(&file.path, index + 1, format!("names {problem}"));
        }
    }
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

fn is_assignment(line: &str) -> bool {
    !line.starts_with('#') && line.contains('=')
}

fn is_pinned_action(line: &str) -> bool {
    // `uses: owner/name@commit # tag`: the tag is for people.
    line.split_once('@').is_some_and(|(_, rest)| {
        let (commit, tag) = rest.split_once(" # ").unwrap_or((rest, ""));
        is_hexadecimal(commit, 40) && !tag.is_empty()
    })
}

fn is_pinned_image(line: &str) -> bool {
    line.split_once("@sha256:")
        .is_some_and(|(_, digest)| is_hexadecimal(digest, 64))
}

fn takes_its_image(line: &str) -> bool {
    line.contains("${") && line.contains("_IMAGE")
}

fn is_hexadecimal(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::problems_in;

    const WORKFLOW: &str = ".github/workflows/ci.yml";
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn workflow(permissions: &str, uses: &str) -> usize {
        let text = format!("{permissions}\njobs:\n  ci:\n    steps:\n      - uses: {uses}\n");
        problems_in(check, &[(WORKFLOW, &text)]).len()
    }

    #[test]
    fn a_workflow_reads_only_and_pins_its_actions() {
        const READ: &str = "permissions:\n  contents: read";
        let pinned = format!("actions/checkout@{COMMIT} # v5.0.0");
        assert_eq!(workflow(READ, &pinned), 0);
        assert_eq!(workflow(READ, "actions/checkout@v5"), 1);
        assert_eq!(
            workflow(READ, &format!("actions/checkout@{COMMIT}")),
            1,
            "no tag to read"
        );
        assert_eq!(workflow("", &pinned), 1);
        assert_eq!(workflow("permissions:\n  contents: write", &pinned), 1);
        assert_eq!(workflow(&format!("{READ}\n  packages: write"), &pinned), 1);
    }

    #[test]
    fn images_have_digests_in_one_place() {
        let digest = "0".repeat(64);
        let images = |text: &str| problems_in(check, &[(IMAGES, text)]).len();
        assert_eq!(
            images(&format!("# postgres=1\nA_IMAGE=postgres@sha256:{digest}\n")),
            0
        );
        assert_eq!(images("A_IMAGE=postgres:16\n"), 1);
        assert_eq!(
            images(&format!("A_IMAGE=postgres@sha256:{}\n", &digest[1..])),
            1
        );
        let compose = |text: &str| problems_in(check, &[("docs/live/compose.yaml", text)]).len();
        assert_eq!(compose("    image: ${A_IMAGE:?give it}\n"), 0);
        assert_eq!(compose("    image: postgres:16\n"), 1);
    }
}
