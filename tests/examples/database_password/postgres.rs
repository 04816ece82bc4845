//! [`Postgres`]: a real server for the time of this example.

use std::error::Error;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, io};

use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, Config, NoTls};

const ADMIN: &str = "admin";
const PASSWORD: &str = "of the administrator";
/// Where Debian puts the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// How long the server may take until it listens.
const LIMIT: Duration = Duration::from_secs(30);

/// Runs in a folder of its own, listens on a socket there and on no port, and ends when it is dropped.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    user: Option<&'static str>,
    process: Child,
}

impl Postgres {
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let programs = programs().ok_or("PostgreSQL is missing: `apt-get install postgresql`")?;
        let folder = tempfile::tempdir()?;
        // It refuses to run as root, so the user that comes with the package does it then.
        let user = (fs::metadata(folder.path())?.uid() == 0).then_some("postgres");
        if let Some(user) = user {
            run(Command::new("chown").arg(user).arg(folder.path()))?;
        }
        let password = folder.path().join("password");
        fs::write(&password, PASSWORD)?;
        run(program(&programs, "initdb", user)
            .args(["--auth=scram-sha-256", "--username", ADMIN])
            .args(["--locale=C", "--encoding=UTF8", "--no-sync"])
            .arg("--pwfile")
            .arg(&password)
            .arg("--pgdata")
            .arg(data(&folder)))?;
        let process = program(&programs, "postgres", user)
            .arg("-D")
            .arg(data(&folder))
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .args(["-c", "unix_socket_directories=.."])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self {
            programs,
            folder,
            user,
            process,
        };
        server.listening().await?;
        Ok(server)
    }

    /// Returns the folder of the socket.
    pub(crate) fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Logs in as who may do everything.
    pub(crate) async fn admin(&self) -> Result<Client, tokio_postgres::Error> {
        let (client, connection) = Config::new()
            .host_path(self.socket())
            .user(ADMIN)
            .password(PASSWORD)
            .dbname("postgres")
            .connect(NoTls)
            .await?;
        tokio::spawn(connection);
        Ok(client)
    }

    async fn listening(&self) -> Result<(), tokio_postgres::Error> {
        let begin = Instant::now();
        loop {
            match self.admin().await {
                Err(_) if begin.elapsed() < LIMIT => sleep(Duration::from_millis(50)).await,
                outcome => return outcome.map(drop),
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = program(&self.programs, "pg_ctl", self.user);
        stop.arg("stop")
            .args(["-m", "immediate", "-D"])
            .arg(data(&self.folder));
        if run(&mut stop).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// Finds the programs of the newest version.
fn programs() -> Option<PathBuf> {
    let on_path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut folders: Vec<_> = debian.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.extend(env::split_paths(&on_path));
    folders
        .into_iter()
        .rev()
        .find(|folder| folder.join("initdb").is_file())
}

fn program(programs: &Path, name: &str, user: Option<&str>) -> Command {
    let program = programs.join(name);
    let Some(user) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("runuser");
    command.args(["-u", user, "--"]).arg(program);
    command
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?}: {said}")))
}
