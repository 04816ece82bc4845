//! A file that only its owner can read, and that is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Replaces the file at `path`. A reader sees the old content or the new, and mode 0600 from the start.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    replace_with(path, |file| file.write_all(content))
}

fn replace_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(
            "it is a link, a folder or a device, and left as it is; --reveal prints to standard output",
        ));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Temporary files are made with mode 0600, and renamed without a change of mode.
    // Its name is of no interest to anyone, so an error does without.
    let nameless = |error: io::Error| io::Error::from(error.kind());
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(nameless)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_file_is_private_even_where_an_open_one_was_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.toml");
        std::fs::write(&path, "old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    /// Counts the other files of a folder, and sees that only their owner may use them.
    fn private_files(folder: &Path, but: &Path) -> usize {
        let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
        let new = files.filter(|file| file.path() != but);
        new.map(|file| {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = file.metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{file:?}");
            }
            drop(file);
        })
        .count()
    }

    #[test]
    fn what_is_being_written_is_private_and_the_old_file_whole_until_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.toml");
        fs::write(&path, "old").unwrap();
        let mut reader = File::open(&path).unwrap();
        replace_with(&path, |file| {
            assert_eq!(
                private_files(folder.path(), &path),
                1,
                "before a byte is in it"
            );
            file.write_all(b"ne")?;
            assert_eq!(private_files(folder.path(), &path), 1);
            assert_eq!(fs::read(&path).unwrap(), b"old");
            file.write_all(b"w")
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut read = String::new();
        reader.read_to_string(&mut read).unwrap();
        assert_eq!(read, "old", "who reads has one of them as a whole");

        let half = replace_with(&path, |file| {
            file.write_all(b"ha")?;
            Err(io::Error::other("the disk is full"))
        });
        half.unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_left_where_the_file_cannot_be_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a-folder");
        std::fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"new").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
