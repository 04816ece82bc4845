//! `cargo xtask tidy`: the arrows between our crates, and the invariants that text can show.
//!
//! Each rule is one function in one file. It reads a [`Tree`], which tests build in memory.

mod code;
mod findings;
mod tree;

mod arrows;
mod claims;
mod codes;
mod environment;
mod exposures;
mod foreign;
mod length;
mod lint_reasons;
mod machine_paths;
mod manifests;
mod pins;
mod public_types;
mod statics;
mod terminal;
mod workspace_dependencies;

pub(crate) use self::findings::Findings;
pub(crate) use self::tree::Tree;

use crate::failure::Failure;
use crate::workspace::Workspace;

/// One rule: what it demands, and the function that checks it.
struct Rule {
    demands: &'static str,
    check: fn(&Tree, &mut Findings),
}

const RULES: &[Rule] = &[
    Rule {
        demands: "our crates depend on each other only as the table of arrows allows",
        check: arrows::check,
    },
    Rule {
        demands: "only the crate that wraps it names a foreign library",
        check: foreign::check,
    },
    Rule {
        demands: "no type of the HTTP library is public",
        check: public_types::check,
    },
    Rule {
        demands: "only the binaries print, exit or read their arguments",
        check: terminal::check,
    },
    Rule {
        demands: "only listed files of the libraries read the process environment",
        check: environment::check,
    },
    Rule {
        demands: "no statics with state",
        check: statics::check,
    },
    Rule {
        demands: "every relaxed lint and every ignored test says why",
        check: lint_reasons::check,
    },
    Rule {
        demands: "a value leaves its wrapper only where docs/architecture.md says",
        check: exposures::check,
    },
    Rule {
        demands: "every code of an error has a page in the book",
        check: codes::check,
    },
    Rule {
        demands: "source files stay short",
        check: length::check,
    },
    Rule {
        demands: "every crate is unpublished and takes the workspace's lints",
        check: manifests::check,
    },
    Rule {
        demands: "workspace dependencies are in order and have reasons",
        check: workspace_dependencies::check,
    },
    Rule {
        demands: "each promise of SECURITY.md names tests that are there",
        check: claims::check,
    },
    Rule {
        demands: "actions are pinned by commit and images by digest, and workflows only read",
        check: pins::check,
    },
    Rule {
        demands: "no path of one developer's machine",
        check: machine_paths::check,
    },
];

/// Checks the working tree and prints what is wrong.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let tree = Tree::read(workspace)?;
    let mut problems = 0;
    for rule in RULES {
        let mut findings = Findings::default();
        (rule.check)(&tree, &mut findings);
        let verdict = if findings.problems().is_empty() {
            "ok  "
        } else {
            "FAIL"
        };
        println!("{verdict} {}", rule.demands);
        findings
            .problems()
            .iter()
            .for_each(|problem| println!("       {problem}"));
        findings
            .notes()
            .iter()
            .for_each(|note| println!("       note: {note}"));
        problems += findings.problems().len();
    }
    if problems == 0 {
        Ok(())
    } else {
        Err(Failure::new(format!("tidy found {problems} problems")))
    }
}

/// Returns the problems that `check` finds in a tree of these files.
#[cfg(test)]
fn problems_in(check: fn(&Tree, &mut Findings), files: &[(&str, &str)]) -> Vec<String> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    let mut findings = Findings::default();
    check(&Tree::new(files, Vec::new()), &mut findings);
    findings.problems().to_vec()
}
