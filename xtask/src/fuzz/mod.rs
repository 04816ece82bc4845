//! `cargo xtask fuzz`: each fuzz target for a while, under libFuzzer.
//!
//! Everything needed is a C++ compiler: stable Rust can be told to count the edges that run, which is what
//! cargo-fuzz tells the nightly one (with `--sanitizer none`), and libFuzzer comes with a crate.

mod figures;
mod program;

use std::fs;
use std::process::Stdio;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use self::figures::Figures;
use self::program::Programs;
use crate::command_line::Fuzzing;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// The targets; each has a program `fuzz-NAME`, a corpus, a dictionary, and a module of `keyfob-fuzz`.
const TARGETS: &[&str] = &[
    "answer",
    "dotenv",
    "list",
    "reference",
    "snapshot",
    "template",
];

/// What libFuzzer gets beside time, seed and folders: the longest input, and for each the most seconds and MiB.
const LIMITS: &[&str] = &["-max_len=4096", "-timeout=10", "-rss_limit_mb=1024"];

/// Builds the programs, runs the selected targets one after the other, and prints what they did.
pub(crate) fn run(workspace: &Workspace, fuzzing: &Fuzzing) -> Result<(), Failure> {
    let targets = select(&fuzzing.target)?;
    let seed = fuzzing.seed.unwrap_or_else(seed_of_the_clock);
    let programs = Programs::build(workspace)?;
    let mut table = vec![Figures::HEAD.to_owned()];
    let mut findings = Vec::new();
    for target in targets {
        println!("{target}: {} s, seed {seed}", fuzzing.seconds);
        let start = Instant::now();
        let figures = fuzz(workspace, &programs, target, fuzzing.seconds, seed)?;
        table.push(figures.row(target, start.elapsed(), seed));
        if let Some(file) = figures.finding {
            println!("{}", figures.last_words);
            println!("{target} fails on {file}; replay it, without a fuzzer, with");
            println!("    cargo run -p keyfob-fuzz --bin fuzz-{target} -- {file}");
            println!("and mend it with a file for it in fuzz/corpus/{target}");
            findings.push(target);
        }
    }
    println!("{}", table.join("\n"));
    match findings[..] {
        [] => Ok(()),
        _ => Err(Failure::new(format!("found: {}", findings.join(", ")))),
    }
}

/// Runs one target to its end: its time is up, or there is a finding.
fn fuzz(
    workspace: &Workspace,
    programs: &Programs,
    target: &str,
    seconds: u64,
    seed: u32,
) -> Result<Figures, Failure> {
    let folder = |name: &str| format!("target/fuzz/{name}/{target}/");
    let (invented, findings, logs) = (folder("corpus"), folder("findings"), folder("log"));
    for folder in [&invented, &findings, &logs] {
        fs::create_dir_all(workspace.root().join(folder))
            .map_err(Failure::during(format!("making {folder}")))?;
    }
    let log = workspace.root().join(logs).join("last.txt");
    let written = fs::File::create(&log).map_err(Failure::during("writing a log"))?;
    let mut fuzzer = programs.of(workspace, target);
    fuzzer
        .args(LIMITS)
        .arg("-print_final_stats=1")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-seed={seed}"))
        .arg(format!("-artifact_prefix={findings}"))
        .arg(format!("-dict=fuzz/dictionaries/{target}.dict"))
        // What is invented goes to the first folder, and the ones behind it are only read.
        .args([invented, format!("fuzz/corpus/{target}")])
        // The frames are those of the fuzzer; a replay shows the others.
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::null())
        .stderr(written);
    let status = fuzzer
        .status()
        .map_err(Failure::during(format!("starting fuzz-{target}")))?;
    let said = fs::read(&log).map_err(Failure::during("reading a log"))?;
    let figures = Figures::read(&String::from_utf8_lossy(&said));
    if status.success() || figures.finding.is_some() {
        return Ok(figures);
    }
    Err(Failure::new(format!(
        "fuzz-{target} ended with {status} and no finding; it says why in {}",
        log.display()
    )))
}

fn select(names: &[String]) -> Result<Vec<&'static str>, Failure> {
    if let Some(name) = names.iter().find(|name| !TARGETS.contains(&name.as_str())) {
        let known = TARGETS.join(", ");
        return Err(Failure::of_usage(format!(
            "there is no target `{name}`, only {known}"
        )));
    }
    let is_selected = |target: &str| names.is_empty() || names.iter().any(|name| name == target);
    Ok(TARGETS
        .iter()
        .copied()
        .filter(|target| is_selected(target))
        .collect())
}

/// Chooses a seed; 0 would let libFuzzer choose another.
fn seed_of_the_clock() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(1, |since| since.subsec_nanos().max(1))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_target_has_all_its_parts() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
        let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
        for target in TARGETS {
            assert!(
                manifest.contains(&format!("name = \"fuzz-{target}\"")),
                "{target}"
            );
            for part in [
                format!("src/{target}.rs"),
                format!("fuzzers/{target}.rs"),
                format!("corpus/{target}"),
                format!("dictionaries/{target}.dict"),
            ] {
                assert!(fuzz.join(&part).exists(), "{part}");
            }
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
    }

    #[test]
    fn a_target_may_be_selected_and_a_wrong_name_lists_the_right_ones() {
        assert_eq!(select(&[]).unwrap(), TARGETS);
        assert_eq!(select(&["list".into()]).unwrap(), ["list"]);
        let failure = select(&["lists".into()]).unwrap_err();
        assert_eq!(failure.code(), 2);
        assert!(
            failure
                .to_string()
                .ends_with("only answer, dotenv, list, reference, snapshot, template")
        );
    }
}
