//! Snapshot files, from any bytes: as a file, and as the body of a file that is authentic.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use allocation_counter::measure;
use secret_cache::{Snapshot, SnapshotError, SnapshotErrorKind as Kind};
use secret_snapshot::fuzzing;

use crate::canary::assert_unseen;

/// When the files of the corpus were written: in November 2026.
const WRITTEN: Duration = Duration::from_secs(1_795_000_000);

/// The age at which files are refused, and how far a clock may be behind.
const MAX_AGE: Duration = Duration::from_secs(86_400);
const SKEW: Duration = Duration::from_secs(300);

/// Checks that a file is used as a whole or refused as a whole, and that no length in it is believed.
///
/// # Panics
///
/// Panics where a law is broken.
pub fn run(data: &[u8]) {
    let now = UNIX_EPOCH + WRITTEN + Duration::from_secs(1);
    match open(data, now) {
        Ok(snapshot) => {
            reveal(&snapshot, false);
            no_change_goes_unnoticed(data, now);
        }
        Err(kind) => assert!(
            [
                Kind::NotASnapshot,
                Kind::Truncated,
                Kind::NewerVersion,
                Kind::Foreign,
                Kind::NotAuthentic,
                Kind::TooOld,
                Kind::FromTheFuture,
            ]
            .contains(&kind),
            "{kind:?}"
        ),
    }
    as_a_body(data, now);
}

/// Opens a file, and checks that it costs no more than its length suggests.
fn open(bytes: &[u8], now: SystemTime) -> Result<Snapshot, Kind> {
    let mut opened = None;
    let costs = measure(|| opened = Some(fuzzing::open(bytes, now)));
    let most = 128 * bytes.len() as u64 + 16_384;
    assert!(
        costs.bytes_total <= most,
        "{} bytes allocate {}",
        bytes.len(),
        costs.bytes_total
    );
    match opened {
        Some(Ok(snapshot)) => Ok(snapshot),
        Some(Err(error)) => Err(checked(&error)),
        None => Err(Kind::Unreadable),
    }
}

fn checked(error: &SnapshotError) -> Kind {
    assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    assert_unseen(&format!(
        "{error} {error:?} {}",
        error.hint().unwrap_or_default()
    ));
    error.kind()
}

/// Looks at every entry. A value that was not sealed for where it stands must not open.
fn reveal(snapshot: &Snapshot, is_forged: bool) {
    for entry in snapshot.entries() {
        match entry.reveal() {
            Ok(secret) => {
                assert!(!is_forged, "a value that nobody sealed: {entry:?}");
                assert_eq!(secret.fetched_at(), entry.fetched());
            }
            Err(error) => assert_eq!(checked(&error), Kind::NotAuthentic),
        }
    }
}

/// Checks that a file that opens does not do so after any of some changes.
fn no_change_goes_unnoticed(file: &[u8], now: SystemTime) {
    let mut changed = file.to_vec();
    for at in (0..file.len()).step_by(1 + file.len() / 16) {
        changed[at] ^= 1;
        assert!(open(&changed, now).is_err(), "byte {at}");
        changed[at] ^= 1;
    }
    assert!(open(&file[..file.len() - 1], now).is_err());
    assert!(open(&[file, b"\0"].concat(), now).is_err());
}

fn as_a_body(body: &[u8], now: SystemTime) {
    // The age follows from the input, so that both sides of each limit are tried.
    let age = Duration::from_secs(3600) * u32::from(body.first().copied().unwrap_or_default() % 48);
    for (written, expected) in [
        (now - age, (age > MAX_AGE).then_some(Kind::TooOld)),
        (now + age, (age > SKEW).then_some(Kind::FromTheFuture)),
    ] {
        let Ok(file) = fuzzing::seal(body, written) else {
            continue;
        };
        let opened = open(&file, now);
        let read = fuzzing::rewritten(body);
        match (opened, expected) {
            // A body that is none may be refused as such before its age is.
            (Err(Kind::NotASnapshot), Some(_)) => assert!(read.is_err()),
            (Err(kind), Some(expected)) => assert_eq!(kind, expected),
            (Err(kind), None) => {
                assert_eq!(kind, Kind::NotASnapshot);
                assert!(read.is_err());
            }
            (Ok(snapshot), None) => {
                reveal(&snapshot, true);
                survives(read, snapshot.entries().len());
                assert!(fuzzing::rewritten(&[body, b"\0"].concat()).is_err());
                assert!(fuzzing::rewritten(&body[..body.len() - 1]).is_err());
            }
            (Ok(_), Some(kind)) => panic!("used, though it is {kind:?}"),
        }
    }
}

/// Checks that what was read is written so that the same is read again.
fn survives(read: Result<Vec<u8>, SnapshotError>, entries: usize) {
    let Ok(written) = read else {
        panic!("a body of {entries} entries is read in one way and not in another")
    };
    let again = fuzzing::rewritten(&written);
    assert_eq!(again.ok(), Some(written));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise what is said of files that open would be said of none.
    #[test]
    fn the_whole_files_of_the_corpus_open() {
        for (file, entries) in [
            (&include_bytes!("../corpus/snapshot/file-empty")[..], 0),
            (include_bytes!("../corpus/snapshot/file-of-one-secret"), 1),
            (
                include_bytes!("../corpus/snapshot/file-of-three-secrets"),
                3,
            ),
        ] {
            let snapshot = open(file, UNIX_EPOCH + WRITTEN).unwrap();
            assert_eq!(snapshot.entries().len(), entries);
            assert!(
                snapshot
                    .entries()
                    .iter()
                    .all(|entry| entry.reveal().is_ok())
            );
        }
    }
}
