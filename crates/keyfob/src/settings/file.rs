//! Files that hold the value of a setting.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Bounds the size of such a file: 1 MiB is far over any credential, and under what would hurt.
const MAX_BYTES: u64 = 1024 * 1024;

/// Reads a file of text, without the new line at its end.
///
/// The error says what failed in one sentence and holds nothing of the content, nor of the path: a secret
/// may have been set in its place.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let unreadable = |error: io::Error| format!("the file that it names cannot be read: {error}");
    // A pipe would be waited for, and a device never end.
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("what it names is not a plain file".to_owned());
    }
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("the file that it names is over 1 MiB".to_owned());
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|_| "the file that it names is not UTF-8 text".to_owned())?;
    let line = text
        .strip_suffix('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(line.unwrap_or(text.len()));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("value");
        std::fs::write(&path, bytes).unwrap();
        read(&path)
    }

    #[test]
    fn one_new_line_at_the_end_is_removed() {
        assert_eq!(content(b"a\nb\n").unwrap(), "a\nb");
        assert_eq!(content(b"a\r\n").unwrap(), "a");
        assert_eq!(content(b"a\n\n").unwrap(), "a\n");
    }

    #[test]
    fn binary_and_oversized_files_are_refused_without_showing_them() {
        assert!(
            content(b"hunter2\xff")
                .unwrap_err()
                .ends_with("is not UTF-8 text")
        );
        assert!(
            content(&vec![b'x'; 1024 * 1024 + 1])
                .unwrap_err()
                .ends_with("is over 1 MiB")
        );
    }
}
