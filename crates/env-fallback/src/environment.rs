//! [`Environment`]: the variables of a process, read once.

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use secret_source::{Origin, Secret, SecretError, SecretString};

use crate::variables::{Variable, Variables};

/// Holds a snapshot of environment variables, taken when it is made.
///
/// Nothing in this crate reads the process environment after that, so a variable changed later has no
/// effect, and a test can say what the environment is without touching that of its process. Cloning
/// shares the snapshot.
///
/// A variable that is not UTF-8 does no harm until it is asked for; then it is an error that says so.
///
/// # Examples
///
/// ```
/// use env_fallback::Environment;
/// use secret_source::ExposeSecret;
///
/// let environment = Environment::from_pairs([("API_TOKEN", "t0ken")]);
/// assert_eq!(environment.value("API_TOKEN")?.unwrap().expose_secret(), "t0ken");
/// assert!(environment.value("OTHER")?.is_none());
/// # Ok::<(), secret_source::SecretError>(())
/// ```
#[derive(Clone, Default)]
pub struct Environment {
    variables: Arc<Variables>,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn from_process() -> Self {
        Self::from_pairs(std::env::vars_os())
    }

    /// Takes names and values as given; of equal names the last one counts.
    ///
    /// Names that are not UTF-8 are left out, since no secret has such a name.
    pub fn from_pairs<N: Into<OsString>, V: Into<OsString>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables = pairs.into_iter().filter_map(|(name, value)| {
            let name = name.into().into_string().ok()?;
            let origin = Origin::new("env").with("variable", &name);
            let secret = value
                .into()
                .into_string()
                .ok()
                .map(|value| Secret::new(value, origin));
            Some(Variable { name, secret })
        });
        Self {
            variables: Arc::new(Variables::new(variables)),
        }
    }

    /// Returns the value of a variable, by its exact name.
    ///
    /// # Errors
    ///
    /// Fails with [`ErrorKind::Invalid`](secret_source::ErrorKind::Invalid) where the value is not
    /// UTF-8.
    pub fn value(&self, name: &str) -> Result<Option<&SecretString>, SecretError> {
        match self.variables.named(name) {
            Some((
                _,
                Variable {
                    secret: Some(secret),
                    ..
                },
            )) => Ok(Some(secret.value())),
            Some((_, variable)) => Err(variable.not_text()),
            None => Ok(None),
        }
    }

    /// Returns the names of the variables in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    pub(crate) fn variables(&self) -> &Arc<Variables> {
        &self.variables
    }
}

impl Variable {
    pub(crate) fn not_text(&self) -> SecretError {
        SecretError::invalid(format!(
            "the value of the variable `{}` is not UTF-8",
            self.name
        ))
        .with_code("unreadable-variable")
        .with_hint(format!(
            "keep binary values in a file, encoded as text, and name it in `{}_FILE`",
            self.name
        ))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_of_the_process_has_its_variables() {
        // Cargo sets this one for every test.
        let environment = Environment::from_process();
        assert!(environment.value("CARGO_MANIFEST_DIR").unwrap().is_some());
        assert!(environment.names().any(|name| name == "CARGO_MANIFEST_DIR"));
    }

    #[test]
    #[cfg(unix)]
    fn a_value_that_is_not_text_is_an_error_only_when_asked_for() {
        use std::os::unix::ffi::OsStringExt;

        let binary = OsString::from_vec(vec![b's', 0xff, b't']);
        let environment =
            Environment::from_pairs([("BINARY", binary.clone()), ("TEXT", "x".into())]);
        assert!(environment.value("TEXT").unwrap().is_some());
        let error = environment.value("BINARY").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the value of the variable `BINARY` is not UTF-8"
        );
        let nameless = Environment::from_pairs([(binary, "x")]);
        assert_eq!(nameless.names().count(), 0);
    }

    #[test]
    fn debug_shows_no_value() {
        let environment = Environment::from_pairs([("TOKEN", "t0ken-t0ken")]);
        assert_eq!(format!("{environment:?}"), "Environment { variables: 1 }");
    }
}
