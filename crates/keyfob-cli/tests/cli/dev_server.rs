//! `keyfob dev-server`, with real shells reading what it prints.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use crate::bench::{Bench, bare_command, ran};

/// A server that is stopped with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts the server and reads the lines that it prints for a shell.
    fn start(arguments: &[&str]) -> (Self, String) {
        let mut child = bare_command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let exports: String = lines.take(5).map(|line| line.unwrap() + "\n").collect();
        (Self(child), exports)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_takes_its_settings_and_the_binary_reads_from_it() {
    let (_server, exports) = Running::start(&["dev-server"]);
    assert!(
        exports.lines().all(|line| line.starts_with("export ")),
        "{exports}"
    );
    for shell in ["sh", "bash"] {
        let script =
            format!("{exports}exec \"$KEYFOB\" get infisical:///shared/db/POSTGRES_PORT\n");
        let mut command = Command::new(shell);
        command
            .arg("-c")
            .arg(script)
            .env("KEYFOB", env!("CARGO_BIN_EXE_keyfob"));
        let ran = ran(&mut command);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (0, "5432"),
            "{shell}: {}",
            ran.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seed_is_read_as_json_and_as_toml() {
    let bench = Bench::start().await;
    let json = bench.file(
        "seed.json",
        r#"{"shop": {"prod": {"/a": {"KEY": "from JSON"}}}}"#,
    );
    let toml = bench.file("seed.toml", "[shop.dev.\"/a\"]\nKEY = 'from TOML'\n");
    for (path, expected) in [(json, "from JSON"), (toml, "from TOML")] {
        let (_server, exports) = Running::start(&["dev-server", "--seed", path.to_str().unwrap()]);
        let script = format!("{exports}exec \"$KEYFOB\" get infisical:///a/KEY\n");
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(script)
            .env("KEYFOB", env!("CARGO_BIN_EXE_keyfob"));
        assert_eq!(ran(&mut command).stdout, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_seed_says_where_and_quotes_nothing() {
    let bench = Bench::start().await;
    let value = bench.canaries[0].value();
    let broken = bench.file("seed.toml", &format!("[shop]\nKEY = = '{value}'\n"));
    let ran = bench.run_quietly(bench.command(&["dev-server", "--seed", broken.to_str().unwrap()]));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("line 2"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_and_a_public_address_are_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_eq!(
        ran(&mut bare_command(&["dev-server", "--listen", &address])).code,
        1
    );
    assert_eq!(
        ran(&mut bare_command(&["dev-server", "--listen", "0.0.0.0:0"])).code,
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_says_that_the_server_is_invented() {
    let (_server, exports) = Running::start(&["dev-server"]);
    let url = exports
        .lines()
        .find_map(|line| line.strip_prefix("export INFISICAL_API_URL="))
        .unwrap();
    let host = url.trim_matches('\'').strip_prefix("http://").unwrap();
    let mut socket = std::net::TcpStream::connect(host).unwrap();
    write!(
        socket,
        "GET /api/status HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let body = std::io::read_to_string(socket).unwrap();
    assert!(body.contains("not a real Infisical"), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_each_era_is_read_from_and_another_era_is_refused() {
    for era in ["v2024", "v4a", "v4b"] {
        let (_server, exports) = Running::start(&["dev-server", "--era", era]);
        let script =
            format!("{exports}exec \"$KEYFOB\" get infisical:///shared/db/POSTGRES_PORT\n");
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(script)
            .env("KEYFOB", env!("CARGO_BIN_EXE_keyfob"));
        assert_eq!(ran(&mut command).stdout, "5432", "{era}");
    }
    let refused = ran(&mut bare_command(&["dev-server", "--era", "v5"]));
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("v2024"), "{}", refused.stderr);
}
