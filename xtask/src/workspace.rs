//! The workspace that the tasks work on, and commands that run in it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// Variables that `cargo run` sets for this binary. Build scripts that watch them (ring's does) would be
/// run again each time a developer changes between `cargo xtask` and plain `cargo`.
const SET_BY_CARGO_RUN: &[&str] = &[
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
];

/// A developer's own settings, which must not decide whether a test passes.
const SET_BY_DEVELOPER: &[&str] = &["INFISICAL_", "KEYFOB_", "RUST_LOG"];

/// Knows where the workspace is and how to start a command in it.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    cargo: OsString,
    xtask: PathBuf,
}

impl Workspace {
    /// Finds the workspace that this binary was built from.
    pub(crate) fn locate() -> Result<Self, Failure> {
        let manifest_folder = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| {
            Failure::new("CARGO_MANIFEST_DIR is not set: run this as `cargo xtask`")
        })?;
        let root = Path::new(&manifest_folder)
            .parent()
            .ok_or_else(|| Failure::new("CARGO_MANIFEST_DIR has no parent folder"))?;
        Ok(Self {
            root: root.to_owned(),
            cargo: env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
            // Asked once, at the start: a build may replace the file while a step runs.
            xtask: env::current_exe().map_err(Failure::during("finding this binary"))?,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn cargo(&self) -> Command {
        self.command(&self.cargo)
    }

    /// Starts this binary again, so that a task of ours can be ended at its limit like any other.
    pub(crate) fn xtask(&self) -> Command {
        let mut command = self.command(&self.xtask);
        command
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"))
            .env("CARGO", &self.cargo);
        command
    }

    /// Returns a command that runs at the root, without variables that could change its result.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        let unwanted = |name: &str| {
            SET_BY_CARGO_RUN
                .iter()
                .chain(SET_BY_DEVELOPER)
                .any(|start| name.starts_with(start))
        };
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(unwanted) {
                command.env_remove(name);
            }
        }
        command
    }
}

/// Runs a command to its end and turns a status other than 0 into a failure.
pub(crate) fn finish(mut command: Command) -> Result<(), Failure> {
    let status = command
        .status()
        .map_err(Failure::during(format!("starting {}", words(&command))))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "`{}` ended with {status}",
        words(&command)
    )))
}

/// Writes a command the way it is typed.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_stem()
        .unwrap_or(command.get_program())
        .to_string_lossy();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy());
    std::iter::once(name)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the files that Git tracks or would track, relative to the root, with `/`.
pub(crate) fn tracked_files(workspace: &Workspace) -> Result<Vec<String>, Failure> {
    let mut list = workspace.command("git");
    list.args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "--deduplicate",
        "-z",
    ]);
    let output = list.output().map_err(Failure::during("starting git"))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "`{}` failed; these checks read what Git tracks",
            words(&list)
        )));
    }
    let names = String::from_utf8_lossy(&output.stdout);
    Ok(names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect())
}
