//! Reading what only its owner may have touched, and replacing it as a whole.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secret_cache::SnapshotError;
use tempfile::Builder;
use zeroize::Zeroizing;

use crate::fault;

/// Bounds the size of a snapshot: 64 MiB hold a hundred thousand secrets of half a kilobyte.
pub(crate) const MAX_BYTES: u64 = 64 * 1024 * 1024;
/// How old a temporary file is of which nobody is left to finish it.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Opens a plain file that is not a link, with its metadata; `None` where there is nothing.
pub(crate) fn open_plain(path: &Path) -> Result<Option<(File, Metadata)>, SnapshotError> {
    let what = "snapshot";
    let unreadable = |error: io::Error| fault::unreadable(what, &error);
    let named = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        named => named.map_err(unreadable)?,
    };
    // A pipe would be waited for, so it is not even opened.
    if !named.is_file() {
        return Err(fault::not_a_file(what));
    }
    let file = File::open(path).map_err(unreadable)?;
    let opened = file.metadata().map_err(unreadable)?;
    // A link may have taken its place in between.
    if !opened.is_file() || !is_same(&named, &opened) {
        return Err(fault::not_a_file(what));
    }
    Ok(Some((file, opened)))
}

/// Reads a snapshot as a whole, where its owner alone may read and write it.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, SnapshotError> {
    let Some((file, metadata)) = open_plain(path)? else {
        return Ok(None);
    };
    if is_loose(&metadata) {
        return Err(fault::loose_permissions("snapshot", path));
    }
    if metadata.len() > MAX_BYTES {
        return Err(fault::too_large());
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fault::unreadable("snapshot", &error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(fault::too_large());
    }
    Ok(Some(bytes))
}

/// Reads the beginning of what a snapshot is to take the place of.
pub(crate) fn read_beginning(path: &Path, most: u64) -> Result<Option<Vec<u8>>, SnapshotError> {
    let Some((file, _)) = open_plain(path)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| fault::unreadable("snapshot", &error))?;
    Ok(Some(bytes))
}

/// Reads a small file of which others than its owner know nothing. Links are followed, since mounted
/// secrets are links.
pub(crate) fn read_key(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, SnapshotError> {
    let what = "file of the snapshot's key";
    let unreadable = |error: io::Error| fault::unreadable(what, &error);
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(fault::not_a_file(what));
    }
    let file = File::open(path).map_err(unreadable)?;
    if is_loose(&file.metadata().map_err(unreadable)?) {
        return Err(fault::loose_permissions(what, path));
    }
    // With room for all of it the buffer is never moved.
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    file.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

/// Writes a file that was not there, for its owner alone.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = Builder::new()
        .prefix(&prefix(path))
        .suffix(SUFFIX)
        .tempfile_in(folder(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    sync(folder(path))
}

/// Puts bytes in the place of a file, so that whoever reads finds the old or the new ones.
///
/// They are on the disk before they have the name, and the name is on the disk before this returns.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), SnapshotError> {
    let put = || {
        // Created for its owner alone (0600).
        let mut file = Builder::new()
            .prefix(&prefix(path))
            .suffix(SUFFIX)
            .tempfile_in(folder(path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        sync(folder(path))
    };
    put().map_err(|error| fault::unwritable(&error))
}

/// Removes temporary files that a process left which was killed. What cannot be removed stays.
pub(crate) fn remove_abandoned(path: &Path) {
    let Ok(files) = fs::read_dir(folder(path)) else {
        return;
    };
    let prefix = prefix(path);
    for file in files.flatten() {
        let name = file.file_name();
        let ours = name
            .to_str()
            .is_some_and(|name| name.starts_with(&prefix) && name.ends_with(SUFFIX));
        let age = file
            .metadata()
            .and_then(|metadata| metadata.modified())
            .map(|modified| modified.elapsed().unwrap_or_default());
        if ours && age.is_ok_and(|age| age > ABANDONED) {
            let _ = fs::remove_file(file.path());
        }
    }
}

const SUFFIX: &str = ".tmp";

fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.")
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

#[cfg(unix)]
fn sync(folder: PathBuf) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file, and a rename is as lasting as it gets.
#[cfg(not(unix))]
fn sync(_: PathBuf) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_loose(metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.mode() & 0o077 != 0
}

/// Elsewhere permissions are no bits; the folder has to be private.
#[cfg(not(unix))]
fn is_loose(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}
