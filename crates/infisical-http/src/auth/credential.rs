//! [`Credential`]: a secret that proves who the client is, given as text or found in a file.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use secret_source::SecretError;

/// The largest file that can be a credential, in bytes. What is larger is another file.
const LARGEST: u64 = 64 * 1024;

/// Holds a credential, or the place where the current one is found.
///
/// A file is read at each login, so that whatever rotates it (a kubelet, an agent) needs no restart.
#[derive(Clone)]
pub(crate) enum Credential {
    Text(SecretString),
    File(PathBuf),
}

impl Credential {
    /// Returns the credential as it is now, without surrounding white space.
    pub(crate) async fn read(&self) -> Result<SecretString, SecretError> {
        let path = match self {
            Self::Text(text) => return Ok(text.clone()),
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
    let unreadable = |error: std::io::Error| {
        SecretError::unauthenticated(format!("the credential in {shown} cannot be read"))
            .with_hint("check that the file exists and that this process may read it")
            .with_source(error)
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        let message = format!("{shown} is too large for a credential ({size} bytes)");
        return Err(SecretError::invalid(message)
            .with_hint("name the file that holds the credential and nothing else"));
    }
    let text: SecretString = std::fs::read_to_string(path).map_err(unreadable)?.into();
    match text.expose_secret().trim() {
        "" => Err(
            SecretError::unauthenticated(format!("the credential in {shown} is empty"))
                .with_hint("check what writes the file"),
        ),
        trimmed => Ok(trimmed.into()),
    }
}

#[cfg(test)]
mod tests {
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
        assert!(large.to_string().contains("too large"), "{large}");
        let path = file.path().to_owned();
        drop(file);
        let absent = Credential::File(path).read().await.unwrap_err();
        assert!(absent.hint().unwrap().contains("exists"), "{absent:?}");
    }
}
