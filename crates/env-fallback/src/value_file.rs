//! Reads the file that a `NAME_FILE` variable names.

use std::path::Path;
use std::{fs, io};

use secrecy::{ExposeSecret, SecretSlice, SecretString};
use secret_source::SecretError;

use crate::bounded_file;

/// The path is not shown: who sets `NAME_FILE` to the secret itself by mistake must not find it here.
const NOT_SHOWN: &str =
    "check that the variable holds the path of a file which this process may read";

/// Reads a value from a file and removes one line break at its end.
///
/// The file is read within the look-up and without a thread of its own: it is small, and a regular
/// file, so that on a local disk reading it waits for nobody.
pub(crate) fn read(variable: &str, path: &SecretString) -> Result<SecretString, SecretError> {
    let path = path.expose_secret();
    let bytes = bytes(Path::new(path)).map_err(|error| {
        SecretError::invalid(format!("the file that `{variable}` names cannot be read"))
            .with_code("unreadable-variable")
            .with_hint(NOT_SHOWN)
            .with_source(error)
    })?;
    let text = std::str::from_utf8(bytes.expose_secret()).map_err(|_| {
        SecretError::invalid(format!("the file that `{variable}` names is not UTF-8"))
            .with_code("unreadable-variable")
            .with_hint("write the value into the file as text")
    })?;
    let value = text
        .strip_suffix('\n')
        .map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(value.into())
}

fn bytes(path: &Path) -> io::Result<SecretSlice<u8>> {
    // A pipe would be waited for, and a device never end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    bounded_file::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bounded_file::LIMIT;

    fn file(content: &[u8]) -> (tempfile::TempDir, SecretString) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, content).unwrap();
        let path = path.to_str().unwrap().to_owned().into();
        (folder, path)
    }

    fn read_content(content: &[u8]) -> Result<String, SecretError> {
        let (_folder, path) = file(content);
        read("A_FILE", &path).map(|value| value.expose_secret().to_owned())
    }

    #[test]
    fn one_line_break_at_the_end_is_removed() {
        for (content, value) in [
            ("v", "v"),
            ("v\n", "v"),
            ("v\r\n", "v"),
            ("v\n\n", "v\n"),
            ("", ""),
            ("a\nb\n", "a\nb"),
            ("v\r", "v\r"),
        ] {
            assert_eq!(
                read_content(content.as_bytes()).unwrap(),
                value,
                "{content:?}"
            );
        }
    }

    #[test]
    fn a_file_above_one_mebibyte_is_refused() {
        assert_eq!(
            read_content(&vec![b'x'; LIMIT as usize]).unwrap().len(),
            LIMIT as usize
        );
        let error = read_content(&vec![b'x'; LIMIT as usize + 1]).unwrap_err();
        assert!(
            format!("{error:?}").contains("larger than 1 MiB"),
            "{error:?}"
        );
    }

    #[test]
    fn an_error_names_the_variable_and_neither_path_nor_content() {
        let (folder, path) = file(b"hunter2hunter2\xff");
        let error = read("DB_DSN_FILE", &path).unwrap_err();
        let text = format!("{error:?}");
        assert!(
            text.contains("`DB_DSN_FILE`") && !text.contains(folder.path().to_str().unwrap()),
            "{text}"
        );
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_missing_file_and_a_folder_are_errors() {
        let (folder, _) = file(b"");
        let missing = folder
            .path()
            .join("nope")
            .to_str()
            .unwrap()
            .to_owned()
            .into();
        assert!(read("A_FILE", &missing).is_err());
        let error = read("A_FILE", &folder.path().to_str().unwrap().to_owned().into()).unwrap_err();
        assert!(
            format!("{error:?}").contains("not a regular file"),
            "{error:?}"
        );
    }

    #[test]
    fn a_value_in_place_of_the_path_is_not_shown() {
        let error = read("TOKEN_FILE", &"sk-not-a-path-at-all".into()).unwrap_err();
        assert!(!format!("{error:?}").contains("sk-not"), "{error:?}");
    }
}
