//! `keyfob check`.

use serde_json::{Value, json};

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn a_good_file_is_ok() {
    let bench = Bench::start().await;
    bench.file(
        "app.toml",
        "a = 'infisical:///shared/db/PORT'\nb = 'x${infisical:///shared/db/DSN}y${infisical:///shared/db/NO?default=z}'\n",
    );
    let ran = bench.run(&["check", "app.toml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer, json!({"ok": true, "references": 3, "problems": []}));
    assert_eq!(ran.code, 0);
    let ran = bench.run(&["check", "app.toml"]);
    assert_eq!(ran.stdout, "ok: 3 references\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_is_an_object_with_the_documented_fields() {
    let bench = Bench::start().await;
    bench.file("app.toml", "[db]\nport = 'infisical:///shared/db/POTR'\n");
    let ran = bench.run(&["check", "app.toml", "--format", "json"]);
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, answer["ok"].clone()), (1, json!(false)));
    let problem = answer["problems"][0].as_object().unwrap();
    let fields: Vec<_> = problem.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "code",
            "column",
            "file",
            "hint",
            "key",
            "kind",
            "line",
            "mark",
            "message",
            "place",
            "reference",
            "severity"
        ]
    );
    assert_eq!(problem["code"], "secret-not-found");
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&json!(2), &json!(9))
    );
    assert_eq!(problem["key"], "db.port");
    assert_eq!(problem["kind"], "not_found");
    assert_eq!(problem["reference"], "infisical:///shared/db/POTR");
    assert!(problem["file"].as_str().unwrap().ends_with("app.toml"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheme_that_is_nearly_right_is_a_problem() {
    let bench = Bench::start().await;
    bench.file("app.toml", "a = 'infiscial:///shared/db/PORT'\n");
    let ran = bench.run(&["check", "app.toml"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("infisical"), "{}", ran.stdout);
    assert!(ran.stdout.contains("1 problem in"), "{}", ran.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn later_files_win_and_each_format_is_read() {
    let bench = Bench::start().await;
    bench.file("a.toml", "k = 'infisical:///shared/db/NOPE'\n");
    bench.file("b.yaml", "k: infisical:///shared/db/PORT\n");
    bench.file("c.json", r#"{"l": "infisical:///shared/db/DSN"}"#);
    let ran = bench.run(&["check", "a.toml", "b.yaml", "c.json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "ok: 2 references\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_selects_its_table() {
    let bench = Bench::start().await;
    bench.file(
        "app.toml",
        "[default]\nk = 'infisical:///shared/db/PORT'\n[release]\nk = 'infisical:///shared/db/NOPE'\n",
    );
    assert_eq!(
        bench.run(&["check", "app.toml", "--profile", "debug"]).code,
        0
    );
    assert_eq!(
        bench
            .run(&["check", "app.toml", "--profile", "release"])
            .code,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_configuration_are_mistakes_of_usage() {
    let bench = Bench::start().await;
    bench.file("app.ini", "");
    for file in ["nowhere.toml", "app.ini"] {
        let ran = bench.run(&["check", file]);
        assert_eq!(ran.code, 2, "{file}");
        assert!(ran.stderr.contains(file), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_toml_is_reported_with_its_file_and_without_its_text() {
    let bench = Bench::start().await;
    bench.file(
        "app.toml",
        &format!("a = 1\nb = = '{}'\n", bench.canaries[0].value()),
    );
    let ran = bench.run_quietly(bench.command(&["check", "app.toml"]));
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("app.toml"), "{}", ran.stdout);
}
