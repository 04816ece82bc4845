//! [`Variables`]: the environment, as far as the ways to log in are set up by it.

use std::env;

use crate::build_error::{BuildError, BuildFault};

use super::credential::Credential;

/// The identity that logs in, in the spelling of Infisical's own tools.
pub(crate) const IDENTITY: &str = "INFISICAL_MACHINE_IDENTITY_ID";

/// Looks variables up. A blank one counts as unset, as everywhere in Infisical's tools.
pub(crate) struct Variables<'a> {
    look_up: &'a dyn Fn(&str) -> Option<String>,
}

impl<'a> Variables<'a> {
    /// Looks in the environment of this process.
    pub(crate) fn of_process() -> Self {
        Self {
            look_up: &|name| env::var(name).ok(),
        }
    }

    #[cfg(test)]
    pub(crate) fn of(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { look_up }
    }

    /// Returns the first of the spellings that is set.
    pub(crate) fn text(&self, spellings: &[&str]) -> Option<String> {
        let mut found = spellings.iter().filter_map(|name| (self.look_up)(name));
        found.find(|text| !text.trim().is_empty())
    }

    /// Returns the identity that logs in, also in spellings that only one way to log in has.
    pub(crate) fn identity(&self, own_spellings: &[&str]) -> Result<String, BuildFault> {
        let spellings = [&[IDENTITY], own_spellings].concat();
        needed(self.text(&spellings), IDENTITY)
    }

    /// Returns the first of the spellings that is set, or else the file that its `_FILE` variant names.
    pub(crate) fn credential(&self, spellings: &[&str]) -> Option<Credential> {
        let text = self
            .text(spellings)
            .map(|text| Credential::Text(text.into()));
        text.or_else(|| {
            let files: Vec<_> = spellings
                .iter()
                .map(|name| format!("{name}_FILE"))
                .collect();
            let files: Vec<_> = files.iter().map(String::as_str).collect();
            self.text(&files).map(|path| Credential::File(path.into()))
        })
    }
}

/// Pairs what is needed with what is missing, so that all of it can be reported at once.
pub(crate) fn needed<T>(found: Option<T>, name: &'static str) -> Result<T, BuildFault> {
    found
        .ok_or_else(|| BuildFault::new("auth", format!("{name} is not set"), format!("set {name}")))
}

/// Takes two needed things, or reports all that is missing.
pub(crate) fn both<A, B>(
    first: Result<A, BuildFault>,
    second: Result<B, BuildFault>,
) -> Result<(A, B), BuildError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (first, second) => {
            let faults = [first.err(), second.err()];
            Err(BuildError::new(faults.into_iter().flatten().collect()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_is_unset_and_text_comes_before_a_file() {
        let look_up = |name: &str| match name {
            "A" => Some("  ".to_owned()),
            "B" => Some("text".to_owned()),
            "A_FILE" => Some("/run/a".to_owned()),
            _ => None,
        };
        let variables = Variables::of(&look_up);
        assert_eq!(variables.text(&["A", "B"]).as_deref(), Some("text"));
        assert!(matches!(
            variables.credential(&["A", "B"]),
            Some(Credential::Text(_))
        ));
        assert!(
            matches!(variables.credential(&["A"]), Some(Credential::File(path)) if path.ends_with("a"))
        );
        assert!(variables.credential(&["C"]).is_none());
    }

    #[test]
    fn everything_missing_is_named_at_once() {
        let (first, second) = (needed::<()>(None, "ONE"), needed::<()>(None, "TWO"));
        let error = both(first, second).unwrap_err().to_string();
        assert!(error.contains("ONE") && error.contains("TWO"), "{error}");
    }
}
