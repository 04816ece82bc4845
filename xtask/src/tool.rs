//! Pinned tools, built once for each user.

use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::{env, fs};

use cargo_metadata::semver::Version;

use crate::failure::Failure;
use crate::workspace::{Workspace, finish};

/// A Cargo subcommand that the checks need, at a version whose results are known.
#[derive(Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: Version,
    accepts: Accepts,
}

/// Which version on `PATH` saves building the pinned one.
#[derive(Clone, Copy, Debug)]
enum Accepts {
    /// A linter: another version may judge differently.
    Pinned,
    /// A runner: a newer version runs the same tests.
    PinnedOrNewer,
}

/// Checks licences, bans, sources and advisories.
pub(crate) const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: Version::new(0, 20, 2),
    accepts: Accepts::Pinned,
};

/// Runs each test in a process of its own, which is what makes a limit for each test possible.
pub(crate) const CARGO_NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: Version::new(0, 9, 143),
    accepts: Accepts::PinnedOrNewer,
};

impl Tool {
    /// Returns the program: the one on `PATH` when its version will do, else the one in the user's cache
    /// folder, which is built when it is missing. The folder is outside every clone, so that a second
    /// clone finds it.
    pub(crate) fn provide(&self, workspace: &Workspace) -> Result<PathBuf, Failure> {
        if self.is_on_path() {
            return Ok(self.name.into());
        }
        let tools = cache_folder()?.join("keyfob").join("tools");
        let home = tools.join(format!("{}-{}", self.name, self.version));
        if !self.program(&home).is_file() {
            self.build(workspace, &tools, &home)?;
        }
        Ok(self.program(&home))
    }

    fn is_on_path(&self) -> bool {
        let output = Command::new(self.name)
            .arg("--version")
            .stderr(Stdio::null())
            .output();
        output.is_ok_and(|output| {
            output.status.success() && self.answers_to(&String::from_utf8_lossy(&output.stdout))
        })
    }

    /// Tells whether this answer to `--version` (`cargo-deny 0.20.2`) is a version that will do.
    fn answers_to(&self, answer: &str) -> bool {
        let found = answer
            .split_whitespace()
            .nth(1)
            .and_then(|version| Version::parse(version).ok());
        found.is_some_and(|found| match self.accepts {
            Accepts::Pinned => found == self.version,
            Accepts::PinnedOrNewer => found >= self.version,
        })
    }

    fn program(&self, home: &Path) -> PathBuf {
        home.join("bin")
            .join(format!("{}{}", self.name, env::consts::EXE_SUFFIX))
    }

    /// Builds in a folder of this process and moves the result into place in one step, so that two runs
    /// at a time never see half a tool.
    fn build(&self, workspace: &Workspace, tools: &Path, home: &Path) -> Result<(), Failure> {
        let Self { name, version, .. } = self;
        println!(
            "building {name} {version} into {}, once for this user",
            home.display()
        );
        let stage = tools.join(format!(".{name}-{version}-{}", process::id()));
        let built = stage.join("built");
        let mut install = workspace.cargo();
        install
            .args([
                "install",
                name,
                "--locked",
                "--version",
                &format!("={version}"),
                "--root",
            ])
            .arg(&built);
        install.arg("--target-dir").arg(stage.join("target"));
        let result = finish(install)
            .map_err(Failure::during(format!(
                "{name} {version} is missing and could not be built; it takes the network once, or put it on PATH"
            )))
            .and_then(|()| self.move_into_place(&built, home));
        // What is left there is only in the way of the disk.
        let _ = fs::remove_dir_all(&stage);
        result
    }

    fn move_into_place(&self, built: &Path, home: &Path) -> Result<(), Failure> {
        match fs::rename(built, home) {
            // Another run was faster: its tool is as good.
            Err(_) if self.program(home).is_file() => Ok(()),
            moved => moved.map_err(Failure::during(format!(
                "moving {} to {}",
                built.display(),
                home.display()
            ))),
        }
    }
}

fn cache_folder() -> Result<PathBuf, Failure> {
    let folder = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    folder("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| folder("LOCALAPPDATA"))
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .ok_or_else(|| {
            Failure::new("no folder for tools: set XDG_CACHE_HOME to an absolute path, or HOME")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_tool_accepts_its_own_version_only() {
        assert!(CARGO_DENY.answers_to("cargo-deny 0.20.2\n"));
        assert!(!CARGO_DENY.answers_to("cargo-deny 0.20.3\n"));
        assert!(!CARGO_DENY.answers_to("cargo-deny 0.20.1\n"));
    }

    #[test]
    fn a_runner_may_be_newer_but_not_older() {
        assert!(
            CARGO_NEXTEST
                .answers_to("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143\n")
        );
        assert!(CARGO_NEXTEST.answers_to("cargo-nextest 0.9.150\n"));
        assert!(!CARGO_NEXTEST.answers_to("cargo-nextest 0.9.99\n"));
    }

    #[test]
    fn an_answer_without_a_version_does_not_do() {
        assert!(!CARGO_NEXTEST.answers_to(""));
        assert!(!CARGO_NEXTEST.answers_to("cargo-nextest unknown"));
    }

    #[test]
    fn the_second_of_two_runs_keeps_the_tool_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let (built, home) = (folder.path().join("built"), folder.path().join("home"));
        for (root, text) in [(&built, "second"), (&home, "first")] {
            fs::create_dir_all(root.join("bin")).unwrap();
            fs::write(CARGO_DENY.program(root), text).unwrap();
        }
        CARGO_DENY.move_into_place(&built, &home).unwrap();
        assert_eq!(
            fs::read_to_string(CARGO_DENY.program(&home)).unwrap(),
            "first"
        );
    }
}
