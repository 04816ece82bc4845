//! Slips: a registered scheme with something wrong around it.

/// Finds what was probably meant as a reference but lacks its exact beginning, such as `infisical:/dev/KEY`, a space
/// before the scheme, or `{infisical://…}` without the dollar.
///
/// Returns the words as they were written and the scheme.
pub(crate) fn find(text: &str, is_registered: impl Fn(&str) -> bool) -> Option<(&str, &str)> {
    let places = text.match_indices('{').map(|(brace, _)| brace);
    std::iter::once(None)
        .chain(places.map(Some))
        .find_map(|brace| {
            let start = brace.map_or(0, |brace| brace + 1);
            let rest = text.get(start..)?;
            let written = rest.trim_start();
            let end = written.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))?;
            let (word, after) = written.split_at(end);
            // At the very start, the right beginning is no slip.
            let is_displaced = after.starts_with("://") && start + rest.len() > written.len();
            if !is_registered(word) || !(is_displaced || is_broken(after)) {
                return None;
            }
            let marks = after.len() - after.trim_start_matches([':', ';', '/']).len();
            let from = brace.unwrap_or(0);
            Some((text.get(from..text.len() - after.len() + marks)?, word))
        })
}

/// Tells whether a separator is meant as `://` and is not: `:/`, `//`, `;//`, or `:` before a path.
fn is_broken(after: &str) -> bool {
    if after.starts_with("://") {
        return false;
    }
    let is_path = after.strip_prefix(':').is_some_and(|rest| {
        // No reference goes on beyond a brace; each brace is looked at for itself.
        let path = rest.split('{').next().unwrap_or_default();
        path.starts_with(char::is_alphanumeric) && path.contains('/')
    });
    is_path
        || [":/", "//", ";/"]
            .iter()
            .any(|start| after.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::find;

    fn slip(text: &str) -> Option<&str> {
        find(text, |word| word.eq_ignore_ascii_case("infisical")).map(|(written, _)| written)
    }

    #[test]
    fn each_slip_is_found_as_it_was_written() {
        for (text, written) in [
            ("infisical:/dev/KEY", "infisical:/"),
            ("infisical//dev/KEY", "infisical//"),
            ("infisical;//dev/KEY", "infisical;//"),
            ("Infisical:dev/KEY", "Infisical:"),
            (" infisical://dev/KEY", " infisical://"),
            ("x{infisical://dev/KEY}", "{infisical://"),
            ("x${ infisical://dev/KEY}", "{ infisical://"),
            ("x${infisical:/dev/KEY}", "{infisical:/"),
        ] {
            assert_eq!(slip(text), Some(written), "{text}");
        }
    }

    #[test]
    fn prose_and_other_schemes_are_none() {
        for text in [
            "infisical",
            "infisical: where the secrets are",
            "see infisical://dev/KEY",
            "vault:/dev/KEY",
            "{name}",
            "{infisical:word} and {an/other}",
            "",
        ] {
            assert_eq!(slip(text), None, "{text}");
        }
    }
}
