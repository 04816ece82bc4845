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

    /// Returns the first of the spellings that is set, where each stands for itself.
    pub(crate) fn first(&self, spellings: &[&str]) -> Option<String> {
        let mut found = spellings.iter().filter_map(|name| self.value(name));
        found.next()
    }

    /// Returns what is set in any of the spellings of one setting.
    ///
    /// # Errors
    ///
    /// Fails where two of them are set to different values: nobody can tell which was meant.
    pub(crate) fn text(&self, spellings: &[&str]) -> Result<Option<String>, BuildFault> {
        let found = spellings
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), self.value(name)?)));
        one_of(found.collect(), |one, other| one == other)
    }

    /// Returns the identity that logs in, also in spellings that only one way to log in has.
    pub(crate) fn identity(&self, own_spellings: &[&str]) -> Result<String, BuildFault> {
        let spellings = [&[IDENTITY], own_spellings].concat();
        needed(self.text(&spellings), IDENTITY)
    }

    /// Returns what is set in any of the spellings of a credential, or the file that one with `_FILE` names.
    ///
    /// # Errors
    ///
    /// Fails where two of them are set to different values; a file stands for what it holds.
    pub(crate) fn credential(&self, spellings: &[&str]) -> Result<Option<Credential>, BuildFault> {
        let mut found = Vec::new();
        for name in spellings {
            if let Some(text) = self.value(name) {
                found.push(((*name).to_owned(), Credential::Text(text.into())));
            }
            let name = format!("{name}_FILE");
            if let Some(path) = self.value(&name) {
                found.push((name, Credential::File(path.trim().into())));
            }
        }
        one_of(found, Credential::is_same_as)
    }

    fn value(&self, name: &str) -> Option<String> {
        (self.look_up)(name).filter(|text| !text.trim().is_empty())
    }
}

/// Takes the first, where the others are the same.
fn one_of<T>(
    found: Vec<(String, T)>,
    is_same: impl Fn(&T, &T) -> bool,
) -> Result<Option<T>, BuildFault> {
    let mut found = found.into_iter();
    let Some((name, first)) = found.next() else {
        return Ok(None);
    };
    match found.find(|(_, other)| !is_same(&first, other)) {
        None => Ok(Some(first)),
        Some((other, _)) => Err(BuildFault::new(
            "auth",
            format!("{name} and {other} are set to different values"),
            "set one of them, or both to the same value",
        )),
    }
}

/// Pairs what is needed with what is missing, so that all of it can be reported at once.
pub(crate) fn needed<T>(
    found: Result<Option<T>, BuildFault>,
    name: &'static str,
) -> Result<T, BuildFault> {
    found?
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
pub(crate) mod tests {
    use super::*;

    /// Calls `read` with an environment that holds these variables and no others.
    pub(crate) fn with<T>(set: &[(&str, &str)], read: impl Fn(&Variables<'_>) -> T) -> T {
        let look_up = |name: &str| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        read(&Variables::of(&look_up))
    }

    #[test]
    fn blank_is_unset_and_a_file_is_named_by_a_variable_of_its_own() {
        let set = [("A", "  "), ("B", "text"), ("C_FILE", " /run/c ")];
        with(&set, |variables| {
            let text = variables.text(&["A", "B"]).unwrap();
            assert_eq!(text.as_deref(), Some("text"));
            let credential = |names| variables.credential(names).unwrap();
            assert!(matches!(credential(&["A", "B"]), Some(Credential::Text(_))));
            let file = credential(&["A", "C"]);
            assert!(matches!(file, Some(Credential::File(path)) if path == *"/run/c"));
            assert!(credential(&["A", "D"]).is_none());
        });
    }

    #[test]
    fn two_spellings_with_different_values_are_a_fault_that_names_both_and_shows_neither() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "canary-one\n").unwrap();
        let path = file.path().to_str().unwrap();
        let fault = |set: &[(&str, &str)]| {
            with(set, |variables| {
                variables
                    .credential(&["A", "B"])
                    .map(drop)
                    .map_err(|fault| fault.to_string())
            })
        };
        for same in [
            [("A", "canary-one"), ("B", "canary-one")],
            [("A", "canary-one"), ("B_FILE", path)],
            [("A_FILE", path), ("B_FILE", path)],
        ] {
            assert_eq!(fault(&same), Ok(()));
        }
        for different in [
            [("A", "canary-one"), ("B", "canary-two")],
            [("A", "canary-two"), ("B_FILE", path)],
            [("A_FILE", path), ("B_FILE", "/nowhere")],
        ] {
            let shown = fault(&different).unwrap_err();
            for (name, _) in different {
                assert!(shown.contains(name), "{shown}");
            }
            assert!(!shown.contains("canary"), "{shown}");
        }
        let names = [("A", "one"), ("B", "two")];
        assert!(with(&names, |variables| variables
            .text(&["A", "B"])
            .is_err()));
    }

    #[test]
    fn everything_missing_is_named_at_once() {
        let (first, second) = (needed::<()>(Ok(None), "ONE"), needed::<()>(Ok(None), "TWO"));
        let error = both(first, second).unwrap_err().to_string();
        assert!(error.contains("ONE") && error.contains("TWO"), "{error}");
    }
}
