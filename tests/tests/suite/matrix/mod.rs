//! Every way of reading, on every era of server, by list and by name.

mod cell;
mod scenario;
mod scenarios;
mod table;

use infisical_fake::Era;

use cell::{Way, read};
use scenarios::SCENARIOS;

const ERAS: [Era; 3] = [Era::V2024, Era::V4a, Era::V4b];

/// Checks each outcome against what the scenario expects of it, all before the first failure is reported,
/// and prints the table, which is what `cargo xtask matrix` is for.
#[tokio::test]
#[allow(
    clippy::print_stdout,
    reason = "the table is for people; the harness shows it where it is asked to"
)]
async fn every_scenario_has_the_expected_outcome_on_every_era() {
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    for scenario in SCENARIOS {
        let mut outcomes = Vec::new();
        for era in ERAS {
            for way in [Way::List, Way::Get] {
                let outcome = read(scenario, era, way).await;
                let expected = scenario.expected(era, way);
                if outcome != expected {
                    wrong.push(format!(
                        "{}, {era} {way}: {outcome} instead of {expected}",
                        scenario.name
                    ));
                }
                outcomes.push(outcome);
            }
        }
        rows.push((scenario.name, outcomes));
    }
    let table = table::of(&rows);
    print!("{table}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!("matrix", table);
}
