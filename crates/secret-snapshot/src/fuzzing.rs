//! The reading of a file, for `fuzz/`.
//!
//! A fuzzer cannot forge a tag, so that all it could reach by way of a file is the refusal. Here it has a key,
//! and bodies of its own are sealed with it. This is no API: it changes with the code that it leads to.

use std::time::SystemTime;

use secret_cache::{Snapshot, SnapshotError};

use crate::cipher::{FileCiphers, Key, TAG};
use crate::format::{Header, read_rows, write_rows};
use crate::key::Inside;
use crate::{FileSnapshot, SnapshotKey, value};

/// The key of all files here.
const KEY: [u8; 32] = [7; 32];

/// Opens a file as of a time.
///
/// # Errors
///
/// Fails where the file is to be refused.
pub fn open(bytes: &[u8], now: SystemTime) -> Result<Snapshot, SnapshotError> {
    file().open(bytes, now)
}

/// Makes a file that is authentic, whatever its body says. The same body gives the same file.
///
/// # Errors
///
/// Fails where nothing can be sealed.
pub fn seal(body: &[u8], written: SystemTime) -> Result<Vec<u8>, SnapshotError> {
    let header = Header {
        kdf: None,
        salt: [1; 32],
        server: "infisical.example".into(),
        project: "shop".into(),
        written: value::milliseconds(written),
        nonce: [2; 24],
        body: (body.len() + TAG) as u64,
    };
    let mut bytes = header.write();
    let ciphers = FileCiphers::derive(&Key::new(KEY), &header.salt)?;
    let sealed = ciphers.body.seal_with(&header.nonce, body, &bytes)?;
    bytes.extend_from_slice(&sealed);
    Ok(bytes)
}

/// Reads a body and writes what was read.
///
/// # Errors
///
/// Fails where it is none.
pub fn rewritten(body: &[u8]) -> Result<Vec<u8>, SnapshotError> {
    read_rows(body).map(|rows| write_rows(&rows))
}

fn file() -> FileSnapshot {
    FileSnapshot::new("unused", SnapshotKey(Inside::Key(Key::new(KEY))))
        .server("infisical.example")
        .project("shop")
}
