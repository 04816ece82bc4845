//! `keyfob explain`.

use serde_json::Value;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn every_occurrence_has_a_row_that_says_where_its_value_came_from() {
    let bench = Bench::start().await;
    bench.file(
        "app.toml",
        "a = 'infisical:///shared/db/PORT'\n\
         b = '${infisical:///shared/db/DSN}/${infisical:///shared/db/PORT}'\n\
         c = 'infisical:///shared/db/NOPE?default=z'\n\
         d = 'infisical:///shared/db/TOKEN'\n",
    );
    let mut command = bench.command(&["explain", "app.toml", "--format", "json"]);
    command.env("SHARED_DB_TOKEN", "from the environment");
    let ran = bench.run_quietly(command);
    let rows: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(ran.code, 0);
    let keys: Vec<_> = rows
        .iter()
        .map(|row| row["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["a", "b", "b", "c", "d"]);
    let fields: Vec<_> = rows[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        fields,
        [
            "age_seconds",
            "freshness",
            "key",
            "origin",
            "reference",
            "version"
        ]
    );
    let origin = |index: usize| rows[index]["origin"].as_str().unwrap();
    for part in ["127.0.0.1", "dev", "/shared/db"] {
        assert!(origin(0).contains(part), "{}", origin(0));
    }
    assert!(origin(3).contains("default"), "{}", origin(3));
    assert!(origin(4).contains("SHARED_DB_TOKEN"), "{}", origin(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_for_people_shows_no_value() {
    let bench = Bench::start().await;
    bench.file("app.toml", "a = 'infisical:///shared/db/PASSWORD'\n");
    let ran = bench.run_quietly(bench.command(&["explain", "app.toml"]));
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(
        lines[0].starts_with("KEY") && lines[1].starts_with("a "),
        "{}",
        ran.stdout
    );
}
