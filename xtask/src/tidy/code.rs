//! Rust text with everything blanked that is not code, so that a word found in it is really used.
//!
//! No parser: a rule must also read a file that does not compile yet, and `syn` would cost more to build
//! than all of `xtask`. What this misses is noted at each rule.

/// Code in which comments and the insides of literals are spaces. Lines keep their numbers.
#[derive(Clone, Debug)]
pub(crate) struct Code(String);

impl Code {
    pub(crate) fn of(text: &str) -> Self {
        let mut code = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let piece = Piece::at(rest, first);
            let (taken, remaining) = rest.split_at(piece.length);
            match piece.kind {
                Kind::Code => code.push_str(taken),
                Kind::Comment => code.push_str(&blank(taken)),
                Kind::Literal => code.push_str(&blank_inside(taken)),
            }
            rest = remaining;
        }
        Self(code)
    }

    /// Blanks every item under `#[cfg(test)]`.
    pub(crate) fn without_tests(&self) -> Self {
        const MARK: &str = "#[cfg(test)]";
        let mut code = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some(start) = rest.find(MARK) {
            code.push_str(&rest[..start]);
            let item = item_length(&rest[start..]);
            code.push_str(&blank(&rest[start..start + item]));
            rest = &rest[start + item..];
        }
        code.push_str(rest);
        Self(code)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the line of a byte, counted from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.0[..offset].matches('\n').count() + 1
    }

    /// Returns where the identifier `name` stands, alone and not as a part of a longer one.
    pub(crate) fn words<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let whole = |offset: &usize| {
            let before = self.0[..*offset].chars().next_back();
            let after = self.0[offset + name.len()..].chars().next();
            !before.is_some_and(is_identifier) && !after.is_some_and(is_identifier)
        };
        self.0
            .match_indices(name)
            .map(|(offset, _)| offset)
            .filter(whole)
    }

    /// Returns where `module::item` is named, as a path or inside the braces of a `use module::{…}`.
    pub(crate) fn paths<'a>(
        &'a self,
        module: &'a str,
        item: &'a str,
    ) -> impl Iterator<Item = usize> + 'a {
        self.words(module).filter(move |offset| {
            let Some(path) = self.0[offset + module.len()..].strip_prefix("::") else {
                return false;
            };
            let group = path
                .strip_prefix('{')
                .map(|group| &group[..group.find(';').unwrap_or(group.len())]);
            match group {
                Some(group) => Self(group.to_owned()).words(item).next().is_some(),
                None => path.starts_with(item) && !path[item.len()..].starts_with(is_identifier),
            }
        })
    }

    /// Returns each attribute with its place: `#[…]` or `#![…]`, brackets balanced.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (usize, &str)> {
        self.0.match_indices('#').filter_map(|(start, _)| {
            let length = attribute_length(&self.0[start..])?;
            Some((start, &self.0[start..start + length]))
        })
    }
}

pub(crate) fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

#[derive(Debug)]
struct Piece {
    kind: Kind,
    length: usize,
}

