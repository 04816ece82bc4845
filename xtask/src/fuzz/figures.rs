//! What libFuzzer says about a run.

use std::time::Duration;

/// Holds the figures of one target's run.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Figures {
    executions: u64,
    /// How many inputs are kept since each ran something that no other did.
    corpus: u64,
    /// The file of the input that broke a law; there is one at most, since libFuzzer ends with it.
    pub(crate) finding: Option<String>,
    /// What was said before that input was written: the panic, or the time or memory that it took.
    pub(crate) last_words: String,
}

impl Figures {
    pub(crate) const HEAD: &str =
        "target       executions  per second    corpus  findings        seed";

    /// Reads what libFuzzer printed.
    pub(crate) fn read(said: &str) -> Self {
        let mut figures = Self::default();
        let mut before = Vec::new();
        for line in said.lines() {
            if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
                figures.executions = number.trim().parse().unwrap_or_default();
            } else if let Some(corpus) = corpus(line) {
                figures.corpus = corpus;
                before.clear();
            } else if let Some((_, file)) = line.split_once("Test unit written to ") {
                figures.finding = Some(file.trim_start_matches("./").to_owned());
                figures.last_words = before.join("\n");
            } else if !before
                .iter()
                .any(|said: &&str| said.contains("ERROR: libFuzzer"))
            {
                // What follows that line is its own stack, and the input byte by byte.
                before.push(line);
            }
        }
        figures
    }

    /// Writes a line of the table.
    pub(crate) fn row(&self, target: &str, took: Duration, seed: u32) -> String {
        let Self {
            executions, corpus, ..
        } = self;
        let pace = executions / took.as_secs().max(1);
        let findings = u8::from(self.finding.is_some());
        format!("{target:<11}{executions:>12}{pace:>12}{corpus:>10}{findings:>10}{seed:>12}")
    }
}

/// Reads the size of the corpus from `#8192 pulse cov: 12 ft: 12 corp: 5/38b lim: 940 …`.
fn corpus(line: &str) -> Option<u64> {
    let (_, rest) = line.strip_prefix('#')?.split_once(" corp: ")?;
    rest.split_once('/')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOUND: &str = "\
INFO: Seed: 7
#2\tINITED cov: 12 ft: 12 corp: 3/9b exec/s: 0 rss: 27Mb
#95523\tREDUCE cov: 12 ft: 12 corp: 5/38b lim: 940 exec/s: 0 rss: 27Mb L: 22/22 MS: 1 EraseBytes-
thread '<unnamed>' panicked at fuzz/src/list.rs:3:95:
a row is lost
==11669== ERROR: libFuzzer: deadly signal
0x6b,0x65,
artifact_prefix='target/fuzz/findings/list/'; Test unit written to target/fuzz/findings/list/crash-36
Base64: a2V5
stat::number_of_executed_units: 105847
stat::average_exec_per_sec:     0
";

    #[test]
    fn a_finding_is_told_with_its_file_and_what_was_said() {
        let figures = Figures::read(FOUND);
        assert_eq!((figures.executions, figures.corpus), (105_847, 5));
        assert_eq!(
            figures.finding.as_deref(),
            Some("target/fuzz/findings/list/crash-36")
        );
        assert!(
            figures
                .last_words
                .starts_with("thread '<unnamed>' panicked")
        );
        assert!(figures.last_words.contains("a row is lost"));
        assert!(figures.last_words.ends_with("deadly signal"));
    }

    #[test]
    fn a_run_without_a_finding_has_none() {
        let said = "#2\tDONE   cov: 1 ft: 1 corp: 9/38b\nstat::number_of_executed_units: 12\n";
        let figures = Figures::read(said);
        assert_eq!(figures.finding, None);
        let row = figures.row("list", Duration::from_secs(3), 7);
        assert_eq!(
            row.split_whitespace().collect::<Vec<_>>(),
            ["list", "12", "4", "9", "0", "7"]
        );
        assert_eq!(row.len(), Figures::HEAD.len());
    }
}
