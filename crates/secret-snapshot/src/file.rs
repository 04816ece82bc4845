//! [`FileSnapshot`]: a snapshot in one encrypted file.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use secret_cache::{Snapshot, SnapshotEntry, SnapshotError, SnapshotErrorKind, SnapshotStore};
use secret_source::{Secret, SecretAddress};
use tokio::runtime::Handle;

use crate::cipher::{Cipher, FileCiphers, Key, TAG, random};
use crate::format::{Header, Kdf, read_rows, write_rows};
use crate::key::Inside;
use crate::value::{self, SealedValue};
use crate::{SnapshotKey, disk, fault};

/// How far this machine's clock may be behind the one that wrote the file.
const SKEW: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(86_400);
/// Longer than the beginning of a file of ours: names of hosts and projects are short.
const MOST_OF_A_HEADER: u64 = 16 * 1024;

/// Keeps a cache's secrets in one encrypted file.
///
/// The file belongs to one server and project, which it names, and to one process at a time: whoever writes
/// last wins. It is created for its owner alone, and replaced as a whole. A file that is anything but
/// this snapshot, of whatever age, is never replaced.
///
/// # Examples
///
/// ```no_run
/// use secret_snapshot::{FileSnapshot, SnapshotKey};
///
/// let key = SnapshotKey::from_file("/run/secrets/snapshot.key")?;
/// let snapshot = FileSnapshot::new("/var/lib/shop/secrets.snapshot", key)
///     .server("infisical.example.com")
///     .project("shop");
/// # let _ = snapshot;
/// # Ok::<(), secret_snapshot::SnapshotError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct FileSnapshot {
    path: PathBuf,
    key: SnapshotKey,
    server: String,
    project: String,
    max_age: Duration,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Seals what is in memory and was never in a file.
    memory: Mutex<Option<Arc<Cipher>>>,
    /// The key that was derived from a passphrase, which is dear.
    derived: Mutex<Option<(Kdf, Key)>>,
}

