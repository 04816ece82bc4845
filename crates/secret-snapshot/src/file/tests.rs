//! What is refused, each for its own reason, and that nothing of it is used.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use secret_cache::SnapshotErrorKind as Kind;
use secret_ref::FolderPath;
use secret_source::Origin;

use super::*;
use crate::key::Passphrase;

const HOUR: Duration = Duration::from_secs(3600);

fn key(byte: u8) -> SnapshotKey {
    let text = format!("{byte:02x}").repeat(32);
    SnapshotKey::from_text(&text.into()).unwrap()
}

fn file() -> FileSnapshot {
    with_key(key(1))
}

fn with_key(key: SnapshotKey) -> FileSnapshot {
    FileSnapshot::new("unused", key)
        .server("infisical.example")
        .project("shop")
}

fn address(key: &str) -> SecretAddress {
    SecretAddress::new("infisical", "prod", &FolderPath::parse("/db").unwrap(), key)
}

fn snapshot(keys: &[&str], written: SystemTime) -> Snapshot {
    let entry = |key: &&str| {
        let secret = Secret::new(format!("value of {key}"), Origin::new("infisical"))
            .with_version(7)
            .with_fetched_at(written);
        SnapshotEntry::new(address(key), written, secret)
    };
    Snapshot::new(written, keys.iter().map(entry).collect())
}

fn sealed(file: &FileSnapshot) -> Vec<u8> {
    let snapshot = snapshot(&["A", "B"], SystemTime::now());
    file.seal_all(&snapshot).unwrap()
}

fn kind(file: &FileSnapshot, bytes: &[u8]) -> Kind {
    file.open(bytes, SystemTime::now()).unwrap_err().kind()
}

fn values(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let value = |entry: &SnapshotEntry| {
        let secret = entry.reveal().unwrap();
        let value = secret.value().expose_secret().to_owned();
        (entry.address().key().to_owned(), value)
    };
    snapshot.entries().iter().map(value).collect()
}

#[test]
fn what_was_sealed_is_opened_with_all_that_was_known_about_it() {
    let now = SystemTime::now();
    let secret = Secret::new("", Origin::over("x", &Origin::new("y").with("host", "h")))
        .with_fetched_at(now - HOUR)
        .with_unexpanded(true);
    let entry = file().seal(&address("EMPTY"), &secret).unwrap();
    let bytes = file().seal_all(&Snapshot::new(now, vec![entry])).unwrap();
    let opened = file().open(&bytes, now).unwrap();
    let [entry] = opened.entries() else {
        panic!("{opened:?}")
    };
    let read = entry.reveal().unwrap();
    assert_eq!(entry.address(), &address("EMPTY"));
    assert!(read.is_empty() && read.is_unexpanded());
    assert_eq!(read.origin(), secret.origin());
    assert_eq!(read.version(), None);
    let apart = secret.fetched_at().duration_since(read.fetched_at());
    assert!(apart.unwrap() < Duration::from_millis(1));

    let opened = file().open(&sealed(&file()), now).unwrap();
    assert_eq!(values(&opened)["A"], "value of A");
    assert_eq!(opened.entries()[0].reveal().unwrap().version(), Some(7));
}

#[test]
fn each_flipped_byte_is_noticed_and_nothing_is_used() {
    let bytes = sealed(&file());
    let (_, header) = Header::read(&bytes).unwrap();
    for offset in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[offset] ^= bit;
            let kind = kind(&file(), &changed);
            let expected: &[Kind] = match offset {
                0..8 => &[Kind::NotASnapshot],
                8 => &[Kind::NotASnapshot, Kind::NewerVersion],
                // Lengths stand among these.
                _ if offset < header => &[Kind::NotAuthentic, Kind::Truncated],
                _ => &[Kind::NotAuthentic],
            };
            assert!(expected.contains(&kind), "{kind:?} at {offset}");
        }
    }
}

#[test]
fn a_file_that_ends_early_is_refused_at_every_length() {
    let bytes = sealed(&file());
    for length in 0..bytes.len() {
        let kind = kind(&file(), &bytes[..length]);
        assert_eq!(kind, Kind::Truncated, "{length}");
    }
    let longer = [bytes, vec![0]].concat();
    assert_eq!(kind(&file(), &longer), Kind::NotAuthentic);
}

#[test]
fn each_refusal_has_its_own_kind() {
    let now = SystemTime::now();
    let bytes = sealed(&file());
    assert_eq!(kind(&with_key(key(2)), &bytes), Kind::NotAuthentic);
    assert_eq!(kind(&file().server("other.example"), &bytes), Kind::Foreign);
    assert_eq!(kind(&file().project("other"), &bytes), Kind::Foreign);
    assert_eq!(kind(&file(), b"[section]\nkey = 1"), Kind::NotASnapshot);
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert_eq!(kind(&file(), &newer), Kind::NewerVersion);

    let at = |now: SystemTime| {
        file()
            .max_age(HOUR)
            .open(&bytes, now)
            .map_err(|error| error.kind())
    };
    let moment = Duration::from_secs(5);
    assert!(at(now + HOUR - moment).is_ok());
    assert_eq!(at(now + HOUR + moment).unwrap_err(), Kind::TooOld);
    assert!(
        at(now - SKEW + moment).is_ok(),
        "clocks may differ a little"
    );
    assert_eq!(at(now - SKEW - moment).unwrap_err(), Kind::FromTheFuture);
}