impl Piece {
    /// Reads the piece at the beginning of `rest`, whose first character is `first`.
    fn at(rest: &str, first: char) -> Self {
        let (kind, length) = match first {
            '/' if rest.starts_with("//") => (Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (Kind::Comment, block_comment(rest)),
            '"' => (Kind::Literal, quoted(rest, '"')),
            '\'' if is_character(rest) => (Kind::Literal, quoted(rest, '\'')),
            'r' | 'b' | 'c' if raw_string(rest).is_some() => {
                (Kind::Literal, raw_string(rest).unwrap_or(1))
            }
            // Whole identifiers, so that the `r` in `for"` or `r#type` begins no raw string.
            c if is_identifier(c) => (
                Kind::Code,
                rest.find(|c| !is_identifier(c)).unwrap_or(rest.len()),
            ),
            c => (Kind::Code, c.len_utf8()),
        };
        Self { kind, length }
    }
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Returns the length of a literal that begins with `quote` and ends with the next one not escaped.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// Tells a character from a lifetime.
fn is_character(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    match characters.next() {
        Some('\\') => true,
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}

/// Returns the length of `r"…"`, `r#"…"#` and the like with a `b` or `c` before them.
fn raw_string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r"]
        .into_iter()
        .find(|prefix| rest.starts_with(prefix))?;
    let hashes = rest[prefix.len()..]
        .chars()
        .take_while(|c| *c == '#')
        .count();
    let begin = prefix.len() + hashes;
    let inside = rest[begin..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(
        inside
            .find(&end)
            .map_or(rest.len(), |at| begin + 1 + at + end.len()),
    )
}

fn blank(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' { c } else { ' ' })
        .collect()
}

/// Blanks a literal but for its two quotes: whether one is empty still shows.
fn blank_inside(literal: &str) -> String {
    let is_quote = |c| matches!(c, '"' | '\'');
    let (Some(begin), Some(end)) = (literal.find(is_quote), literal.rfind(is_quote)) else {
        return blank(literal);
    };
    let keeps = |at| at == begin || at == end;
    literal
        .char_indices()
        .map(|(at, c)| if c == '\n' || keeps(at) { c } else { ' ' })
        .collect()
}

fn attribute_length(rest: &str) -> Option<usize> {
    let inside = rest
        .strip_prefix("#[")
        .or_else(|| rest.strip_prefix("#!["))?;
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(rest.len() - inside.len() + at + 1);
        }
    }
    None
}

/// Returns the length of the item at the beginning of `rest`, its attributes included: up to its `;` or
/// the brace that closes it.
fn item_length(rest: &str) -> usize {
    let mut begin = 0;
    loop {
        let trimmed = rest[begin..].trim_start();
        begin = rest.len() - trimmed.len();
        match attribute_length(trimmed) {
            Some(length) => begin += length,
            None => break,
        }
    }
    let mut depth = 0_usize;
    for (at, c) in rest[begin..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(c, ';' | '}') {
            return begin + at + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Code::of(text).0
    }

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* b /* c */ \n d */ e"), "a              \n      e");
        assert_eq!(code(r#"f("x // y", z)"#), r#"f("      ", z)"#);
        assert_eq!(code(r#"f("\"x", z)"#), r#"f("   ", z)"#);
        assert_eq!(code("r#\"a \" b\"# + c"), "  \"     \"  + c");
    }

    #[test]
    fn lifetimes_are_code_and_characters_are_not() {
        assert_eq!(code("fn f<'a>(x: &'a str)"), "fn f<'a>(x: &'a str)");
        assert_eq!(code("match c { '\"' => x }"), "match c { ' ' => x }");
        assert_eq!(code(r"['\'', 'x', b'y']"), "['  ', ' ', b' ']");
    }

    #[test]
    fn a_quote_in_a_character_begins_no_string() {
        assert!(code("let quote = '\"'; thread_local!").contains("thread_local!"));
    }

    #[test]
    fn items_under_cfg_test_are_cut_and_code_after_them_is_kept() {
        let text = "before\n#[cfg(test)]\n#[expect(x)]\nmod tests { fn a() { b() } }\n#[cfg(test)] use x;\nafter";
        let production = Code::of(text).without_tests().0;
        assert_eq!(
            production.split_whitespace().collect::<Vec<_>>(),
            ["before", "after"]
        );
        assert_eq!(production.lines().count(), 6);
    }

    #[test]
    fn a_function_under_cfg_test_ends_at_its_own_brace() {
        let text = "#[cfg(test)]\nfn f(x: [u8; 3]) { g(); }\nkept();";
        assert_eq!(Code::of(text).without_tests().0.trim(), "kept();");
    }

    #[test]
    fn words_are_whole_identifiers() {
        let code = Code::of("print println print_x my_print print!");
        assert_eq!(code.words("print").count(), 2);
    }

    #[test]
    fn paths_are_found_written_out_and_in_groups() {
        let found = |text| Code::of(text).paths("env", "var").count();
        assert_eq!(found("std::env::var(x)"), 1);
        assert_eq!(found("use std::env::{args, var};"), 1);
        assert_eq!(found("env::vars()"), 0);
        assert_eq!(found("env::{args}; var"), 0);
        assert_eq!(found("my_env::var()"), 0);
    }

    #[test]
    fn attributes_end_at_their_own_bracket() {
        let code = Code::of("#![a(b[0])] x #[c] y");
        assert_eq!(
            code.attributes().map(|(_, text)| text).collect::<Vec<_>>(),
            ["#![a(b[0])]", "#[c]"]
        );
    }
}
