//! Errors: what is wrong with a text, where, and what to write instead.

use std::fmt;
use std::ops::Range;

/// Says what is wrong with a text that should be a reference, a template, a folder or a scheme.
///
/// References are not secret, so the message quotes the reference; it never quotes the text around a reference in a
/// template, which may hold a password that somebody wrote down. [`input`](Self::input) is that whole text, of which
/// callers that want to underline the [`span`](Self::span) show what is [`quoted`](Self::quoted).
///
/// # Examples
///
/// ```
/// use secret_ref::{ParseErrorKind, SecretRef};
///
/// let error = SecretRef::parse("infisical://dev/MY KEY").unwrap_err();
/// assert_eq!(error.kind(), ParseErrorKind::InvalidCharacter);
/// assert_eq!(error.span(), 18..19);
/// assert_eq!(error.hint(), "write `%20` for a space");
/// assert_eq!(error.to_string(), "character not allowed here: ` ` in `infisical://dev/MY KEY`");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError {
    kind: ParseErrorKind,
    input: String,
    span: Range<usize>,
    quoted: Range<usize>,
    hint: String,
}

impl ParseError {
    /// Tells what sort of mistake it is, for code that branches.
    #[must_use]
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// Points at the mistake: a range of bytes of [`input`](Self::input), on character boundaries, possibly empty.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns the whole text that was parsed. For a template this includes the text around its references.
    #[must_use]
    pub fn input(&self) -> &str {
        &self.input
    }

    /// Returns the bytes of [`input`](Self::input) that may be shown: the reference, as far as it goes. The text around
    /// it in a template is left out, and so is what follows a colon before the first slash, where URLs have a password.
    #[must_use]
    pub fn quoted(&self) -> Range<usize> {
        self.quoted.clone()
    }

    /// Says what to write instead. Never empty.
    #[must_use]
    pub fn hint(&self) -> &str {
        &self.hint
    }

    fn text(&self, range: &Range<usize>) -> Escaped<'_> {
        Escaped(self.input.get(range.clone()).unwrap_or_default())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        if !self.span.is_empty() && self.span != self.quoted {
            write!(f, ": `{}`", self.text(&self.span))?;
        }
        write!(f, " in `{}`", self.text(&self.quoted))
    }
}

/// Shows what `Display` shows and no more of the input.
impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("kind", &self.kind)
            .field("span", &self.span)
            .field("reference", &format_args!("`{}`", self.text(&self.quoted)))
            .field("hint", &self.hint)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ParseError {}

/// Names the sorts of mistakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// There is no `scheme://` at all.
    MissingScheme,
    /// What stands before `://` is not a scheme as RFC 3986 has it.
    InvalidScheme,
    /// The scheme inside a template is not registered, but differs from a registered one by a letter or two.
    NearScheme,
    /// The part before the first `/` has a `:`, or more than one `@`.
    InvalidAuthority,
    /// The reference stops before it names a key: `infisical://dev`.
    MissingKey,
    /// A folder stands where a secret must be named.
    FolderReference,
    /// A secret, an option or a pointer stands where a folder must be named.
    NotAFolder,
    /// A folder path does not begin with `/`.
    RelativeFolder,
    /// A name is empty: a project before `@`, or a segment between two slashes.
    EmptyName,
    /// A name is `.` or `..`, written plainly or encoded.
    DotName,
    /// A decoded name holds a character that no name may have: a control character, `/` or, in most, `:`.
    ForbiddenCharacter,
    /// A character stands as it is that must be percent-encoded.
    InvalidCharacter,
    /// A `%` is not followed by two hexadecimal digits, or the decoded bytes are not UTF-8.
    InvalidEncoding,
    /// An option is not one of those that exist.
    UnknownOption,
    /// An option is given twice.
    RepeatedOption,
    /// An option has a value that it cannot have, lacks one, or has one and takes none.
    InvalidOption,
    /// What follows `#` is not a JSON Pointer as RFC 6901 has it.
    InvalidPointer,
    /// A `${scheme://` in a template has no `}`.
    UnclosedReference,
    /// A reference in a template holds another one.
    NestedReference,
}

impl ParseErrorKind {
    /// Returns the stable name of the mistake, under which the book explains it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::MissingScheme => "missing-scheme",
            Self::InvalidScheme => "invalid-scheme",
            Self::NearScheme => "near-scheme",
            Self::InvalidAuthority => "invalid-authority",
            Self::MissingKey => "missing-key",
            Self::FolderReference => "folder-reference",
            Self::NotAFolder => "not-a-folder",
            Self::RelativeFolder => "relative-folder",
            Self::EmptyName => "empty-name",
            Self::DotName => "dot-name",
            Self::ForbiddenCharacter => "forbidden-character",
            Self::InvalidCharacter => "invalid-character",
            Self::InvalidEncoding => "invalid-encoding",
            Self::UnknownOption => "unknown-option",
            Self::RepeatedOption => "repeated-option",
            Self::InvalidOption => "invalid-option",
            Self::InvalidPointer => "invalid-pointer",
            Self::UnclosedReference => "unclosed-reference",
            Self::NestedReference => "nested-reference",
        }
    }
}

impl fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingScheme => "no scheme",
            Self::InvalidScheme => "not a valid scheme",
            Self::NearScheme => "probably misspelt scheme",
            Self::InvalidAuthority => "not allowed before the first slash",
            Self::MissingKey => "no key",
            Self::FolderReference => "a folder where a secret is expected",
            Self::NotAFolder => "not a folder",
            Self::RelativeFolder => "folder that does not begin with a slash",
            Self::EmptyName => "empty name",
            Self::DotName => "`.` or `..` as a name",
            Self::ForbiddenCharacter => "character not allowed in this name",
            Self::InvalidCharacter => "character not allowed here",
            Self::InvalidEncoding => "broken percent-encoding",
            Self::UnknownOption => "unknown option",
            Self::RepeatedOption => "option given twice",
            Self::InvalidOption => "option used wrongly",
            Self::InvalidPointer => "not a JSON Pointer",
            Self::UnclosedReference => "reference without its closing brace",
            Self::NestedReference => "reference inside a reference",
        })
    }
}

/// Holds a mistake found by the parser, before the text it was found in is copied into a [`ParseError`].
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ParseErrorKind,
    pub(crate) span: Range<usize>,
    pub(crate) hint: String,
}

impl Fault {
    pub(crate) fn new(kind: ParseErrorKind, span: Range<usize>, hint: impl Into<String>) -> Self {
        Self {
            kind,
            span,
            hint: hint.into(),
        }
    }

    /// Makes the public error, whose message may quote all of `input`.
    pub(crate) fn quoting_all_of(self, input: &str) -> ParseError {
        self.quoting(input, 0..input.len())
    }

    /// Makes the public error, whose message may quote only `quoted` of `input`.
    pub(crate) fn quoting(self, input: &str, mut quoted: Range<usize>) -> ParseError {
        let is_of_url = self.kind == ParseErrorKind::InvalidAuthority;
        if is_of_url && input.get(self.span.clone()) == Some(":") {
            quoted.end = self.span.end;
        }
        ParseError {
            kind: self.kind,
            input: input.to_owned(),
            span: self.span,
            quoted,
            hint: self.hint,
        }
    }
}

/// Prints quoted text with its control characters escaped, so that no input breaks a line of a log or moves a cursor.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() {
                write!(f, "{}", c.escape_default())
            } else {
                write!(f, "{c}")
            }
        })
    }
}
