//! [`Rows`]: what an experiment promised, and what it measured.

use std::fmt::{Display, Write as _};
use std::fs::OpenOptions;
use std::io::Write as _;

use crate::scale::Scale;

/// The file that `cargo xtask reliability` wants the rows in.
const FILE: &str = "KEYFOB_RELIABILITY_ROWS";

/// Collects the rows of one experiment.
#[derive(Debug)]
pub(crate) struct Rows {
    name: &'static str,
    repeat: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    /// `count` where any machine measures the same, else `time`.
    class: &'static str,
    experiment: String,
    promise: String,
    measured: String,
    /// `None` where nothing was promised.
    is_kept: Option<bool>,
}

impl Rows {
    /// Begins the rows of `--only name`.
    pub(crate) fn new(name: &'static str, scale: &Scale) -> Self {
        let repeat = match scale.is_random {
            true => format!(
                "cargo xtask reliability --only {name} --seed {}",
                scale.seed
            ),
            false => format!("cargo xtask reliability --only {name}"),
        };
        Self {
            name,
            repeat,
            rows: Vec::new(),
        }
    }

    /// Adds a promise about a count.
    pub(crate) fn count(
        &mut self,
        experiment: &str,
        promise: impl Display,
        measured: impl Display,
        is_kept: bool,
    ) {
        self.row("count", experiment, promise, measured, Some(is_kept));
    }

    /// Adds a promise about a time, or about anything else that depends on the machine.
    pub(crate) fn time(
        &mut self,
        experiment: &str,
        promise: impl Display,
        measured: impl Display,
        is_kept: bool,
    ) {
        self.row("time", experiment, promise, measured, Some(is_kept));
    }

    /// Adds what was measured without a promise.
    pub(crate) fn informative(&mut self, experiment: &str, measured: impl Display) {
        self.row("time", experiment, "none: informative", measured, None);
    }

    fn row(
        &mut self,
        class: &'static str,
        experiment: &str,
        promise: impl Display,
        measured: impl Display,
        is_kept: Option<bool>,
    ) {
        self.rows.push(Row {
            class,
            experiment: experiment.to_owned(),
            promise: promise.to_string(),
            measured: measured.to_string(),
            is_kept,
        });
    }

    /// Takes the rows of another part of the experiment.
    pub(crate) fn extend(&mut self, other: Self) {
        self.rows.extend(other.rows);
    }

    /// Hands the rows over where someone wants them, shows them, and fails where a promise is broken.
    #[track_caller]
    pub(crate) fn settle(self) {
        let mut lines = String::new();
        for row in &self.rows {
            let kept = match row.is_kept {
                Some(true) => "kept",
                Some(false) => "BROKEN",
                None => "-",
            };
            let Row {
                class,
                experiment,
                promise,
                measured,
                ..
            } = row;
            let repeat = &self.repeat;
            let _ = writeln!(
                lines,
                "{class}\t{experiment}\t{promise}\t{measured}\t{kept}\t{repeat}"
            );
        }
        if let Some(path) = std::env::var_os(FILE) {
            let file = OpenOptions::new().append(true).create(true).open(path);
            file.unwrap().write_all(lines.as_bytes()).unwrap();
        }
        // Not `println!`, which a passing test would swallow with the seed in it.
        let _ = write!(std::io::stderr(), "{lines}");
        let is_broken = |row: &&Row| row.is_kept == Some(false);
        let broken: Vec<_> = self.rows.iter().filter(is_broken).collect();
        assert!(
            broken.is_empty(),
            "{}: broken promises, repeat with `{}`: {broken:#?}",
            self.name,
            self.repeat
        );
    }
}
