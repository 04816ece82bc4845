//! The grammar of `.env` files.

use secret_source::SecretString;

use super::{DotenvError, DotenvErrorKind};

pub(super) struct Assignment {
    /// Counted from 1; where the name stands.
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) value: SecretString,
}

/// Reads all assignments in the order of their lines.
pub(super) fn parse(text: &str) -> Result<Vec<Assignment>, DotenvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser {
        rest: text,
        line: 1,
    };
    let mut assignments = Vec::new();
    while !parser.rest.is_empty() {
        assignments.extend(parser.line()?);
    }
    Ok(assignments)
}

struct Parser<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Parser<'a> {
    /// Reads one line, or several where a quoted value goes on.
    fn line(&mut self) -> Result<Option<Assignment>, DotenvError> {
        let line = self.line;
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        let text = trimmed(&self.rest[..end]);
        if text.is_empty() || text.starts_with('#') {
            self.skip_line();
            return Ok(None);
        }
        let equals = self.rest[..end]
            .find('=')
            .ok_or_else(|| DotenvError::new(DotenvErrorKind::NoAssignment, line))?;
        let name = name(&self.rest[..equals])
            .ok_or_else(|| DotenvError::new(DotenvErrorKind::BadName, line))?;
        self.rest = &self.rest[equals + 1..];
        let value = self.value()?;
        Ok(Some(Assignment {
            line,
            name: name.to_owned(),
            value,
        }))
    }

    fn value(&mut self) -> Result<SecretString, DotenvError> {
        let spaced = self.rest;
        self.rest = spaced.trim_start_matches([' ', '\t']);
        match self.rest.chars().next() {
            Some('\'') => self.single_quoted(),
            Some('"') => self.double_quoted(),
            // With a space before it, a `#` right here begins a comment.
            _ => {
                let line = spaced.split('\n').next().unwrap_or_default();
                let value = trimmed(without_comment(line));
                self.skip_line();
                Ok(value.into())
            }
        }
    }

    fn single_quoted(&mut self) -> Result<SecretString, DotenvError> {
        let line = self.line;
        let quoted = &self.rest[1..];
        let end = quoted
            .find('\'')
            .ok_or_else(|| DotenvError::new(DotenvErrorKind::OpenSingleQuote, line))?;
        let value = quoted[..end].replace("\r\n", "\n");
        self.close_after(1 + end)?;
        Ok(value.into())
    }

    fn double_quoted(&mut self) -> Result<SecretString, DotenvError> {
        let line = self.line;
        let quoted = &self.rest[1..];
        let end = closing_quote(quoted)
            .ok_or_else(|| DotenvError::new(DotenvErrorKind::OpenDoubleQuote, line))?;
        let value = unescaped(&quoted[..end]);
        self.close_after(1 + end)?;
        Ok(value.into())
    }

    /// Goes past a closing quote at `end` and the rest of its line, which may be a comment.
    fn close_after(&mut self, end: usize) -> Result<(), DotenvError> {
        self.line += self.rest[..end].matches('\n').count();
        self.rest = &self.rest[end + 1..];
        let line = self.rest.split('\n').next().unwrap_or_default();
        if !trimmed(without_comment(line)).is_empty() {
            return Err(DotenvError::new(DotenvErrorKind::TextAfterQuote, self.line));
        }
        self.skip_line();
        Ok(())
    }

    fn skip_line(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        self.line += 1;
    }
}

/// Takes the name out of what stands before the `=`.
fn name(text: &str) -> Option<&str> {
    let text = trimmed(text);
    let name = match text.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => trimmed(rest),
        _ => text,
    };
    let begins = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let goes_on = name
        .chars()
        .all(|character| character.is_ascii_alphanumeric() || "_.-".contains(character));
    (begins && goes_on).then_some(name)
}

/// Cuts off a comment, which begins with a `#` after a space or tab.
fn without_comment(line: &str) -> &str {
    let comment = line
        .char_indices()
        .zip(line.chars().skip(1))
        .find(|((_, before), character)| *character == '#' && [' ', '\t'].contains(before));
    comment.map_or(line, |((at, _), _)| &line[..at])
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r'])
}

/// Finds the first double quote that no backslash stands before.
fn closing_quote(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.bytes().position(|byte| {
        let closes = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        closes
    })
}

/// Replaces the escapes of a double-quoted value; what is none stays with its backslash.
fn unescaped(text: &str) -> String {
    // The buffer is as long as it can get, so that it never moves and leaves no copy behind.
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let follows = characters.peek().copied();
        match (character, follows) {
            ('\\', Some(escaped)) => {
                characters.next();
                match escaped {
                    'n' => value.push('\n'),
                    'r' => value.push('\r'),
                    't' => value.push('\t'),
                    '"' | '\\' | '$' | '`' => value.push(escaped),
                    '\n' => {}
                    '\r' if characters.next_if_eq(&'\n').is_some() => {}
                    _ => value.extend(['\\', escaped]),
                }
            }
            ('\r', Some('\n')) => {}
            _ => value.push(character),
        }
    }
    value
}
