//! What an external scan of a process finds of the values that it had cached.
//!
//! A child process, this test's own program, looks values up and shuts its stack down; this process serves the
//! values, and reads the child's memory as a debugger would. The program is built twice: `reliability` has the
//! system's allocator, as most users of the library, and `wiped_memory` the binary's, which wipes what is freed.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::FileExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use infisical_fake::{Fake, Seed};
use keyfob::{SecretString, Stack};

use crate::rows::Rows;
use crate::scale::Scale;

const VALUES: usize = 50;
/// How much of a value counts as found: an allocator's own notes overwrite the beginning of what is freed.
const PART: usize = 8;
/// How long a value is.
const LENGTH: usize = 32;
const STEP: usize = 1 << 20;
/// How long after `shutdown()` the scan begins.
const SOON: Duration = Duration::from_millis(100);

const URL: &str = "KEYFOB_RELIABILITY_SCAN_URL";
const LOGIN: [&str; 3] = [
    "KEYFOB_RELIABILITY_SCAN_ID",
    "KEYFOB_RELIABILITY_SCAN_SECRET",
    "KEYFOB_RELIABILITY_SCAN_PROJECT",
];
const CHILD: &str = "memory_scan::a_process_that_caches_values_and_shuts_down";
const SAYS: &str = "STAGE ";

/// Names a value in the server, and in nothing that the child has before it asks.
fn key(number: usize) -> String {
    format!("KEY{number}")
}

/// Spreads the values over a large folder and small ones, so that several connections carry answers of
/// several sizes.
fn folder(number: usize) -> String {
    match number % 2 {
        0 => "/scan".to_owned(),
        _ => format!("/scan{}", number % 5),
    }
}

/// Makes values that no other memory holds: digits of a seeded generator.
fn values(scale: &Scale) -> Vec<String> {
    let mut rng = scale.rng(7);
    (0..VALUES)
        .map(|_| (0..LENGTH).map(|_| rng.alphanumeric()).collect())
        .collect()
}

/// Finds parts of values in a process.
struct Scanner {
    /// From a part to the number of its value.
    parts: HashMap<[u8; PART], usize>,
    /// Whether a part begins with two bytes, to pass over most of the memory quickly.
    beginnings: Vec<bool>,
}

/// What was found: values, of which at least a part is somewhere, and copies of their last parts.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    values: usize,
    copies: usize,
    mebibytes: u64,
}

impl Scanner {
    fn new(values: &[String]) -> Self {
        let mut parts = HashMap::new();
        let mut beginnings = vec![false; 1 << 16];
        for (number, value) in values.iter().enumerate() {
            for part in value.as_bytes().as_chunks::<PART>().0 {
                parts.insert(*part, number);
                beginnings[usize::from(u16::from_le_bytes([part[0], part[1]]))] = true;
            }
        }
        Self { parts, beginnings }
    }

    /// Searches all that the process can write to: heap, stacks, statics.
    fn scan(&self, process: u32, last_parts: &BTreeSet<[u8; PART]>) -> Found {
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        let memory = File::open(format!("/proc/{process}/mem")).unwrap();
        let mut found = BTreeSet::new();
        let mut seen = Found::default();
        for (from, to) in maps.lines().filter_map(writable) {
            let mut at = from;
            while at < to {
                let length = usize::try_from(to - at).unwrap().min(STEP);
                let mut bytes = vec![0; length];
                // Guard pages and the like cannot be read, and so hold nothing.
                if memory.read_exact_at(&mut bytes, at).is_ok() {
                    seen.mebibytes += length as u64;
                    for part in self.parts_in(&bytes) {
                        found.insert(self.parts[part]);
                        seen.copies += usize::from(last_parts.contains(part));
                    }
                }
                // The next piece begins within this one, since a part may lie across.
                at += if at + (length as u64) < to {
                    (length - PART) as u64
                } else {
                    length as u64
                };
            }
        }
        seen.mebibytes >>= 20;
        seen.values = found.len();
        seen
    }

    fn parts_in<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8; PART]> {
        let windows = bytes.array_windows::<PART>();
        windows.filter(|part| {
            self.beginnings[usize::from(u16::from_le_bytes([part[0], part[1]]))]
                && self.parts.contains_key(*part)
        })
    }
}

/// Parses a line of `maps`: where a region that can be read and written begins and ends.
fn writable(line: &str) -> Option<(u64, u64)> {
    let (range, rest) = line.split_once(' ')?;
    let (from, to) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with("rw")
        .then_some((number(from)?, number(to)?))
}

