//! The binary with a snapshot (`KEYFOB_SNAPSHOT`).

use std::process::Command;

use secret_testkit::assert_no_leak;

use crate::bench::{Bench, ran};

fn with_snapshot(bench: &Bench) -> Command {
    let mut command = bench.command(&["get", "infisical:///shared/db/PASSWORD"]);
    command
        .env("KEYFOB_SNAPSHOT", bench.folder.path().join("snapshot"))
        .env("KEYFOB_SNAPSHOT_KEY_FILE", bench.folder.path().join("key"));
    command
}

/// Makes a key as the documentation says.
#[cfg(unix)]
fn make_key(bench: &Bench) {
    use std::os::unix::fs::PermissionsExt;
    let path = bench.file("key", &"0123456789abcdef".repeat(4));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_got_once_is_got_while_the_server_is_down() {
    let bench = Bench::start().await;
    make_key(&bench);
    let first = ran(&mut with_snapshot(&bench));
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    bench.server.go_down();
    let second = ran(&mut with_snapshot(&bench));
    assert_eq!(second.stdout, bench.canaries[0].value());
    assert_eq!(second.code, 0);
    assert!(
        second.stderr.contains("runs from a snapshot"),
        "{}",
        second.stderr
    );
    assert_no_leak(&second.stderr, &bench.canaries);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_without_its_key_is_a_mistake_that_is_explained() {
    let bench = Bench::start().await;
    let mut command = with_snapshot(&bench);
    let ran = ran(command.env_remove("KEYFOB_SNAPSHOT_KEY_FILE"));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("openssl rand"), "{}", ran.stderr);
}
