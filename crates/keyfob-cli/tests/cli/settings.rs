//! Settings, as the commands report them.

use crate::bench::{Bench, bare_command, ran};

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_listed_together_with_exit_code_2() {
    let bench = Bench::start().await;
    bench.file("app.toml", "");
    let mut command = bench.command(&["check", "app.toml"]);
    command
        .env("INFISICAL_CACHE_TTL", "7200")
        .env("KEYFOB_ENV_OVERRIDE", "sometimes");
    let ran = bench.run_quietly(command);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    for name in ["INFISICAL_CACHE_TTL", "KEYFOB_ENV_OVERRIDE"] {
        assert!(ran.stderr.contains(name), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nothing_set_the_environment_answers() {
    let mut command = bare_command(&["get", "infisical://dev/shared/db/PASSWORD"]);
    command.env("SHARED_DB_PASSWORD", "from the environment");
    let ran = ran(&mut command);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "from the environment"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_may_come_from_a_file() {
    let bench = Bench::start().await;
    let path = bench.file(
        "client-secret",
        &format!("{}\n", bench.server.client_secret()),
    );
    let mut command = bench.command(&["get", "infisical:///shared/db/PORT"]);
    command
        .env_remove("INFISICAL_CLIENT_SECRET")
        .env("INFISICAL_CLIENT_SECRET_FILE", path);
    assert_eq!(ran(&mut command).stdout, "5432");
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_is_explained_with_exit_code_2() {
    for arguments in [&[][..], &["get"], &["check"], &["frobnicate"]] {
        let ran = ran(&mut bare_command(arguments));
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.stderr.contains("Usage"), "{}", ran.stderr);
    }
}
