//! The tasks about other people's crates: `fetch`, `deny` and `audit`.

use crate::failure::Failure;
use crate::tool::CARGO_DENY;
use crate::workspace::{Workspace, finish};

/// Downloads what Cargo.lock names, for every platform, since `deny` reads all of it. Asks the network
/// only when something is missing: a machine that is cut off must not wait for a time-out.
pub(crate) fn fetch(workspace: &Workspace) -> Result<(), Failure> {
    let mut look = workspace.cargo();
    look.args(["fetch", "--locked", "--offline", "--quiet"])
        .stderr(std::process::Stdio::null());
    if finish(look).is_ok() {
        println!("all dependencies are there already");
        return Ok(());
    }
    let mut download = workspace.cargo();
    download.args(["fetch", "--locked"]);
    finish(download)
}

/// Checks licences, bans and sources against deny.toml. Reads local files only.
pub(crate) fn deny(workspace: &Workspace) -> Result<(), Failure> {
    let mut check = workspace.command(CARGO_DENY.provide(workspace)?);
    check.args([
        "--all-features",
        "--locked",
        "--offline",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ]);
    finish(check)
}

/// Checks the advisories of the RustSec database, which is downloaded first. Not part of `ci`: its
/// answer changes from day to day while the code stays the same.
pub(crate) fn audit(workspace: &Workspace) -> Result<(), Failure> {
    println!("this downloads the advisory database and needs the network");
    let mut check = workspace.command(CARGO_DENY.provide(workspace)?);
    check.args(["--all-features", "--locked", "check", "advisories"]);
    finish(check)
}