impl FileSnapshot {
    /// Begins a snapshot in the file at `path`, whose folder has to exist.
    pub fn new(path: impl AsRef<Path>, key: SnapshotKey) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            key,
            server: String::new(),
            project: String::new(),
            max_age: DAY,
            shared: Arc::default(),
        }
    }

    /// Names the server that the secrets are of; a snapshot of another one is refused.
    pub fn server(mut self, host: &str) -> Self {
        self.server = host.to_owned();
        self
    }

    /// Names the project that the secrets are of; a snapshot of another one is refused.
    pub fn project(mut self, project: &str) -> Self {
        self.project = project.to_owned();
        self
    }

    /// Sets how old the file, and each secret in it, may become; 24 h by default.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    fn read(&self, now: SystemTime) -> Result<Option<Snapshot>, SnapshotError> {
        match disk::read(&self.path)? {
            Some(bytes) => self.open(&bytes, now).map(Some),
            None => Ok(None),
        }
    }

    /// Opens a file as a whole. Nothing that it says is believed before its tag was checked.
    pub(crate) fn open(&self, bytes: &[u8], now: SystemTime) -> Result<Snapshot, SnapshotError> {
        let (header, length) = Header::read(bytes)?;
        let (associated, body) = bytes.split_at(length);
        if (body.len() as u64) < header.body {
            return Err(fault::truncated());
        }
        let ciphers = FileCiphers::derive(&self.key(header.kdf.as_ref())?, &header.salt)?;
        let body = ciphers.body.open(&header.nonce, body, associated)?;
        if !self.owns(&header) {
            return Err(fault::foreign());
        }
        let written = value::time(header.written);
        match now.duration_since(written) {
            Ok(age) if age > self.max_age => return Err(fault::too_old()),
            Err(ahead) if ahead.duration() > SKEW => return Err(fault::from_the_future()),
            _ => {}
        }
        let rows = read_rows(&body)?.into_iter();
        let entries = rows.map(|row| SealedValue::entry(row, Arc::clone(&ciphers.values)));
        Ok(Snapshot::new(written, entries.collect()))
    }

    fn write(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        self.check_replaceable()?;
        disk::remove_abandoned(&self.path);
        let bytes = self.seal_all(snapshot)?;
        if bytes.len() as u64 > disk::MAX_BYTES {
            return Err(fault::too_large());
        }
        disk::replace(&self.path, &bytes)
    }

    /// Refuses to replace what is not this snapshot.
    fn check_replaceable(&self) -> Result<(), SnapshotError> {
        let Some(beginning) = disk::read_beginning(&self.path, MOST_OF_A_HEADER)? else {
            return Ok(());
        };
        match Header::read(&beginning) {
            Ok((header, _)) if !self.owns(&header) => Err(fault::foreign()),
            Ok(_) => Ok(()),
            Err(error) => match error.kind() {
                SnapshotErrorKind::NotASnapshot | SnapshotErrorKind::NewerVersion => Err(error),
                _ => Ok(()),
            },
        }
    }

    fn seal_all(&self, snapshot: &Snapshot) -> Result<Vec<u8>, SnapshotError> {
        let kdf = self.kdf()?;
        let salt = random()?;
        let ciphers = FileCiphers::derive(&self.key(kdf.as_ref())?, &salt)?;
        let rows = snapshot.entries().iter().map(|entry| {
            let secret = entry.reveal()?;
            value::seal(entry.address(), &secret, &ciphers.values)
        });
        let body = write_rows(&rows.collect::<Result<Vec<_>, SnapshotError>>()?);
        let header = Header {
            kdf,
            salt,
            server: self.server.clone(),
            project: self.project.clone(),
            written: value::milliseconds(snapshot.written()),
            nonce: random()?,
            body: (body.len() + TAG) as u64,
        };
        let mut bytes = header.write();
        let sealed = ciphers.body.seal_with(&header.nonce, &body, &bytes)?;
        bytes.extend_from_slice(&sealed);
        Ok(bytes)
    }

    fn owns(&self, header: &Header) -> bool {
        header.server == self.server && header.project == self.project
    }

    /// Returns the key of a file that was, or is to be, made in a way.
    fn key(&self, kdf: Option<&Kdf>) -> Result<Key, SnapshotError> {
        match (&self.key.0, kdf) {
            (Inside::Key(key), None) => Ok(key.clone()),
            (Inside::Passphrase(passphrase), Some(kdf)) => {
                let mut derived = lock(&self.shared.derived);
                if let Some((known, key)) = &*derived
                    && known == kdf
                {
                    return Ok(key.clone());
                }
                let key = passphrase.derive(kdf)?;
                *derived = Some((*kdf, key.clone()));
                Ok(key)
            }
            // As good as another key.
            _ => Err(fault::not_authentic()),
        }
    }

    /// Says how the key of the next file is made: as that of the last one, which is known already.
    fn kdf(&self) -> Result<Option<Kdf>, SnapshotError> {
        let Inside::Passphrase(passphrase) = &self.key.0 else {
            return Ok(None);
        };
        let known = lock(&self.shared.derived).as_ref().map(|(kdf, _)| *kdf);
        known.map_or_else(|| passphrase.kdf(), Ok).map(Some)
    }

    fn memory(&self) -> Result<Arc<Cipher>, SnapshotError> {
        let mut memory = lock(&self.shared.memory);
        if let Some(cipher) = &*memory {
            return Ok(Arc::clone(cipher));
        }
        let cipher = Arc::new(Cipher::random()?);
        *memory = Some(Arc::clone(&cipher));
        Ok(cipher)
    }
}

#[async_trait]
impl SnapshotStore for FileSnapshot {
    fn max_age(&self) -> Duration {
        self.max_age
    }

    /// Seals with a key that nothing keeps but this process.
    fn seal(
        &self,
        address: &SecretAddress,
        secret: &Secret,
    ) -> Result<SnapshotEntry, SnapshotError> {
        let cipher = self.memory()?;
        let row = value::seal(address, secret, &cipher)?;
        Ok(SealedValue::entry(row, cipher))
    }

    async fn load(&self) -> Result<Option<Snapshot>, SnapshotError> {
        let file = self.clone();
        away(move || file.read(SystemTime::now())).await
    }

    async fn save(&self, snapshot: &Snapshot) -> Result<(), SnapshotError> {
        let (file, snapshot) = (self.clone(), snapshot.clone());
        away(move || file.write(&snapshot)).await
    }
}

impl fmt::Debug for FileSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSnapshot")
            .field("path", &self.path)
            .field("key", &self.key)
            .field("server", &self.server)
            .field("project", &self.project)
            .field("max_age", &self.max_age)
            .finish_non_exhaustive()
    }
}

/// Runs what blocks on a thread for that; without a runtime there is only the caller's.
async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SnapshotError> + Send + 'static,
) -> Result<T, SnapshotError> {
    let Ok(runtime) = Handle::try_current() else {
        return work();
    };
    let ended = runtime.spawn_blocking(work).await;
    ended.unwrap_or_else(|_| {
        Err(fault::unsealable(
            "the thread that reads and writes the snapshot",
        ))
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
