//! `keyfob render`.

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn the_rendered_file_is_private_and_holds_the_values() {
    let bench = Bench::start().await;
    bench.file(
        "app.toml",
        "n = 4\nnone = 'infisical:///shared/db/NOPE?optional'\n[db]\npw = 'infisical:///shared/db/PASSWORD'\n\
         looks = 'infisical:///shared/db/LOOKS'\n",
    );
    let ran = bench.run_quietly(bench.command(&["render", "app.toml", "--output", "out.toml"]));
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    let path = bench.folder.path().join("out.toml");
    let rendered: toml::Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(
        rendered["db"]["pw"].as_str(),
        Some(bench.canaries[0].value())
    );
    assert_eq!(
        rendered["db"]["looks"].as_str(),
        Some("infisical://dev/shared/db/PASSWORD")
    );
    assert_eq!(rendered["n"].as_integer(), Some(4));
    assert!(!rendered.contains_key("none"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn values_reach_standard_output_only_when_that_is_asked_for() {
    let bench = Bench::start().await;
    bench.file("app.toml", "pw = 'infisical:///shared/db/PASSWORD'\n");
    let ran = bench.run_quietly(bench.command(&["render", "app.toml"]));
    assert_eq!(ran.code, 2);
    let ran = bench.run(&["render", "app.toml", "--reveal"]);
    assert_eq!(
        ran.stdout,
        format!("pw = \"{}\"\n", bench.canaries[0].value())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_leaves_the_old_file_as_it_was() {
    let bench = Bench::start().await;
    bench.file("app.toml", "pw = 'infisical:///shared/db/NOPE'\n");
    let old = bench.file("out.toml", "old = true\n");
    let ran = bench.run_quietly(bench.command(&["render", "app.toml", "--output", "out.toml"]));
    assert_eq!(ran.code, 1);
    assert_eq!(std::fs::read_to_string(old).unwrap(), "old = true\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_file_is_not_replaced_by_its_own_rendering() {
    let bench = Bench::start().await;
    let text = "pw = 'infisical:///shared/db/PASSWORD'\n";
    let path = bench.file("app.toml", text);
    let ran = bench.run_quietly(bench.command(&["render", "app.toml", "--output", "./app.toml"]));
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("app.toml"), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_secret_comes_out_as_it_went_in() {
    let bench = Bench::start().await;
    let text = "array = [1, 2.5, \"x\"]\nat = 2024-01-01T00:00:00Z\n\n[table]\nflag = true\n";
    bench.file("app.toml", text);
    let ran = bench.run(&["render", "app.toml", "--reveal"]);
    let (rendered, written): (toml::Table, toml::Table) = (
        toml::from_str(&ran.stdout).unwrap(),
        toml::from_str(text).unwrap(),
    );
    assert_eq!(rendered, written);
    bench.file("app.json", r#"{"a": {"list": [1, null]}}"#);
    let ran = bench.run(&["render", "app.json", "--reveal"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("a.list.1"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_is_none_by_a_slip_is_written_with_a_warning() {
    let bench = Bench::start().await;
    bench.file(
        "app.toml",
        "pw = 'infiscial:///shared/db/PASSWORD'\nport = 'infisical:/shared/db/PORT'\n",
    );
    let ran = bench.run(&["render", "app.toml", "--reveal"]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stderr.matches("did you mean `infisical://`?").count(),
        2,
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_value_is_written_with_a_warning() {
    let bench = Bench::start().await;
    bench.server.set("dev", "/shared/db", "EMPTY", "");
    bench.file("app.toml", "pw = 'infisical:///shared/db/EMPTY'\n");
    let ran = bench.run(&["render", "app.toml", "--reveal"]);
    assert_eq!(ran.stdout, "pw = \"\"\n");
    assert!(ran.stderr.contains("the value is empty"), "{}", ran.stderr);
}
