//! An encrypted file from which a cache of secrets survives a restart during an outage.
//!
//! A [`FileSnapshot`] is a [`SnapshotStore`](secret_cache::SnapshotStore): the cache hands it what was
//! fetched, and asks it at a start while the server cannot be reached. Everything in the file is encrypted
//! and authenticated; it is used as a whole or refused as a whole.
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//!
//! use secret_cache::{CacheConfig, CacheExt};
//! use secret_snapshot::{FileSnapshot, SnapshotKey};
//! use secret_source::MemorySource;
//!
//! # let folder = tempfile::tempdir()?;
//! # let (path, key_path) = (folder.path().join("snapshot"), folder.path().join("key"));
//! let key = SnapshotKey::generate_file(&key_path)?;
//! let snapshot = FileSnapshot::new(&path, key)
//!     .server("infisical.example.com")
//!     .project("shop")
//!     .max_age(Duration::from_secs(3600));
//! let cached = MemorySource::new().cached(CacheConfig::new().snapshot(snapshot));
//! # let _ = cached;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The file
//!
//! | part | content |
//! |---|---|
//! | beginning | `KEYFOBSN`, the version of the format |
//! | key | none, or argon2id with its cost and salt |
//! | salt | 32 random bytes, new with each write |
//! | owner | server, project, time of the write |
//! | nonce, length | of what follows |
//! | body | the secrets, sealed with XChaCha20-Poly1305; all that is above is its associated data |
//!
//! HKDF-SHA256 makes two keys of the key and the salt, one for the body and one for the values. In the
//! body each value is sealed again, with its address, version and time as associated data, and stays so in
//! memory until it is asked for.
//!
//! The length of the file, and who owns it, can be seen by whoever may read its folder; names and values
//! cannot.

mod file;
mod key;

mod cipher;
mod disk;
mod fault;
mod format;
mod value;

#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;

pub use file::FileSnapshot;
pub use key::SnapshotKey;

pub use secret_cache::{SnapshotError, SnapshotErrorKind};
