//! The explicit map from variables to references, as text.

use std::path::Path;

use secret_ref::{Encoding, SecretRef, SecretType};

use super::file;
use super::form::Complaint;

/// Holds the pairs of the explicit map in the order they were written.
pub(crate) type EnvMap = Vec<(String, SecretRef)>;

/// Reads `VARIABLE=reference` pairs, separated by commas or new lines, or a file that holds them.
///
/// A text without `=` names a file. Empty lines and lines that begin with `#` are skipped.
pub(crate) fn read(text: &str) -> Result<EnvMap, Complaint> {
    if text.contains('=') {
        return text.split([',', '\n']).filter_map(pair).collect();
    }
    let file = file::read(Path::new(text)).map_err(|problem| {
        Complaint::new(problem)
            .hint_at("write `VARIABLE=reference` pairs, or the path of a file of them")
    })?;
    file.lines().filter_map(pair).collect()
}

fn pair(line: &str) -> Option<Result<(String, SecretRef), Complaint>> {
    let line = line.trim();
    (!line.is_empty() && !line.starts_with('#')).then(|| parse(line))
}

fn parse(line: &str) -> Result<(String, SecretRef), Complaint> {
    let Some((variable, reference)) = line.split_once('=') else {
        let complaint = Complaint::new("an entry has no `=`");
        return Err(complaint.hint_at("write `VARIABLE=infisical://environment/folder/KEY`"));
    };
    let variable = variable.trim();
    if !is_variable(variable) {
        let complaint = Complaint::new("an entry does not begin with the name of a variable");
        return Err(complaint
            .hint_at("a name has letters, digits and `_`, and does not begin with a digit"));
    }
    let reference: SecretRef =
        reference
            .trim()
            .parse()
            .map_err(|error: secret_ref::ParseError| {
                Complaint::new(format!(
                    "the reference of `{variable}` is malformed: {}",
                    error.kind()
                ))
                .hint_at(error.hint())
            })?;
    if has_options(&reference) {
        let complaint = Complaint::new(format!("the reference of `{variable}` has options"));
        return Err(complaint
            .hint_at("a variable stands for a secret's current value: name only the secret"));
    }
    Ok((variable.to_owned(), reference))
}

fn has_options(reference: &SecretRef) -> bool {
    reference.version().is_some()
        || reference.secret_type() != SecretType::Shared
        || reference.is_optional()
        || reference.encoding() != Encoding::None
        || reference.allows_unresolved()
        || reference.pointer().is_some()
}

/// Tells whether a text can be the name of an environment variable that every shell accepts.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(text: &str) -> Vec<String> {
        read(text)
            .unwrap()
            .into_iter()
            .map(|(variable, reference)| format!("{variable}={reference}"))
            .collect()
    }

    #[test]
    fn pairs_are_separated_by_commas_or_new_lines() {
        let expected = ["A=infisical://prod/X", "B=infisical:///db/Y"];
        assert_eq!(
            variables("A=infisical://prod/X,B=infisical:///db/Y"),
            expected
        );
        assert_eq!(
            variables("\n# why\nA = infisical://prod/X\n\nB=infisical:///db/Y\n"),
            expected
        );
    }

    #[test]
    fn a_text_without_pairs_names_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map");
        std::fs::write(&path, "A=infisical://prod/X\n").unwrap();
        assert_eq!(variables(path.to_str().unwrap()), ["A=infisical://prod/X"]);
        assert!(
            !read("/no/such/file")
                .unwrap_err()
                .message
                .contains("/no/such/file")
        );
    }

    #[test]
    fn what_a_variable_cannot_stand_for_is_refused() {
        for text in [
            "A=infisical://prod/X?version=2",
            "A=infisical://prod/X#/a",
            "A=infisical://prod/",
            "1=infisical://prod/X",
            "A=",
            "x,A=infisical://prod/X",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
