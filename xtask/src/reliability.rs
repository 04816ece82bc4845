//! `cargo xtask reliability`: what was promised for bad times, and what was measured.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;
use std::{fs, io, thread};

use crate::command_line::Measurement;
use crate::failure::Failure;
use crate::workspace::{Workspace, finish, words};

/// What can be asked for alone: the names of the tests in modules `measured` of `tests/tests/reliability`.
/// The last is a test of the snapshot's own crate.
pub(crate) const EXPERIMENTS: [&str; 11] = [
    "canaries",
    "outage",
    "deadlines",
    "cancellation",
    "soak",
    "load",
    "overshoot",
    "names",
    "memory",
    "cost",
    SNAPSHOT,
];

const SNAPSHOT: &str = "snapshot";
/// The test that kills processes while they write a snapshot.
const KILLED: &str = "killed::whoever_is_killed_while_writing_leaves_the_old_or_the_new_snapshot";

const DOCUMENT: &str = "docs/reliability.md";
/// Where the tests leave their rows.
const ROWS: &str = "target/reliability.tsv";

const INTRODUCTION: &str = "\
# Reliability

The reason to put this library between an application and Infisical is that the application keeps working when
Infisical does not. Here is what that promises, and what was measured. `cargo xtask reliability` runs the experiments
(`tests/tests/reliability`), writes this file, and fails where a promise is broken; CI runs them briefly, as tests.

Counts come first: any machine measures the same for the same seed, but for those of the soak, whose threads race.
Of times, only those with a promise are held against it; the others inform. Where a row names a seed, it decides what
happens.
";

/// Runs the experiments, and writes the table unless one was asked for alone.
pub(crate) fn run(workspace: &Workspace, measurement: &Measurement) -> Result<(), Failure> {
    let rows = workspace.root().join(ROWS);
    prepare(&rows).map_err(Failure::during(format!("preparing {ROWS}")))?;
    let machine = machine();
    let only = measurement.only.as_deref();
    let mut outcome = Ok(());
    if only != Some(SNAPSHOT) {
        outcome = finish(experiments(workspace, measurement, &rows));
    }
    let mut text = fs::read_to_string(&rows).unwrap_or_default();
    if only.is_none_or(|only| only == SNAPSHOT) {
        text.push_str(&snapshot(workspace, measurement)?);
    }
    let table = Table::of(&text);
    if table.rows.is_empty() {
        return outcome.and(Err(Failure::new("no experiment was run")));
    }
    if measurement.only.is_some() {
        println!("{}", table.text());
    } else {
        let document = format!("{INTRODUCTION}\n{machine}\n\n{}", table.text());
        let path = workspace.root().join(DOCUMENT);
        fs::write(path, document).map_err(Failure::during(format!("writing {DOCUMENT}")))?;
        println!("wrote {DOCUMENT}");
    }
    let broken = table.broken();
    if broken.is_empty() {
        return outcome;
    }
    Err(Failure::new(format!(
        "broken promises:\n{}",
        broken.join("\n")
    )))
}

/// Returns the command that runs the experiments, which leave their rows in a file.
fn experiments(workspace: &Workspace, measurement: &Measurement, rows: &Path) -> Command {
    // Times matter, so all is built as users build it.
    let mut test = workspace.cargo();
    test.args(["test", "--release", "--locked", "--no-fail-fast"]);
    test.args(["--package", "keyfob-tests"]);
    for binary in ["reliability", "allocations", "wiped_memory"] {
        test.args(["--test", binary]);
    }
    // One after the other: they would slow each other down.
    test.args(["--", "--ignored", "--nocapture", "--test-threads", "1"]);
    test.arg(format!(
        "measured::{}",
        measurement.only.as_deref().unwrap_or_default()
    ));
    test.env("KEYFOB_RELIABILITY_ROWS", rows);
    if let Some(seed) = measurement.seed {
        test.env("KEYFOB_RELIABILITY_SEED", seed.to_string());
    }
    test
}

/// Runs the test that kills processes while they write a snapshot, and returns its row.
fn snapshot(workspace: &Workspace, measurement: &Measurement) -> Result<String, Failure> {
    let mut test = workspace.cargo();
    test.args([
        "test",
        "--release",
        "--locked",
        "--package",
        "secret-snapshot",
    ]);
    test.args(["--test", "snapshot", "--", "--exact", "--nocapture", KILLED]);
    if let Some(seed) = measurement.seed {
        test.env("KEYFOB_TEST_SEED", seed.to_string());
    }
    let output = test.stderr(Stdio::inherit()).output();
    let output = output.map_err(Failure::during(format!("starting {}", words(&test))))?;
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(snapshot_row(&said, output.status.success()))
}

/// Makes a row of what the test said.
fn snapshot_row(said: &str, has_passed: bool) -> String {
    let after = |mark: &str| said.split_once(mark).map_or("", |(_, rest)| rest);
    let seed = after("seed ").split_whitespace().next().unwrap_or("?");
    let torn = said
        .lines()
        .find(|line| line.contains("children were killed"));
    let (measured, kept) = match (has_passed, torn) {
        (true, Some(torn)) => (format!("0 errors; {torn}"), "kept"),
        _ => ("an error, or nothing: see above".to_owned(), "BROKEN"),
    };
    format!(
        "count\ta process killed at 200 random moments while it writes the snapshot\t\
         the next start finds the old snapshot or the new one: errors 0\t{measured}\t{kept}\t\
         cargo xtask reliability --only {SNAPSHOT} --seed {seed}\n"
    )
}

