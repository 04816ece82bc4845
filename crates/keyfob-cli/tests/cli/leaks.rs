//! Every command on every failure path, with everything logged: no canary is seen.

use std::process::Command;

use infisical_fake::{Fault, Route};
use secret_testkit::{Canary, assert_no_leak};

use crate::bench::{Bench, ran};

/// Every command that reads secrets, on one file.
const COMMANDS: [&[&str]; 6] = [
    &["check", "app.toml"],
    &["check", "app.toml", "--format", "json"],
    &["explain", "app.toml"],
    &["explain", "app.toml", "--format", "json"],
    &["render", "app.toml", "--output", "out.toml"],
    &["render", "app.toml"],
];

const CONFIGURATION: &str = "\
    pw = 'infisical:///shared/db/PASSWORD'\n\
    dsn = 'x${infisical:///shared/db/DSN?encode=percent}y'\n\
    field = 'infisical:///shared/db/TOKEN#/a/b'\n";

/// Runs every command, after `prepare` had its way with it.
fn run_all(bench: &Bench, prepare: impl Fn(&mut Command)) {
    bench.file("app.toml", CONFIGURATION);
    for arguments in COMMANDS {
        let mut command = bench.command(arguments);
        prepare(&mut command);
        bench.run_quietly(command);
    }
    let mut command = bench.command(&["get", "infisical:///shared/db/TOKEN#/a/b"]);
    prepare(&mut command);
    assert_ne!(bench.run_quietly(command).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_while_all_is_well() {
    let mut bench = Bench::start().await;
    let token = bench.server.issue_token();
    bench.canaries.push(Canary::of_value("token", &token));
    bench.file(
        "app.toml",
        "pw = 'infisical:///shared/db/PASSWORD'\ndsn = 'x${infisical:///shared/db/DSN}y'\n",
    );
    for arguments in &COMMANDS[..5] {
        let ran = bench.run_quietly(bench.command(arguments));
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
        let mut command = bench.command(arguments);
        command
            .env_remove("INFISICAL_CLIENT_ID")
            .env_remove("INFISICAL_CLIENT_SECRET")
            .env("INFISICAL_TOKEN", &token);
        let ran = bench.run_quietly(command);
        assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_print_values_log_none() {
    let bench = Bench::start().await;
    bench.file("app.toml", "pw = 'infisical:///shared/db/PASSWORD'\n");
    let commands: [&[&str]; 2] = [
        &["get", "infisical:///shared/db/PASSWORD"],
        &["render", "app.toml", "--reveal"],
    ];
    for arguments in commands {
        let ran = ran(bench.command(arguments).env("RUST_LOG", "trace"));
        assert!(ran.stdout.contains(bench.canaries[0].value()));
        assert!(!ran.stderr.is_empty());
        assert_no_leak(&ran.stderr, &bench.canaries);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_when_a_secret_is_not_what_its_reference_says() {
    let bench = Bench::start().await;
    run_all(&bench, |_| {});
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_whatever_the_server_does() {
    let bench = Bench::start().await;
    let value = bench.canaries[0].value().to_owned();
    let faults = [
        Fault::status(500),
        Fault::status(503).retry_after(1),
        Fault::status(429).retry_after_in_message(60),
        Fault::status(403).message(&value),
        Fault::status(401),
        Fault::status(404).message(&value),
        Fault::html(502),
        Fault::truncated_json(),
        Fault::drop_connection(),
        Fault::reset_mid_body(),
        Fault::body_of(format!("{{\"secrets\":[{{\"secretValue\":\"{value}\"}}]}}")),
        Fault::body_of(format!("<html>{value}</html>")),
    ];
    for fault in faults {
        for route in [Route::Login, Route::List, Route::Get] {
            bench.server.clear_faults();
            bench.server.script(fault.clone().on(route).always());
            run_all(&bench, |command| {
                command.env("KEYFOB_LOOKUP_DEADLINE", "2");
            });
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_when_access_is_refused() {
    let bench = Bench::start().await;
    bench.server.hide("dev", "/shared/db", "PASSWORD");
    run_all(&bench, |_| {});
    bench.server.deny("dev", "/shared/db");
    run_all(&bench, |_| {});
    let wrong = bench.canaries[1].value().to_owned();
    run_all(&bench, |command| {
        command.env("INFISICAL_CLIENT_SECRET", &wrong);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_while_the_server_is_down_and_the_environment_answers() {
    let bench = Bench::start().await;
    bench.server.go_down();
    run_all(&bench, |_| {});
    let value = bench.canaries[2].value().to_owned();
    run_all(&bench, |command| {
        command
            .env("SHARED_DB_PASSWORD", &value)
            .env("TOKEN", &value)
            .env("SHARED_DB_DSN_FILE", "nowhere");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaks_from_wrong_settings() {
    let bench = Bench::start().await;
    let value = bench.canaries[0].value().to_owned();
    // A secret pasted into the wrong variable stays one.
    let variables = [
        (
            "INFISICAL_API_URL",
            format!("https://user:{value}@127.0.0.1"),
        ),
        ("INFISICAL_API_URL", value.clone()),
        ("INFISICAL_CLIENT_ID", format!("infisical:///{value}")),
        ("INFISICAL_CLIENT_SECRET", format!("infisical:///{value}")),
        ("INFISICAL_CLIENT_SECRET_FILE", value.clone()),
        ("INFISICAL_CLIENT_SECRET_FILE", format!("/{value}")),
        ("INFISICAL_TOKEN", value.clone()),
        ("INFISICAL_AUTH_METHOD", value.clone()),
        ("INFISICAL_ENABLED", value.clone()),
        ("INFISICAL_SECRET_PATH", value.clone()),
        ("INFISICAL_CACHE_TTL", value.clone()),
        ("KEYFOB_RETRIES", value.clone()),
        ("KEYFOB_FALLBACK", value.clone()),
        ("KEYFOB_ENV_PREFIX", format!("{value}-")),
        ("KEYFOB_ENV_MAP", value.clone()),
        ("KEYFOB_ENV_MAP", format!("X=infisical://dev/{value}?y")),
        ("SHARED_DB_PASSWORD_FILE", format!("/{value}")),
    ];
    for (variable, pasted) in variables {
        run_all(&bench, |command| {
            if variable == "INFISICAL_CLIENT_SECRET_FILE" {
                command.env_remove("INFISICAL_CLIENT_SECRET");
            }
            command.env(variable, &pasted);
        });
    }
}
