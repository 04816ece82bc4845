//! A reference to one secret.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use crate::error::Fault;
use crate::location::Location;
use crate::name::Name;
use crate::options::Options;
use crate::percent::Encoded;
use crate::piece::Piece;
use crate::{Encoding, FolderPath, JsonPointer, ParseError, ParseErrorKind, SecretType};

/// Refers to one secret and says how its value is to be used.
///
/// All parts are decoded and checked. Two references are equal when they mean the same, however they were written;
/// `Display` prints the one canonical form, and parsing that gives an equal reference.
///
/// # Examples
///
/// ```
/// use secret_ref::{Encoding, SecretRef};
///
/// let reference = SecretRef::parse("infisical://billing@prod/db/LOGIN?encode=percent&optional#/user/name")?;
/// assert_eq!(reference.project(), Some("billing"));
/// assert_eq!(reference.encoding(), Encoding::Percent);
/// assert!(reference.is_optional());
/// assert!(reference.pointer().is_some_and(|pointer| pointer.tokens().eq(["user", "name"])));
/// assert_eq!(
///     reference.to_string(),
///     "infisical://billing@prod/db/LOGIN?optional&encode=percent#/user/name",
/// );
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretRef {
    location: Location,
    key: String,
    options: Options,
    pointer: Option<JsonPointer>,
}

impl SecretRef {
    /// Parses a reference with any scheme that RFC 3986 allows. Which schemes are registered is the business of
    /// [`Schemes`](crate::Schemes).
    ///
    /// # Errors
    ///
    /// When the text does not follow the grammar, or names a folder.
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

    /// Returns the folder that holds the secret.
    #[must_use]
    pub fn folder(&self) -> &FolderPath {
        &self.location.folder
    }

    /// Returns the secret's own name, decoded.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the version asked for; `None` means the newest.
    #[must_use]
    pub fn version(&self) -> Option<NonZeroU64> {
        self.options.version
    }

    /// Returns which of the two secrets of one name is meant.
    #[must_use]
    pub fn secret_type(&self) -> SecretType {
        self.options.secret_type
    }

    /// Tells whether a missing secret, folder or field is no error. A default implies it.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.options.optional || self.options.default.is_some()
    }

    /// Returns the text that stands in for a missing secret, folder or field.
    #[must_use]
    pub fn default_text(&self) -> Option<&str> {
        self.options.default.as_deref()
    }

    /// Returns how the value is to be written; this applies to the default too.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.options.encoding
    }

    /// Tells whether the value may hold an unexpanded `${…}` of the server's own.
    #[must_use]
    pub fn allows_unresolved(&self) -> bool {
        self.options.allows_unresolved
    }

    /// Returns which field of a JSON document is meant; `None` means the whole value.
    #[must_use]
    pub fn pointer(&self) -> Option<&JsonPointer> {
        self.pointer.as_ref()
    }

    pub(crate) fn read(text: Piece<'_>) -> Result<Self, Fault> {
        let (location, tail) = Location::read(text)?;
        if tail.key.is_empty() {
            let hint = "name a secret after the last `/`: a folder has no value";
            return Err(text.fault(ParseErrorKind::FolderReference, hint));
        }
        Ok(Self {
            location,
            key: Name::Key.read(tail.key)?.into_owned(),
            options: tail
                .query
                .map(Options::read)
                .transpose()?
                .unwrap_or_default(),
            pointer: tail.fragment.map(JsonPointer::read_fragment).transpose()?,
        })
    }
}

/// Prints the canonical form.
impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}{}",
            self.location,
            Encoded::segment(&self.key),
            self.options
        )?;
        match &self.pointer {
            Some(pointer) => write!(f, "#{}", Encoded::fragment(&pointer.to_string())),
            None => Ok(()),
        }
    }
}

impl FromStr for SecretRef {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}
