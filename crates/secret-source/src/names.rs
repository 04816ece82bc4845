//! [`LogNames`]: how much of a secret's name the log shows.

use std::fmt;

use crate::{FolderAddress, SecretAddress};

/// Says how much of a secret's name the log shows. Values are never shown, whatever is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogNames {
    /// The canonical reference.
    #[default]
    Full,
    /// A hash that is the same in every process of one build, so that lines can be compared without
    /// the names.
    ///
    /// It hides names from a reader of the log, not from someone who tries all names.
    Hashed,
    /// Nothing but the fact that there is a name.
    None,
}

impl LogNames {
    /// Prints an address as this setting allows.
    pub fn address(self, address: &SecretAddress) -> impl fmt::Display + '_ {
        Shown {
            names: self,
            full: address,
            hash: address.hash64(),
        }
    }

    /// Prints a folder as this setting allows.
    pub fn folder(self, folder: &FolderAddress) -> impl fmt::Display + '_ {
        // The folder's hash is the hash of an address in it that no secret can have.
        Shown {
            names: self,
            full: folder,
            hash: folder.secret("").hash64(),
        }
    }
}

struct Shown<'a, T> {
    names: LogNames,
    full: &'a T,
    hash: u64,
}

impl<T: fmt::Display> fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.names {
            LogNames::Full => self.full.fmt(f),
            LogNames::Hashed => write!(f, "#{:016x}", self.hash),
            LogNames::None => f.write_str("(name not logged)"),
        }
    }
}
