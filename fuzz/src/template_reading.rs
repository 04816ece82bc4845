//! Templates, read a second time: character by character, from the words of the documentation.

use secret_ref::{Part, SecretRef};

/// Returns the parts of a template in which every scheme is one; `None` where a reference in it is broken.
pub(crate) fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let dollars = rest.chars().take_while(|c| *c == '$').count();
        let after = &rest[dollars..];
        if dollars == 0 {
            literal.push(first);
            rest = &rest[first.len_utf8()..];
        } else if !opens(after) {
            literal.push_str(&rest[..dollars]);
            rest = after;
        } else if dollars % 2 == 0 {
            literal.push_str(&rest[..dollars / 2]);
            literal.push('{');
            rest = &after[1..];
        } else {
            literal.push_str(&rest[..dollars / 2]);
            let (inside, behind) = after[1..].split_once('}')?;
            if inside.contains("${") {
                return None;
            }
            let reference = SecretRef::parse(inside).ok()?;
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Reference(reference));
            rest = behind;
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Some(parts)
}

/// Tells whether a text begins with `{word://`.
fn opens(text: &str) -> bool {
    let inside = text.strip_prefix('{');
    inside
        .and_then(|inside| inside.split_once("://"))
        .is_some_and(|(word, _)| {
            !word.is_empty()
                && word
                    .chars()
                    .all(|c| c.is_alphanumeric() || "+-._".contains(c))
        })
}
