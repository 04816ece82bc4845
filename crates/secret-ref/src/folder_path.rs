//! The path of a folder.

use std::fmt;
use std::str::FromStr;

use crate::error::{Escaped, Fault};
use crate::name::Name;
use crate::piece::Piece;
use crate::{ParseError, ParseErrorKind};

/// Names a folder within an environment: `/`, `/shared/db`.
///
/// Invariants: it begins with `/`, does not end in one unless it is the root, and no segment is empty, is `.` or `..`,
/// or holds a control character or a `/`. So two paths are the same folder exactly when they are equal. The text is
/// decoded: a space is a space here.
///
/// # Examples
///
/// ```
/// use secret_ref::FolderPath;
///
/// let folder = FolderPath::parse("/shared/db/")?;
/// assert_eq!(folder.as_str(), "/shared/db");
/// assert!(folder.starts_with(&FolderPath::parse("/shared")?));
/// assert!(!folder.starts_with(&FolderPath::parse("/sha")?));
/// assert_eq!(FolderPath::root().join("shared/db")?, folder);
/// # Ok::<(), secret_ref::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderPath(Box<str>);

impl FolderPath {
    /// Names the root folder, `/`.
    #[must_use]
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Parses an absolute path as it is written outside references: plain text, nothing encoded. One `/` at the end is
    /// removed.
    ///
    /// # Errors
    ///
    /// When the path does not begin with `/`, or a segment breaks the rules above.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Self::read_plain(text).map_err(|fault| fault.quoting_all_of(text))
    }

    /// Returns the path: `/`, or `/shared/db` without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether this is the root folder.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.as_str() == "/"
    }

    /// Goes through the segments from the root down; the root itself has none.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.as_str()
            .split('/')
            .filter(|segment| !segment.is_empty())
    }

    /// Tells whether this folder is `ancestor` or lies somewhere below it, comparing whole segments.
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        ancestor.is_root()
            || self
                .as_str()
                .strip_prefix(ancestor.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Names a folder below this one; `relative` is one segment or several with `/` between them.
    ///
    /// # Errors
    ///
    /// When a segment of `relative` breaks the rules above. The error's input is the joined path.
    pub fn join(&self, relative: &str) -> Result<Self, ParseError> {
        let base = self.as_str().trim_end_matches('/');
        Self::parse(&format!("{base}/{relative}"))
    }

    /// Reads the segments of a folder inside a reference, without the slashes around them.
    pub(crate) fn read(folder: Piece<'_>) -> Result<Self, Fault> {
        let mut path = String::with_capacity(folder.text().len() + 1);
        for segment in folder.split('/') {
            path.push('/');
            path.push_str(&Name::Folder.read(segment)?);
        }
        Ok(Self(path.into()))
    }

    fn read_plain(text: &str) -> Result<Self, Fault> {
        let Some(relative) = text.strip_prefix('/') else {
            let hint = if text.is_empty() {
                "write `/` for the root folder".to_owned()
            } else {
                format!("begin with a slash: `/{}`", Escaped(text))
            };
            return Err(Fault::new(
                ParseErrorKind::RelativeFolder,
                0..text.len(),
                hint,
            ));
        };
        if relative.is_empty() {
            return Ok(Self::root());
        }
        let path = text.strip_suffix('/').unwrap_or(text);
        for segment in Piece::of(path, 1..path.len()).split('/') {
            Name::Folder.check(segment.text(), segment.span())?;
        }
        Ok(Self(path.into()))
    }
}

/// The root folder.
impl Default for FolderPath {
    fn default() -> Self {
        Self::root()
    }
}

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for FolderPath {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::FolderPath;
    use crate::ParseErrorKind;

    fn path(text: &str) -> FolderPath {
        FolderPath::parse(text).unwrap()
    }

    #[test]
    fn one_slash_at_the_end_is_removed_and_a_second_is_an_empty_segment() {
        assert_eq!(path("/"), FolderPath::root());
        assert_eq!(path("/a/b/").as_str(), "/a/b");
        for text in ["//", "/a//", "/a//b"] {
            let error = FolderPath::parse(text).unwrap_err();
            assert_eq!(error.kind(), ParseErrorKind::EmptyName, "{text}");
        }
    }

    #[test]
    fn plain_text_is_not_decoded() {
        assert_eq!(path("/a b/%2e%2e").as_str(), "/a b/%2e%2e");
    }

    #[test]
    fn a_relative_path_is_refused_with_the_absolute_one() {
        let error = FolderPath::parse("shared/db").unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::RelativeFolder);
        assert_eq!(error.hint(), "begin with a slash: `/shared/db`");
        assert!(FolderPath::parse("").is_err());
    }

    #[test]
    fn dot_segments_and_control_characters_are_refused_where_they_stand() {
        let error = FolderPath::parse("/a/../b").unwrap_err();
        assert_eq!(
            (error.kind(), error.span()),
            (ParseErrorKind::DotName, 3..5)
        );
        assert!(FolderPath::parse("/a/\u{1b}").is_err());
        assert!(path("/a").join("..").is_err());
        assert!(path("/a").join("/b").is_err());
    }

    #[test]
    fn ancestors_are_compared_by_whole_segments() {
        assert!(path("/a/b").starts_with(&FolderPath::root()));
        assert!(path("/a/b").starts_with(&path("/a")));
        assert!(path("/a").starts_with(&path("/a")));
        assert!(!path("/ab").starts_with(&path("/a")));
        assert!(!path("/a").starts_with(&path("/a/b")));
    }

    #[test]
    fn segments_are_those_between_the_slashes() {
        assert_eq!(path("/a/b").segments().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(FolderPath::root().segments().count(), 0);
    }
}
