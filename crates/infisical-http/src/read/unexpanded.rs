//! References of Infisical's own that a value still holds.

/// Tells whether a text holds `${…}` in the characters of Infisical's references.
///
/// A server expands `${KEY}`, `${env.folder.KEY}` and `${@project.env.KEY}` and leaves what it cannot
/// expand as it is: a target that is missing, empty on old servers, in a circle, or too many hops away.
/// Text in other characters, such as a shell's `${HOME:-/root}`, is not a reference to it.
///
/// Each byte is looked at once: from an opening the scan runs to the first byte that no reference holds, and
/// the next opening lies no earlier.
pub(crate) fn holds_a_reference(text: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(inside) = after_opening(rest) {
        let length = inside.iter().position(|byte| !is_of_a_reference(*byte));
        let Some(length) = length else {
            return false;
        };
        let (reference, after) = inside.split_at(length);
        if after[0] == b'}' && reference.iter().any(|byte| *byte != b' ') {
            return true;
        }
        rest = after;
    }
    false
}

fn after_opening(text: &[u8]) -> Option<&[u8]> {
    let start = text.windows(2).position(|pair| pair == b"${")?;
    text.get(start + 2..)
}

fn is_of_a_reference(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@' | b'\\' | b' ')
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

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

    #[test]
    fn a_megabyte_of_openings_takes_no_longer_than_a_megabyte_of_anything() {
        for piece in ["${", "${KEY ", "$", "${ }"] {
            let text = piece.repeat(1024 * 1024 / piece.len());
            let start = Instant::now();
            assert!(!holds_a_reference(&text));
            // A scan that begins anew at each opening takes minutes.
            assert!(start.elapsed() < Duration::from_secs(5), "{piece}");
        }
    }
}
