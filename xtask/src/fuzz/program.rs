//! The programs of the fuzz targets, built to be watched.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::workspace::{Workspace, finish};

/// Counts each edge that runs, and each comparison. These are cargo-fuzz's flags for `--sanitizer none`.
const FLAGS: &str = "--cfg fuzzing \
    -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// A folder of its own: the flags change everything that is built.
const FOLDER: &str = "target/fuzz";

/// Knows where the built programs are.
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds the programs of all targets.
    pub(crate) fn build(workspace: &Workspace) -> Result<Self, Failure> {
        // Naming the target, though it is this machine, keeps the flags from build scripts and macros, which
        // would lack what the counting needs.
        let host = host(workspace)?;
        let mut build = workspace.cargo();
        build.args(["build", "--locked", "--package", "keyfob-fuzz", "--bins"]);
        build.args(["--profile", "fuzz", "--target", &host]);
        build.args(["--target-dir", FOLDER]);
        build.env("RUSTFLAGS", FLAGS);
        // This one would win.
        build.env_remove("CARGO_ENCODED_RUSTFLAGS");
        finish(build).map_err(Failure::during(
            "the fuzzers need a C++ compiler (c++, or what CXX names)",
        ))?;
        let folder = workspace.root().join(FOLDER).join(host).join("fuzz");
        Ok(Self { folder })
    }

    /// Returns the program of a target, without arguments.
    pub(crate) fn of(&self, workspace: &Workspace, target: &str) -> Command {
        let name = format!("fuzz-{target}{}", std::env::consts::EXE_SUFFIX);
        workspace.command(self.folder.join(name))
    }
}

/// Returns the triple of this machine, which the compiler knows.
fn host(workspace: &Workspace) -> Result<String, Failure> {
    let output = workspace
        .command("rustc")
        .arg("-vV")
        .output()
        .map_err(Failure::during("starting rustc"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::new("`rustc -vV` does not name its host"))
}