/// A child that stops at each stage until it is told to go on.
struct Stages {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Stages {
    fn start(server: &Fake) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", CHILD, "--ignored", "--nocapture"]);
        command.env(URL, server.url());
        let login = [
            server.client_id(),
            server.client_secret(),
            server.project_id(),
        ];
        command.envs(LOGIN.into_iter().zip(login));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Waits for the stage of this name.
    fn until(&mut self, name: &str) {
        let mut line = String::new();
        while !line.contains(&format!("{SAYS}{name}\n")) {
            line.clear();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "the child ended before `{name}`"
            );
        }
    }

    fn go_on(&mut self) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(b"\n").unwrap();
        stdin.flush().unwrap();
    }
}

/// The stages of the child, and what is expected of each.
const HELD: &str = "held";
const SHUT: &str = "shut down";
const DROPPED: &str = "stack dropped";
const ENDED: &str = "runtime dropped";

/// Scans the child at each stage.
fn scans(scale: &Scale) -> [Found; 4] {
    let values = values(scale);
    let scanner = Scanner::new(&values);
    let last: BTreeSet<_> = values
        .iter()
        .map(|value| value.as_bytes().last_chunk::<PART>().copied().unwrap())
        .collect();
    let seed = values
        .iter()
        .enumerate()
        .fold(Seed::new().project("bench"), |seed, (number, value)| {
            seed.secret("dev", &folder(number), &key(number), value)
        });
    let server = Fake::builder().seed(seed).start_on_thread().unwrap();
    let mut stages = Stages::start(&server);
    let found = [HELD, SHUT, DROPPED, ENDED].map(|name| {
        stages.until(name);
        let found = scanner.scan(stages.child.id(), &last);
        stages.go_on();
        found
    });
    assert!(stages.child.wait().unwrap().success());
    found
}

fn run(scale: &Scale) -> Rows {
    let mut rows = Rows::new("memory", scale);
    let wipes = std::any::type_name_of_val(&run).contains("wiped_memory");
    let name = match wipes {
        true => "memory scan, with the allocator of the `keyfob` binary",
        false => "memory scan, the library with the system's allocator",
    };
    if !cfg!(target_os = "linux") {
        rows.informative(name, "not measured: not Linux");
        return rows;
    }
    let [held, shut, dropped, ended] = scans(scale);
    rows.count(
        name,
        format!("values found while they are cached: all {VALUES}, or the scan is blind"),
        format!(
            "{} ({} copies, {} MiB searched)",
            held.values, held.copies, held.mebibytes
        ),
        held.values == VALUES,
    );
    let measured = format!(
        "{} values ({} copies) after it, {} ({}) without the stack, {} ({}) without the runtime",
        shut.values, shut.copies, dropped.values, dropped.copies, ended.values, ended.copies
    );
    if wipes {
        rows.count(
            name,
            format!(
                "values found, in parts of {PART} bytes, {SOON:?} after `shutdown()` or later: 0"
            ),
            measured,
            shut.values + dropped.values + ended.values == 0,
        );
    } else {
        rows.informative(name, measured);
    }
    rows
}

/// Caches, shuts down, and lets go, with a pause after each for the scan.
#[test]
#[ignore = "started in a child process"]
fn a_process_that_caches_values_and_shuts_down() {
    // Whoever runs all ignored tests has no server for it.
    let Ok(url) = std::env::var(URL) else { return };
    let [id, secret, project] = LOGIN.map(|name| std::env::var(name).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let stack = Stack::builder()
        .address(&url)
        .client_id(&id)
        .project(&project);
    let stack = stack
        .client_secret(SecretString::from(secret))
        .build()
        .unwrap();
    runtime.block_on(async {
        let references: Vec<_> = (0..VALUES)
            .map(|number| format!("infisical://dev{}/{}", folder(number), key(number)))
            .collect();
        let references: Vec<_> = references.iter().map(String::as_str).collect();
        let answers = stack.get_many(&references).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        // By name too: another shape of answer.
        for reference in &references[..3] {
            stack.refresh(reference).await.unwrap();
        }
    });
    pause(HELD);
    runtime.block_on(async {
        stack.shutdown().await;
        // The tasks of its connections have been told, and end on other threads: real time.
        tokio::time::sleep(SOON).await;
    });
    pause(SHUT);
    drop(stack);
    pause(DROPPED);
    drop(runtime);
    pause(ENDED);
}

fn pause(stage: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{SAYS}{stage}").unwrap();
    stdout.flush().unwrap();
    std::io::stdin().read_exact(&mut [0]).unwrap();
}

#[test]
fn a_scan_of_a_process_finds_its_cached_values_and_what_is_left_of_them() {
    run(&Scale::brief()).settle();
}

mod measured {
    use super::*;

    #[test]
    #[ignore = "run by `cargo xtask reliability`"]
    fn memory() {
        run(&Scale::full()).settle();
    }
}
