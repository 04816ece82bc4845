//! `.env` files, read a second time: character by character, from the table in the documentation.

use std::iter::Peekable;
use std::str::Chars;

use env_fallback::DotenvErrorKind;

/// A line that sets a variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) value: String,
}

/// What is wrong, and in which line.
pub(crate) type Fault = (DotenvErrorKind, usize);

/// Returns what the lines of a text set, in their order.
pub(crate) fn lines(text: &str) -> Result<Vec<Line>, Fault> {
    let mut reader = Reader {
        characters: text
            .strip_prefix('\u{feff}')
            .unwrap_or(text)
            .chars()
            .peekable(),
        number: 1,
    };
    let mut lines = Vec::new();
    while reader.characters.peek().is_some() {
        lines.extend(reader.line()?);
    }
    Ok(lines)
}

struct Reader<'a> {
    characters: Peekable<Chars<'a>>,
    /// The line that the next character stands in.
    number: usize,
}

impl Reader<'_> {
    fn line(&mut self) -> Result<Option<Line>, Fault> {
        let number = self.number;
        let mut name = String::new();
        loop {
            match self.next() {
                Some('=') if !is_comment(&name) => break,
                None | Some('\n') if is_comment(&name) || blank_off(&name).is_empty() => {
                    return Ok(None);
                }
                None | Some('\n') => return Err((DotenvErrorKind::NoAssignment, number)),
                Some(other) => name.push(other),
            }
        }
        let name = name_of(&name).ok_or((DotenvErrorKind::BadName, number))?;
        let mut blanks = String::new();
        while let Some(blank) = self.characters.next_if(|c| [' ', '\t'].contains(c)) {
            blanks.push(blank);
        }
        let value = match self.characters.peek() {
            Some('\'') => self.single_quoted()?,
            Some('"') => self.double_quoted()?,
            _ => blank_off(&self.uncommented(blanks)).to_owned(),
        };
        Ok(Some(Line {
            number,
            name,
            value,
        }))
    }

    fn single_quoted(&mut self) -> Result<String, Fault> {
        let opened = self.number;
        self.next();
        let mut value = String::new();
        loop {
            match self
                .next()
                .ok_or((DotenvErrorKind::OpenSingleQuote, opened))?
            {
                '\'' => break,
                '\r' if self.characters.peek() == Some(&'\n') => {}
                other => value.push(other),
            }
        }
        self.end_of_line().map(|()| value)
    }

    fn double_quoted(&mut self) -> Result<String, Fault> {
        let opened = self.number;
        let open = (DotenvErrorKind::OpenDoubleQuote, opened);
        self.next();
        let mut value = String::new();
        loop {
            match self.next().ok_or(open)? {
                '"' => break,
                '\r' if self.characters.peek() == Some(&'\n') => {}
                '\\' => match self.next().ok_or(open)? {
                    'n' => value.push('\n'),
                    'r' => value.push('\r'),
                    't' => value.push('\t'),
                    itself @ ('"' | '\\' | '$' | '`') => value.push(itself),
                    '\n' => {}
                    '\r' if self.characters.peek() == Some(&'\n') => {
                        self.next();
                    }
                    other => value.extend(['\\', other]),
                },
                other => value.push(other),
            }
        }
        self.end_of_line().map(|()| value)
    }

    /// Goes past the line, in which only blanks and a comment may stand.
    fn end_of_line(&mut self) -> Result<(), Fault> {
        let number = self.number;
        let rest = self.uncommented(String::new());
        if blank_off(&rest).is_empty() {
            return Ok(());
        }
        Err((DotenvErrorKind::TextAfterQuote, number))
    }

    /// Goes past the line and returns what was begun and the rest, up to a `#` behind a space or tab.
    fn uncommented(&mut self, begun: String) -> String {
        let mut text = begun;
        let mut is_comment = false;
        while let Some(character) = self.next().filter(|c| *c != '\n') {
            is_comment |= character == '#' && text.ends_with([' ', '\t']);
            if !is_comment {
                text.push(character);
            }
        }
        text
    }

    fn next(&mut self) -> Option<char> {
        let character = self.characters.next();
        self.number += usize::from(character == Some('\n'));
        character
    }
}

fn is_comment(line: &str) -> bool {
    blank_off(line).starts_with('#')
}

fn blank_off(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r'])
}

fn name_of(text: &str) -> Option<String> {
    let mut name = blank_off(text);
    if let Some(rest) = name
        .strip_prefix("export ")
        .or(name.strip_prefix("export\t"))
    {
        name = blank_off(rest);
    }
    let mut characters = name.chars();
    let first = characters.next()?;
    let is_name = (first == '_' || first.is_ascii_alphabetic())
        && characters.all(|c| matches!(c, '_' | '.' | '-') || c.is_ascii_alphanumeric());
    is_name.then(|| name.to_owned())
}
