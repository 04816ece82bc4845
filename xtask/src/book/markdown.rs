//! As much Markdown as the checks need: fences and links.

/// A fenced block of code.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Fence<'a> {
    /// Counted from 1.
    pub(super) line: usize,
    /// What follows the backticks: `rust,no_run`.
    pub(super) info: &'a str,
}

impl Fence<'_> {
    /// Tells whether rustdoc takes the block for Rust: named so, or not named at all.
    pub(super) fn is_rust(&self) -> bool {
        const ATTRIBUTES: &[&str] = &["rust", "ignore", "no_run", "should_panic", "compile_fail"];
        self.words()
            .all(|word| ATTRIBUTES.contains(&word) || word.starts_with("edition"))
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.info.split([',', ' ']).filter(|word| !word.is_empty())
    }
}

/// A link or an include, and where it stands.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Link<'a> {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) target: &'a str,
}

pub(super) fn fences(text: &str) -> Vec<Fence<'_>> {
    lines(text)
        .filter_map(|(line, place)| {
            if let Place::Opens(info) = place {
                Some(Fence { line, info })
            } else {
                None
            }
        })
        .collect()
}

/// Returns the targets of `[text](target)` and `[name]: target`, outside code.
pub(super) fn links(text: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    for (line, place) in lines(text) {
        let Place::Prose(prose) = place else { continue };
        let mut rest = prose;
        while let Some((before, after)) = rest.split_once("](") {
            // An odd number of backticks before it: the link is inside inline code.
            let inside_code = prose[..prose.len() - rest.len() + before.len()]
                .matches('`')
                .count()
                % 2
                == 1
                && after.contains('`');
            let target = after.split([')', ' ']).next().unwrap_or_default();
            if !inside_code {
                links.push(Link { line, target });
            }
            rest = after;
        }
        if let Some((_, target)) = prose
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "))
        {
            links.push(Link {
                line,
                target: target.split(' ').next().unwrap_or_default(),
            });
        }
    }
    links
}

/// Returns the files of `{{#include file}}`, wherever they stand.
pub(super) fn includes(text: &str) -> Vec<Link<'_>> {
    let mut includes = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let file = line
            .split_once("{{#include ")
            .and_then(|(_, rest)| rest.split([':', '}']).next());
        includes.extend(file.map(|file| Link {
            line: index + 1,
            target: file.trim(),
        }));
    }
    includes
}

enum Place<'a> {
    Prose(&'a str),
    Opens(&'a str),
    Inside,
}

fn lines(text: &str) -> impl Iterator<Item = (usize, Place<'_>)> {
    let mut open = None;
    text.lines().enumerate().map(move |(index, line)| {
        let trimmed = line.trim_start();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        let place = match open {
            Some(length) => {
                if ticks >= length && trimmed[ticks..].trim().is_empty() {
                    open = None;
                }
                Place::Inside
            }
            None if ticks >= 3 => {
                open = Some(ticks);
                Place::Opens(trimmed[ticks..].trim())
            }
            None => Place::Prose(line),
        };
        (index + 1, place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# A\nsee [b](b.md#x) and [c](c.md \"title\")\n```rust,no_run\n[d](d.md)\n```\n\n[e]: e.md\n```toml\n```\n```\n```\n";

    fn targets<'a>(links: &[Link<'a>]) -> Vec<&'a str> {
        links.iter().map(|link| link.target).collect()
    }

    #[test]
    fn links_are_found_in_prose_only() {
        assert_eq!(targets(&links(TEXT)), ["b.md#x", "c.md", "e.md"]);
        assert_eq!(targets(&links("write `[x](y)` or [`z`](z.md)")), ["z.md"]);
    }

    #[test]
    fn fences_have_their_line_and_language() {
        let fences = fences(TEXT);
        assert_eq!(
            fences[0],
            Fence {
                line: 3,
                info: "rust,no_run"
            }
        );
        assert_eq!(
            fences.iter().map(Fence::is_rust).collect::<Vec<_>>(),
            [true, false, true]
        );
    }

    #[test]
    fn a_longer_fence_holds_a_shorter_one() {
        assert_eq!(fences("````text\n```rust\n```\n````\n").len(), 1);
    }

    #[test]
    fn includes_are_found_with_and_without_a_range() {
        assert_eq!(
            targets(&includes(
                "{{#include ../settings.md}}\n{{#include a.rs:3:9}}"
            )),
            ["../settings.md", "a.rs"]
        );
    }
}
