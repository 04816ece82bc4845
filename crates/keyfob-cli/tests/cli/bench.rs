//! [`Bench`]: an invented server full of canaries, a folder, and the binary.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use infisical_fake::{Fake, Seed};
use secret_testkit::{Canary, assert_no_leak};
use tempfile::TempDir;

/// A server, a folder for files, and the values that must not be seen.
pub(crate) struct Bench {
    pub(crate) server: Fake,
    pub(crate) folder: TempDir,
    pub(crate) canaries: Vec<Canary>,
}

/// What a run of the binary left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The secrets that every bench has: key, and whether its value is a canary.
const FOLDER: &str = "/shared/db";

impl Bench {
    pub(crate) async fn start() -> Self {
        let canaries: Vec<_> = ["PASSWORD", "DSN", "TOKEN"].map(Canary::named).into();
        let mut seed = Seed::new().project("bench").environment("prod");
        for canary in &canaries {
            seed = seed.secret("dev", FOLDER, canary.name(), canary.value());
        }
        let seed = seed.secret("dev", FOLDER, "PORT", "5432").secret(
            "dev",
            FOLDER,
            "LOOKS",
            "infisical://dev/shared/db/PASSWORD",
        );
        let server = Fake::builder().seed(seed).start().await.unwrap();
        let mut bench = Self {
            server,
            folder: tempfile::tempdir().unwrap(),
            canaries,
        };
        let client_secret = bench.server.client_secret();
        bench
            .canaries
            .push(Canary::of_value("client secret", client_secret));
        bench
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Prepares the binary with the server's settings and nothing else in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare_command(arguments);
        command
            .current_dir(self.folder.path())
            .env("INFISICAL_API_URL", self.server.url())
            .env("INFISICAL_CLIENT_ID", self.server.client_id())
            .env("INFISICAL_CLIENT_SECRET", self.server.client_secret())
            .env("INFISICAL_PROJECT_ID", self.server.project_id())
            .env("INFISICAL_ENVIRONMENT", "dev")
            .env("KEYFOB_RETRIES", "0");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    /// Runs a command that must not show any canary, with everything logged.
    pub(crate) fn run_quietly(&self, mut command: Command) -> Ran {
        let ran = ran(command.env("RUST_LOG", "trace"));
        assert_no_leak(&ran.stdout, &self.canaries);
        assert_no_leak(&ran.stderr, &self.canaries);
        ran
    }
}

/// Prepares the binary with an empty environment.
pub(crate) fn bare_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyfob"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command to its end, while the server goes on answering.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = tokio::task::block_in_place(|| command.output()).unwrap();
    Ran::from(output)
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the binary was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
