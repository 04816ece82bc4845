//! `keyfob get`.

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn one_value_comes_out_raw_and_alone() {
    let bench = Bench::start().await;
    let ran = bench.run(&["get", "infisical:///shared/db/PASSWORD"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, bench.canaries[0].value())
    );
    assert_eq!(ran.stderr, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_values_stand_on_lines_of_their_own_and_cost_one_list() {
    let bench = Bench::start().await;
    let ran = bench.run(&[
        "get",
        "infisical:///shared/db/PORT",
        "infisical:///shared/db/NOPE?optional",
        "infisical:///shared/db/LOOKS",
    ]);
    assert_eq!(ran.stdout, "5432\n\ninfisical://dev/shared/db/PASSWORD");
    assert_eq!(ran.code, 0);
    assert_eq!(
        (bench.server.counts().logins, bench.server.counts().lists),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_printed_where_one_value_cannot_be_had() {
    let bench = Bench::start().await;
    let ran = bench.run(&[
        "get",
        "infisical:///shared/db/PORT",
        "infisical:///shared/db/POTR",
    ]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains("infisical://dev/shared/db/POTR"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("did you mean `PORT`?"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_reference_is_a_mistake_of_usage_and_costs_no_request() {
    let bench = Bench::start().await;
    let ran = bench.run(&["get", "infisical://dev/shared/db/PORT?optinal"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.contains("did you mean `optional`?"),
        "{}",
        ran.stderr
    );
    assert_eq!(bench.server.counts().total, 0);
}
