//! A process that is killed while it writes.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fastrand::Rng;
use secret_cache::{Snapshot, SnapshotStore};
use secret_snapshot::{FileSnapshot, SnapshotKey};
use secret_source::ExposeSecret;

use crate::scene::{Scene, address, snapshot};

const FOLDER: &str = "KEYFOB_TEST_KILLED_FOLDER";
const ROUNDS: usize = 200;
const SECRETS: usize = 40;

/// Makes a snapshot in which each value names the generation.
fn generation(number: u64) -> Snapshot {
    let secrets = (0..SECRETS).map(|index| {
        let filler = "x".repeat(number as usize % 900);
        (
            address(&format!("KEY_{index}")),
            format!("{number} {filler}"),
        )
    });
    snapshot(secrets)
}

/// Is the child: it writes one generation after the other until it is killed.
#[test]
fn the_child_writes_until_it_is_killed() {
    let Ok(folder) = env::var(FOLDER) else {
        return;
    };
    let folder = std::path::Path::new(&folder);
    let key = SnapshotKey::from_file(folder.join("key")).unwrap();
    let store = FileSnapshot::new(folder.join("snapshot"), key)
        .server("infisical.example")
        .project("shop");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for number in 1.. {
        runtime.block_on(store.save(&generation(number))).unwrap();
        println!("saved {number}");
    }
}

#[tokio::test]
async fn whoever_is_killed_while_writing_leaves_the_old_or_the_new_snapshot() {
    let seed = env::var("KEYFOB_TEST_SEED").ok();
    let seed = seed.map_or_else(|| fastrand::u64(..), |seed| seed.parse().unwrap());
    println!("seed {seed} (set KEYFOB_TEST_SEED to run it again)");
    let mut rng = Rng::with_seed(seed);
    let scene = Scene::new();
    scene.snapshot().save(&generation(0)).await.unwrap();
    let mut torn = 0;
    for round in 0..ROUNDS {
        let moment = Moment {
            saves: rng.u64(0..3),
            // Encrypting takes most of the time; so every second child is caught while it writes.
            while_writing: round % 2 == 0,
            microseconds: if round % 2 == 0 {
                rng.u64(0..150)
            } else {
                rng.u64(0..3_000)
            },
        };
        let told = kill_a_child(&scene, &moment);
        let loaded = scene.snapshot().load().await;
        let loaded = loaded.unwrap_or_else(|error| panic!("round {round}, seed {seed}: {error}"));
        let found = generation_of(&loaded.unwrap());
        // What the child said to be saved is on the disk, or what came after that; the first child may
        // have died before it saved anything.
        assert!(
            told.is_none_or(|told| found >= told),
            "round {round}, seed {seed}: found {found}, saved {told:?}"
        );
        torn += scene.files().len() - 1;
        for name in scene.files().iter().filter(|name| *name != "snapshot") {
            let path = scene.folder.path().join(name);
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            assert!(!text.contains("KEY_") && !text.contains("xxxx"), "{name}");
            std::fs::remove_file(path).unwrap();
        }
    }
    println!("{torn} of {ROUNDS} children were killed with a temporary file open");
    assert!(
        torn > 0,
        "no child was ever killed in the middle of a write"
    );
}

/// Says when a child is killed: after a number of generations, perhaps when the next file is begun, and then
/// some microseconds later.
struct Moment {
    saves: u64,
    while_writing: bool,
    microseconds: u64,
}

/// Kills a child at a moment, and returns the last generation that it told of.
fn kill_a_child(scene: &Scene, moment: &Moment) -> Option<u64> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("killed::the_child_writes_until_it_is_killed")
        .env(FOLDER, scene.folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = None;
    // The line of the test harness comes first and shares it with the first generation.
    let mut number = |line: String| {
        line.rsplit_once("saved ")
            .map(|(_, number)| last = number.parse().ok())
    };
    let mut seen = 0;
    while seen < moment.saves {
        if number(lines.next().unwrap().unwrap()).is_some() {
            seen += 1;
        }
    }
    let waiting = Instant::now();
    while moment.while_writing
        && scene.files().len() < 2
        && waiting.elapsed() < Duration::from_millis(200)
    {
        std::hint::spin_loop();
    }
    let started = Instant::now();
    while started.elapsed() < Duration::from_micros(moment.microseconds) {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        number(line);
    }
    last
}

/// Returns the one generation that all values are of.
fn generation_of(snapshot: &Snapshot) -> u64 {
    assert_eq!(snapshot.entries().len(), SECRETS);
    let number = |entry: &secret_cache::SnapshotEntry| -> u64 {
        let secret = entry.reveal().unwrap();
        let value = secret.value().expose_secret();
        value.split(' ').next().unwrap().parse().unwrap()
    };
    let numbers: Vec<_> = snapshot.entries().iter().map(number).collect();
    assert!(numbers.iter().all(|other| *other == numbers[0]));
    numbers[0]
}
