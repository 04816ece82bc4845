//! A reference to a folder.

use std::fmt;
use std::str::FromStr;

use crate::error::Fault;
use crate::location::Location;
use crate::piece::Piece;
use crate::{FolderPath, ParseError, ParseErrorKind};

/// Refers to a folder, as a person writes it: `infisical://dev/shared/db/`.
///
/// It ends in `/` and takes no options and no pointer. `infisical://dev/` is the root folder of an environment, and
/// `infisical:///` that of the default environment.
///
/// # Examples
///
/// ```
/// use secret_ref::FolderRef;
///
/// let folder = FolderRef::parse("infisical://dev/shared/db/")?;
/// assert_eq!(folder.folder().as_str(), "/shared/db");
/// assert_eq!(folder.to_string(), "infisical://dev/shared/db/");
/// assert!(FolderRef::parse("infisical://dev/shared/db").is_err());
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FolderRef {
    location: Location,
}

impl FolderRef {
    /// Parses a folder reference with any scheme that RFC 3986 allows.
    ///
    /// # Errors
    ///
    /// When the text does not follow the grammar, names a secret, or has options or a pointer.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::read(Piece::whole(text)).map_err(|fault| fault.quoting_all_of(text))
    }

    /// Returns the scheme, in lower case.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.location.scheme
    }

    /// Returns the project, decoded; `None` means the default project.
    #[must_use]
    pub fn project(&self) -> Option<&str> {
        self.location.project.as_deref()
    }

    /// Returns the environment, decoded; `None` means the default environment.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.location.environment.as_deref()
    }

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &FolderPath {
        &self.location.folder
    }

    fn read(text: Piece<'_>) -> Result<Self, Fault> {
        let (location, tail) = Location::read(text)?;
        if !tail.key.is_empty() {
            let hint = "end it in `/` for a folder";
            return Err(tail.key.fault(ParseErrorKind::NotAFolder, hint));
        }
        if let Some(extra) = tail.query.or(tail.fragment) {
            let hint = "end it at the last `/`: a folder takes no options and no pointer";
            return Err(extra.fault(ParseErrorKind::NotAFolder, hint));
        }
        Ok(Self { location })
    }
}

/// Prints the canonical form.
impl fmt::Display for FolderRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.location)
    }
}

impl FromStr for FolderRef {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
