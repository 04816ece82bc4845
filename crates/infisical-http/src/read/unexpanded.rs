//! References of Infisical's own that a value still holds.

/// Tells whether a text holds `${…}` in the characters of Infisical's references.
///
/// A server expands `${KEY}`, `${env.folder.KEY}` and `${@project.env.KEY}` and leaves what it cannot
/// expand as it is: a target that is missing, empty on old servers, in a circle, or too many hops away.
/// Text in other characters, such as a shell's `${HOME:-/root}`, is not a reference to it.
pub(crate) fn holds_a_reference(text: &str) -> bool {
    text.match_indices("${").any(|(start, opening)| {
        let rest = &text[start + opening.len()..];
        rest.find('}').is_some_and(|end| is_reference(&rest[..end]))
    })
}

fn is_reference(inside: &str) -> bool {
    !inside.trim_matches(' ').is_empty()
        && inside.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@' | b'\\' | b' ')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_recognised_in_infisicals_own_characters() {
        for text in [
            "${KEY}",
            "a ${dev.shared.db.HOST} b",
            "${ KEY }",
            "${@other-project.dev.KEY}",
            r"${dev.with\.dot.KEY}",
            "${dev.a.${dev.a.B}.KEY}",
            "${ ${KEY}",
            "12${CHAIN3}",
        ] {
            assert!(holds_a_reference(text), "{text}");
        }
    }

    #[test]
    fn other_text_with_dollars_and_braces_is_left_alone() {
        for text in [
            "",
            "$KEY",
            "{KEY}",
            "${}",
            "${  }",
            "${KEY",
            "${HOME:-/root}",
            "${a,b}",
            "$2b$10${",
            "${ü}",
        ] {
            assert!(!holds_a_reference(text), "{text}");
        }
    }
}
