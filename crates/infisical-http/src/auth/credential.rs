//! [`Credential`]: a secret that proves who the client is, given as text or found in a file.

use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;

use crate::auth::plain_file;

/// Holds a credential, or the place where the current one is found.
///
/// A file is read at each login, so that whatever rotates it (a kubelet, an agent) needs no restart.
#[derive(Clone)]
pub(crate) enum Credential {
    Text(SecretString),
    File(PathBuf),
}

impl Credential {
    /// Returns the credential as it is now, without the line break that files and variables end in.
    ///
    /// Nothing else is cut off: a password may end in a space.
    pub(crate) async fn read(&self) -> Result<SecretString, SecretError> {
        let path = match self {
            Self::Text(text) => return Ok(without_line_break(text.expose_secret()).into()),
            Self::File(path) => path.clone(),
        };
        let reading = tokio::task::spawn_blocking(move || read(&path));
        let broken_off = |_| {
            Err(SecretError::unavailable(
                "reading a credential was broken off",
            ))
        };
        reading.await.unwrap_or_else(broken_off)
    }

    /// Tells whether both give the same. A file that cannot be read gives nothing.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        if let (Self::File(one), Self::File(other)) = (self, other)
            && one == other
        {
            return true;
        }
        let now = |credential: &Self| match credential {
            Self::Text(text) => Some(without_line_break(text.expose_secret()).into()),
            Self::File(path) => read(path).ok(),
        };
        let same = |(one, other): (SecretString, SecretString)| {
            one.expose_secret() == other.expose_secret()
        };
        now(self).zip(now(other)).is_some_and(same)
    }

    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Tells whether nothing was given. What a file holds is not known before it is read.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Text(text) => text.expose_secret().trim().is_empty(),
            Self::File(path) => path.as_os_str().is_empty(),
        }
    }
}

fn read(path: &Path) -> Result<SecretString, SecretError> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        SecretError::unauthenticated(format!("the credential in {shown} cannot be read"))
            .with_hint("name a file that holds the credential and nothing else, and that this process may read")
            .with_source(error)
    };
    let bytes = plain_file::read(path).map_err(unreadable)?;
    let text = str::from_utf8(&bytes)
        .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))?;
    match without_line_break(text) {
        text if text.trim().is_empty() => Err(SecretError::unauthenticated(format!(
            "the credential in {shown} is empty"
        ))
        .with_hint("check what writes the file")),
        text => Ok(text.into()),
    }
}

fn without_line_break(text: &str) -> &str {
    let cut = text.strip_suffix('\n').unwrap_or(text);
    match cut.len() == text.len() {
        true => text,
        false => cut.strip_suffix('\r').unwrap_or(cut),
    }
}

#[cfg(test)]
mod tests {
    use secret_source::ErrorKind;

    use super::*;

    #[tokio::test]
    async fn a_file_is_read_anew_each_time() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let credential = Credential::File(file.path().into());
        for text in ["first", "second"] {
            std::fs::write(file.path(), format!("{text}\n")).unwrap();
            assert_eq!(credential.read().await.unwrap().expose_secret(), text);
        }
    }

    #[tokio::test]
    async fn a_file_that_is_none_is_named_in_the_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let name = file.path().display().to_string();
        let empty = Credential::File(file.path().into())
            .read()
            .await
            .unwrap_err();
        assert!(empty.to_string().contains(&name), "{empty}");
        std::fs::write(file.path(), "x".repeat(70_000)).unwrap();
        let large = Credential::File(file.path().into())
            .read()
            .await
            .unwrap_err();
        let cause = std::error::Error::source(&large).unwrap().to_string();
        assert!(cause.contains("too large"), "{cause}");
        let path = file.path().to_owned();
        drop(file);
        let absent = Credential::File(path).read().await.unwrap_err();
        assert!(absent.to_string().contains(&name), "{absent:?}");
    }

    #[tokio::test]
    async fn one_line_break_at_the_end_is_not_part_of_it_and_all_else_is() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (held, expected) in [
            ("pass word ", "pass word "),
            ("password\n", "password"),
            ("password\r\n", "password"),
            ("password\n\n", "password\n"),
            ("password\r", "password\r"),
            (" p \n", " p "),
        ] {
            std::fs::write(file.path(), held).unwrap();
            let credentials = [
                Credential::File(file.path().into()),
                Credential::Text(held.into()),
            ];
            for credential in credentials {
                assert_eq!(credential.read().await.unwrap().expose_secret(), expected);
            }
        }
    }

    #[tokio::test]
    async fn neither_bytes_that_are_no_text_nor_a_blank_file_are_a_credential() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for held in [&b"\xff\xfe"[..], b" \n"] {
            std::fs::write(file.path(), held).unwrap();
            let error = Credential::File(file.path().into()).read().await;
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
        }
    }
}
