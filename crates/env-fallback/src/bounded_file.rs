//! Reads files that hold values.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use secrecy::SecretSlice;

/// The size in bytes above which a file is refused: 1 MiB, which is also what Kubernetes allows a
/// whole mounted secret.
pub(crate) const LIMIT: u64 = 1 << 20;

/// Reads a whole file of at most 1 MiB into memory that is wiped afterwards.
pub(crate) fn read(path: &Path) -> io::Result<SecretSlice<u8>> {
    let file = File::open(path)?;
    // As large as the file, the buffer neither grows nor shrinks, so no copy stays behind.
    let size = file.metadata()?.len().min(LIMIT + 1);
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(LIMIT + 1).read_to_end(&mut bytes)?;
    let is_too_large = bytes.len() as u64 > LIMIT;
    let bytes = SecretSlice::from(bytes);
    if is_too_large {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "larger than 1 MiB",
        ));
    }
    Ok(bytes)
}
