//! What a server makes of the ends of a value.

/// Tells whether a value comes back as it was sent.
pub(crate) fn survives(value: &str) -> bool {
    is_stored_form(value, value)
}

/// Tells whether `stored` is what a server keeps of `sent`.
///
/// Every server trims values as JavaScript does, and puts one final newline back where there was any.
/// Recorded with a server of October 2024; current ones have the same rule in their source.
pub(crate) fn is_stored_form(sent: &str, stored: &str) -> bool {
    let trimmed = sent.trim_matches(is_white_space);
    if sent.ends_with('\n') {
        stored.strip_suffix('\n') == Some(trimmed)
    } else {
        stored == trimmed
    }
}

/// Tells what `String.prototype.trim` removes, which is not quite what Rust takes for white space: the byte
/// order mark is part of it, NEXT LINE is not.
pub(crate) fn is_white_space(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_kept_as_recorded() {
        for (sent, stored) in [
            ("  a  ", "a"),
            ("x\n\n\n", "x\n"),
            ("a\r\nb\r\n", "a\r\nb\n"),
            ("\ta\t", "a"),
            ("x \n", "x\n"),
            ("\n", "\n"),
            (" ", ""),
            ("\u{feff}x", "x"),
        ] {
            assert!(is_stored_form(sent, stored), "{sent:?}");
            assert_eq!(survives(sent), sent == stored, "{sent:?}");
            assert!(survives(stored), "{stored:?}");
        }
    }

    #[test]
    fn inner_white_space_and_a_final_newline_survive() {
        for value in [
            "",
            "a b",
            "-----BEGIN-----\nx\n-----END-----\n",
            "a\u{a0}b",
            "\u{85}x",
        ] {
            assert!(survives(value), "{value:?}");
        }
    }
}