#[test]
fn a_header_of_another_owner_or_time_does_not_fit_the_body() {
    let bytes = sealed(&file());
    let (header, length) = Header::read(&bytes).unwrap();
    let with = |change: &dyn Fn(&mut Header)| {
        let mut header = header.clone();
        change(&mut header);
        [header.write(), bytes[length..].to_vec()].concat()
    };
    let other = with(&|header| header.server = "other.example".into());
    assert_eq!(
        kind(&file().server("other.example"), &other),
        Kind::NotAuthentic
    );
    let other = with(&|header| header.project = "other".into());
    assert_eq!(kind(&file().project("other"), &other), Kind::NotAuthentic);
    let later = with(&|header| header.written += 1);
    assert_eq!(kind(&file(), &later), Kind::NotAuthentic);
    let salted = with(&|header| header.salt[0] ^= 1);
    assert_eq!(kind(&file(), &salted), Kind::NotAuthentic);
    assert!(file().open(&with(&|_| {}), SystemTime::now()).is_ok());
}

#[test]
fn a_value_does_not_open_as_the_answer_to_another_address_version_or_time() {
    let cipher = Arc::new(Cipher::random().unwrap());
    let secret = Secret::new("hunter2", Origin::new("memory")).with_version(3);
    let row = value::seal(&address("A"), &secret, &cipher).unwrap();
    let reveal = |row| SealedValue::entry(row, Arc::clone(&cipher)).reveal();
    assert!(reveal(row.clone()).is_ok());
    let mut others = vec![row.clone(), row.clone(), row.clone(), row];
    others[0].address = address("B");
    others[1].version = Some(4);
    others[2].fetched += 1;
    others[3].unexpanded = true;
    for other in others {
        assert_eq!(reveal(other).unwrap_err().kind(), Kind::NotAuthentic);
    }
}

#[test]
fn a_passphrase_opens_what_it_sealed_and_is_derived_once() {
    let phrase = |text: &str| SnapshotKey(Inside::Passphrase(Passphrase::cheap(text)));
    let first = with_key(phrase("correct horse battery"));
    let bytes = sealed(&first);
    let again = with_key(phrase("correct horse battery"));
    assert_eq!(
        values(&again.open(&bytes, SystemTime::now()).unwrap()).len(),
        2
    );
    assert_eq!(kind(&with_key(phrase("wrong")), &bytes), Kind::NotAuthentic);
    assert_eq!(
        kind(&file(), &bytes),
        Kind::NotAuthentic,
        "a key is no passphrase"
    );
    assert_eq!(kind(&first, &sealed(&file())), Kind::NotAuthentic);
    // Whoever opened a file writes the next one with the same salt.
    let kdf = |bytes: &[u8]| Header::read(bytes).unwrap().0.kdf;
    assert_eq!(kdf(&sealed(&again)), kdf(&bytes));
}

#[test]
fn a_file_cannot_ask_for_any_amount_of_memory() {
    let phrase = SnapshotKey(Inside::Passphrase(Passphrase::cheap(
        "correct horse battery",
    )));
    let file = with_key(phrase);
    let bytes = sealed(&file);
    let (mut header, length) = Header::read(&bytes).unwrap();
    header.kdf.as_mut().unwrap().memory = u32::MAX;
    let greedy = [header.write(), bytes[length..].to_vec()].concat();
    assert_eq!(kind(&file, &greedy), Kind::NotAuthentic);
}

#[test]
fn each_file_has_a_salt_and_nonces_of_its_own() {
    let snapshot = snapshot(&["A", "B"], SystemTime::now());
    let seal = || file().seal_all(&snapshot).unwrap();
    let header = |bytes: &[u8]| Header::read(bytes).unwrap().0;
    let (one, other) = (header(&seal()), header(&seal()));
    assert_ne!(one.salt, other.salt);
    assert_ne!(one.nonce, other.nonce);
    let secret = Secret::new("hunter2", Origin::new("memory"));
    let cipher = Cipher::random().unwrap();
    let nonce = || {
        value::seal(&address("A"), &secret, &cipher)
            .unwrap()
            .value
            .nonce
    };
    assert_ne!(nonce(), nonce());
}

#[test]
fn a_short_passphrase_is_refused() {
    let error = SnapshotKey::from_passphrase("hunter2".into()).unwrap_err();
    assert_eq!(error.kind(), Kind::Key);
    assert!(SnapshotKey::from_passphrase("correct horse".into()).is_ok());
}
