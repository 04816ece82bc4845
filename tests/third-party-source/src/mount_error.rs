//! [`MountError`]: what goes wrong in this store, in its own words.

use std::error::Error;
use std::{fmt, io};

use secret_source::{Missing, SecretAddress, SecretError};

/// Says what went wrong in the mounted folder.
///
/// It is public because whoever finds it as the `source()` of a [`SecretError`] may want to downcast it.
#[derive(Debug)]
#[non_exhaustive]
pub enum MountError {
    /// The address is not the path of a file beneath the folder.
    NotAPath,
    /// The folder that would hold the file does not exist.
    NoFolder,
    /// The file cannot be read.
    Unreadable(io::Error),
    /// The file is not UTF-8.
    NotText,
}

impl MountError {
    /// Says which kind of failure this is. Decorators branch on the kind only, so this is the most
    /// important decision of a source, and it stands in one place.
    pub(crate) fn into_secret_error(self, address: &SecretAddress) -> SecretError {
        let error = match &self {
            // Can never succeed: no retry, no fall-back.
            Self::NotAPath => {
                SecretError::invalid("the reference is not a path beneath the folder")
            }
            Self::NotText => SecretError::protocol("the mounted file is not UTF-8"),
            // "Not found" is what `optional` and `default` excuse, so it has to be true.
            Self::NoFolder => SecretError::not_found(Missing::Folder),
            Self::Unreadable(io) => match io.kind() {
                io::ErrorKind::NotFound => SecretError::not_found(Missing::Secret),
                io::ErrorKind::PermissionDenied => {
                    SecretError::denied("the mounted file may not be read")
                }
                // May pass by itself: a cache may serve its stale value.
                _ => SecretError::unavailable("the mounted file cannot be read now"),
            },
        };
        // Your own error stays, as the cause; the message above does not repeat it.
        error.with_address(address).with_source(self)
    }
}

// None of these shows what a file holds, and neither must yours.
impl fmt::Display for MountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAPath => "a part of the address is not the name of a file",
            Self::NoFolder => "there is no such folder",
            Self::Unreadable(_) => "reading the file failed",
            Self::NotText => "the file holds bytes that are not text",
        })
    }
}

impl Error for MountError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}