fn prepare(rows: &Path) -> io::Result<()> {
    if let Some(folder) = rows.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(rows, "")
}

/// Says when and on what the times were measured.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let date = httpdate::fmt_http_date(SystemTime::now());
    // `Tue, 24 Nov 2026 12:00:00 GMT`
    let date = date.get(5..16).unwrap_or(&date);
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.and_then(|text| text.split(' ').next().map(str::to_owned));
    let load = load.map_or_else(String::new, |load| {
        format!(", whose load average was {load} before")
    });
    let system = std::env::consts::OS;
    format!("Measured on {date}, on {system} with {cores} cores{load}.")
}

/// Holds the rows that the tests left.
#[derive(Debug)]
struct Table<'a> {
    rows: Vec<[&'a str; 6]>,
}

impl<'a> Table<'a> {
    /// Reads rows of six columns that tabs separate: class, experiment, promise, measured, kept, repeat.
    fn of(text: &'a str) -> Self {
        let row = |line: &'a str| {
            let cells: Vec<_> = line.split('\t').collect();
            <[&str; 6]>::try_from(cells).ok()
        };
        let mut rows: Vec<_> = text.lines().filter_map(row).collect();
        // Stable, so that the rows of one experiment stay together.
        rows.sort_by_key(|[class, ..]| *class);
        Self { rows }
    }

    fn broken(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|row| row[4] == "BROKEN");
        rows.map(|[_, experiment, promise, measured, _, repeat]| {
            format!("- {experiment}: {promise}; measured: {measured}; repeat: `{repeat}`")
        })
        .collect()
    }

    /// Writes the table.
    fn text(&self) -> String {
        let mut text =
            "| experiment | promised | measured | | repeat |\n|---|---|---|---|---|\n".to_owned();
        for [class, experiment, promise, measured, kept, repeat] in &self.rows {
            let kept = match (*class, *kept) {
                ("time", "-") => "time, informative".to_owned(),
                ("time", kept) => format!("time, {kept}"),
                (_, kept) => kept.to_owned(),
            };
            // Writing to a text does not fail.
            let _ = writeln!(
                text,
                "| {experiment} | {promise} | {measured} | {kept} | `{repeat}` |"
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str =
        "time\tload\tnone\t9\t-\tx\ncount\toutage\tfailures: 0\t1 of 2\tBROKEN\ty\nbuilt in 3 s\n";

    #[test]
    fn counts_come_before_times_and_broken_promises_are_named() {
        let table = Table::of(ROWS);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.rows[0][0], "count");
        assert_eq!(
            table.broken(),
            ["- outage: failures: 0; measured: 1 of 2; repeat: `y`"]
        );
        assert!(
            table
                .text()
                .contains("| load | none | 9 | time, informative | `x` |")
        );
    }

    /// A filter that matches nothing would run nothing, and succeed.
    #[test]
    fn each_experiment_exists() {
        let suite = [
            include_str!("../../tests/tests/reliability/canaries.rs"),
            include_str!("../../tests/tests/reliability/cancellation.rs"),
            include_str!("../../tests/tests/reliability/cost.rs"),
            include_str!("../../tests/tests/reliability/deadlines.rs"),
            include_str!("../../tests/tests/reliability/load.rs"),
            include_str!("../../tests/tests/reliability/memory_scan.rs"),
            include_str!("../../tests/tests/reliability/name_lookup.rs"),
            include_str!("../../tests/tests/reliability/outage.rs"),
            include_str!("../../tests/tests/reliability/overshoot.rs"),
            include_str!("../../tests/tests/reliability/soak/mod.rs"),
        ];
        for name in EXPERIMENTS.into_iter().filter(|name| *name != SNAPSHOT) {
            let exists = |text: &&str| {
                let (_, measured) = text.split_once("mod measured").unwrap();
                measured.contains(&format!("fn {name}()"))
            };
            assert!(suite.iter().any(exists), "{name}");
        }
        assert_eq!(suite.len() + 1, EXPERIMENTS.len());
        let killed = include_str!("../../crates/secret-snapshot/tests/snapshot/killed.rs");
        let (_, name) = KILLED.split_once("::").unwrap();
        assert!(killed.contains(&format!("async fn {name}()")));
    }

    #[test]
    fn a_snapshot_is_whole_only_where_the_test_says_so() {
        let said =
            "seed 7 (set KEYFOB_TEST_SEED)\n90 of 200 children were killed with a file open\n";
        let kept = snapshot_row(said, true);
        assert!(
            kept.contains("\t0 errors; 90 of 200") && kept.contains("\tkept\t"),
            "{kept}"
        );
        assert!(kept.ends_with("--seed 7\n"), "{kept}");
        let table = [snapshot_row(said, false), snapshot_row("", true)];
        assert!(table.iter().all(|row| Table::of(row).broken().len() == 1));
    }
}
