//! `cargo xtask examples`: every example is built, run, and has to succeed.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs, io};

use cargo_metadata::MetadataCommand;

use crate::failure::Failure;
use crate::limited::{Ending, Runner};
use crate::workspace::{Workspace, finish, words};

/// Where there are examples.
const FOLDERS: [&str; 2] = ["crates/keyfob/examples", "tests/examples"];

/// How long an example may run. None waits for anything but a server on this machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The example that needs a real PostgreSQL, and where Debian puts its programs.
const DATABASE: &str = "database_password";
const POSTGRES: &str = "/usr/lib/postgresql";

/// Builds all examples, then runs them one after the other, to the first that fails.
pub(crate) fn run(workspace: &Workspace, install: bool) -> Result<(), Failure> {
    // As the tests are built, so that nothing is built twice.
    let mut build = workspace.cargo();
    build.args(["build", "--quiet", "--workspace", "--examples"]);
    build.args(["--all-features", "--locked"]);
    finish(build)?;
    let programs = programs(workspace)?;
    let runner = Runner::new();
    runner.take_interrupts()?;
    for folder in FOLDERS {
        let examples = examples(&workspace.root().join(folder))
            .map_err(Failure::during(format!("reading {folder}")))?;
        for example in examples {
            if example == DATABASE {
                provide_postgres(workspace, install)?;
            }
            let program = programs.join(format!("{example}{}", env::consts::EXE_SUFFIX));
            succeed(&runner, workspace.command(program))?;
        }
    }
    Ok(())
}

/// Returns the folder where Cargo puts what it makes of examples.
fn programs(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace.root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .map_err(Failure::during("reading `cargo metadata`"))?;
    Ok(metadata.target_directory.join("debug/examples").into())
}

/// Finds the examples as Cargo does: a file, or a folder with a `main.rs`.
fn examples(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_file = path.extension().is_some_and(|extension| extension == "rs");
        if (is_file || path.join("main.rs").is_file())
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            found.insert(name.to_owned());
        }
    }
    Ok(found)
}

fn succeed(runner: &Runner, command: Command) -> Result<(), Failure> {
    let line = words(&command);
    let ending = runner.run(command, LIMIT);
    match ending.map_err(Failure::during(format!("starting `{line}`")))? {
        Ending::Exited(status) if status.success() => Ok(()),
        Ending::Exited(status) => Err(Failure::new(format!("`{line}` ended with {status}"))),
        Ending::OverLimit => Err(Failure::new(format!(
            "`{line}` was not done within {} s",
            LIMIT.as_secs()
        ))),
        Ending::Interrupted => Err(Failure::new(format!("`{line}` was interrupted"))),
    }
}

/// Installs PostgreSQL where it is missing, if that was asked for. Nobody's machine is changed unasked.
fn provide_postgres(workspace: &Workspace, install: bool) -> Result<(), Failure> {
    let path = env::var_os("PATH").unwrap_or_default();
    if is_postgres_installed(Path::new(POSTGRES), &path) {
        return Ok(());
    }
    if !install {
        return Err(Failure::new(format!(
            "PostgreSQL is missing, which the example `{DATABASE}` needs: install it, so that its `initdb` is on \
             PATH or where Debian puts it, or run `cargo xtask examples --install` as root on Debian"
        )));
    }
    println!("installing PostgreSQL for the example `{DATABASE}`");
    let apt = |arguments: &[&str]| {
        let mut apt = workspace.command("apt-get");
        apt.args(["--quiet", "--quiet"]).args(arguments);
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        finish(apt)
    };
    // Only its programs are used, and no database that comes with it.
    let install = ["install", "--yes", "--no-install-recommends", "postgresql"];
    apt(&["update"])
        .and_then(|()| apt(&install))
        .map_err(Failure::during(format!(
            "PostgreSQL is missing, which the example `{DATABASE}` needs, and could not be installed; \
             install it as root with `apt-get install postgresql`"
        )))
}

/// Tells whether the program that begins a database is where the example looks for it: in the folder of any version
/// that Debian has, or on the path.
fn is_postgres_installed(debian: &Path, path: &OsStr) -> bool {
    let versions = fs::read_dir(debian).into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin"));
    let mut folders = programs.chain(env::split_paths(path));
    folders.any(|folder| folder.join("initdb").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_a_file_or_a_folder_with_a_main() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        write("one.rs");
        write("two/main.rs");
        write("shared/mod.rs");
        write("notes.md");
        let found = examples(folder.path()).unwrap();
        assert!(found.iter().eq(["one", "two"]), "{found:?}");
    }

    #[test]
    fn every_folder_has_examples_and_the_one_with_a_database_is_among_them() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let found = FOLDERS.map(|folder| examples(&root.join(folder)).unwrap());
        assert!(found.iter().all(|found| !found.is_empty()));
        assert!(found.iter().any(|found| found.contains(DATABASE)));
    }

    #[test]
    fn postgres_is_there_when_a_version_of_debian_or_the_path_has_its_programs() {
        let folder = tempfile::tempdir().unwrap();
        let (debian, programs) = (folder.path(), folder.path().join("15/bin"));
        let missing = debian.join("missing");
        let path = env::join_paths([&missing, &programs]).unwrap();
        fs::create_dir_all(&programs).unwrap();
        assert!(!is_postgres_installed(debian, &path));
        fs::write(programs.join("initdb"), "").unwrap();
        assert!(is_postgres_installed(debian, OsStr::new("")));
        assert!(is_postgres_installed(&missing, &path));
        assert!(!is_postgres_installed(&missing, OsStr::new("")));
    }

    #[test]
    fn an_example_that_fails_fails_the_step() {
        let runner = Runner::new();
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        assert!(succeed(&runner, shell("exit 0")).is_ok());
        let failure = succeed(&runner, shell("exit 3")).unwrap_err().to_string();
        assert!(failure.contains("exit status: 3"), "{failure}");
    }
}
