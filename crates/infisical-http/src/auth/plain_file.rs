//! [`read`]: a whole file, where it is one and small.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

/// The largest file that can be a credential, in bytes. What is larger is another file.
pub(crate) const LARGEST: u64 = 64 * 1024;

/// Reads a plain file of [`LARGEST`] bytes at most. Links to one are followed, as a kubelet's are.
///
/// Devices and pipes are refused before they are opened: they may have no end, or make whoever opens them
/// wait. What is read is wiped when it is dropped.
pub(crate) fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is no plain file",
        ));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len().min(LARGEST);
    let capacity = usize::try_from(length).unwrap_or(0) + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    // The length that is told beforehand is not always the true one.
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is too large for a credential (64 KiB)",
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_or_is_too_large_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "x".repeat(64 * 1024)).unwrap();
        assert_eq!(read(file.path()).unwrap().len(), 64 * 1024);
        fs::write(file.path(), "x".repeat(64 * 1024 + 1)).unwrap();
        let error = read(file.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        let folder = tempfile::tempdir().unwrap();
        assert!(read(folder.path()).is_err());
        #[cfg(unix)]
        for device in ["/dev/zero", "/dev/null"] {
            assert!(read(Path::new(device)).is_err(), "{device}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_whose_length_is_not_told_is_read() {
        assert!(!read(Path::new("/proc/self/cmdline")).unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("data"), folder.path().join("token"));
        fs::write(&file, "jwt").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read(&link).unwrap().as_slice(), b"jwt");
    }
}
