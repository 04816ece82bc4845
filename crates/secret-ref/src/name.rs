//! The names in a reference, and what none of them may be.

use std::borrow::Cow;
use std::ops::Range;

use crate::ParseErrorKind::{DotName, EmptyName, ForbiddenCharacter};
use crate::error::Fault;
use crate::piece::Piece;

/// Tells which name is read, since the rules and the hints differ a little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Project,
    Environment,
    Folder,
    Key,
}

impl Name {
    /// Decodes a name and checks what came out, so that no encoding smuggles a forbidden name in.
    pub(crate) fn read(self, piece: Piece<'_>) -> Result<Cow<'_, str>, Fault> {
        let text = piece.decode()?;
        self.check(&text, piece.span())?;
        Ok(text)
    }

    /// Checks a decoded name; `span` is where it stands in the input.
    pub(crate) fn check(self, text: &str, span: Range<usize>) -> Result<(), Fault> {
        if text.is_empty() {
            return Err(Fault::new(EmptyName, span, self.empty_hint()));
        }
        if matches!(text, "." | "..") {
            return Err(Fault::new(DotName, span, self.dot_hint()));
        }
        match text.chars().find(|c| self.forbids(*c)) {
            Some(character) => Err(Fault::new(
                ForbiddenCharacter,
                span,
                self.character_hint(character),
            )),
            None => Ok(()),
        }
    }

    /// Folders may hold a colon. Keys may not, since Infisical refuses it there, nor may what stands before the first
    /// slash, where it would read as a port or a password.
    fn forbids(self, character: char) -> bool {
        character.is_control() || character == '/' || (character == ':' && self != Self::Folder)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Project => "a project",
            Self::Environment => "an environment",
            Self::Folder => "a folder",
            Self::Key => "a key",
        }
    }

    fn empty_hint(self) -> &'static str {
        match self {
            Self::Project => {
                "name the project before `@`, or leave the `@` out for the default project"
            }
            _ => "remove the extra `/`",
        }
    }

    fn dot_hint(self) -> String {
        match self {
            Self::Folder => "write the absolute path: `.` and `..` are not followed".to_owned(),
            _ => format!("`.` and `..` cannot name {}", self.word()),
        }
    }

    fn character_hint(self, character: char) -> String {
        let word = self.word();
        if character.is_control() {
            return format!("remove the control character: {word} cannot hold one");
        }
        if character == '/' && self == Self::Key {
            return "a key holds no `/`: write each folder as a segment of its own".to_owned();
        }
        format!("{word} cannot hold `{character}`, encoded or not")
    }
}
