//! Names from files reach a terminal, and must not command it.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};

use crate::bench::Bench;

/// A key that would clear the screen, and a profile that would change its title.
const CONFIGURATION: &str = r#"
"k\u001b[2Jey" = "infisical:///shared/db/NOPE"
near = "infiscial:///shared/db/PASSWORD"
"near\u001b[2J" = "infiscial:///shared/db/PASSWORD"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn no_command_sends_a_control_character_to_the_terminal() {
    let bench = Bench::start().await;
    bench.file("app.toml", CONFIGURATION);
    let profile = "\u{1b}]0;title\u{7}";
    for arguments in [
        &["check", "app.toml"][..],
        &["check", "app.toml", "--profile", profile],
        &["explain", "app.toml"],
        &["render", "app.toml", "--reveal"],
        &["get", "infisical:///shared/db/\u{1b}[2J"],
    ] {
        let ran = bench.run(arguments);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!shown.is_empty(), "{arguments:?}");
        let command = shown.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(command, None, "{arguments:?}: {shown:?}");
    }
}

/// Runs a command whose outputs are a terminal, and returns what the terminal was sent.
fn on_a_terminal(command: &mut Command) -> String {
    let terminal = nix::pty::openpty(None, None).unwrap();
    let stdout = Stdio::from(terminal.slave.try_clone().unwrap());
    let mut child = command
        .stdout(stdout)
        .stderr(Stdio::from(terminal.slave))
        .spawn()
        .unwrap();
    // The command still holds the other end, and with it the terminal open.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut sent = Vec::new();
    // When the last who could write has gone, Linux ends the terminal with an error.
    let _ = File::from(terminal.master).read_to_end(&mut sent);
    child.wait().unwrap();
    String::from_utf8(sent).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_gets_colours_in_reports_and_in_the_log_unless_they_are_unwanted() {
    let bench = Bench::start().await;
    bench.file("app.toml", CONFIGURATION);
    for arguments in [&["check", "app.toml"][..], &["explain", "app.toml"]] {
        let mut command = bench.command(arguments);
        command.env("RUST_LOG", "debug");
        let coloured = on_a_terminal(&mut command);
        assert!(
            coloured.contains("\u{1b}[1m\u{1b}[91merror[secret-not-found]"),
            "{coloured}"
        );
        assert!(
            coloured.contains("DEBUG") && !coloured.contains("panicked"),
            "{coloured}"
        );
        assert!(!coloured.contains("\u{1b}[2J"), "{coloured}");
        let plain = on_a_terminal(command.env("NO_COLOR", "1"));
        assert!(
            plain.contains("error[secret-not-found]") && !plain.contains('\u{1b}'),
            "{plain}"
        );
    }
}
