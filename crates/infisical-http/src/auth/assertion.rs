//! [`Assertion`]: an identity, and a JWT of someone who vouches for it.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::BuildError;

use super::credential::Credential;
use super::environment::{Variables, both, needed};
use super::login_form::LoginForm;

/// Holds what three of the logins send, which differ in who signed the JWT and in the route.
#[derive(Clone)]
pub(crate) struct Assertion {
    pub(crate) identity_id: String,
    pub(crate) jwt: Credential,
}

impl Assertion {
    pub(crate) fn text(identity_id: impl Into<String>, jwt: impl Into<SecretString>) -> Self {
        Self {
            identity_id: identity_id.into(),
            jwt: Credential::Text(jwt.into()),
        }
    }

    pub(crate) fn file(identity_id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            identity_id: identity_id.into(),
            jwt: Credential::File(path.into()),
        }
    }

    /// Reads both from variables, whose spellings that only one login has come after the usual ones.
    pub(crate) fn from_variables(
        variables: &Variables<'_>,
        identity_spellings: &[&str],
        jwt_spellings: &[&str],
    ) -> Result<Self, BuildError> {
        let spellings = [&["INFISICAL_JWT"], jwt_spellings].concat();
        let jwt = needed(variables.credential(&spellings), "INFISICAL_JWT");
        let (identity_id, jwt) = both(variables.identity(identity_spellings), jwt)?;
        Ok(Self { identity_id, jwt })
    }

    /// Puts together what a login at `route` sends with this JWT.
    pub(crate) fn form(&self, route: &'static str, jwt: &SecretString) -> LoginForm {
        LoginForm::new(route)
            .with("identityId", self.identity_id.as_str())
            .with("jwt", jwt.clone())
    }

    /// Tells of each part whether it is blank, under the name that people know it by.
    pub(crate) fn parts(&self, jwt: &'static str) -> [(&'static str, bool); 2] {
        [
            ("identity id", self.identity_id.trim().is_empty()),
            (jwt, self.jwt.is_blank()),
        ]
    }

    /// Shows the identity as that of the type `name`, and no credential.
    pub(crate) fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("identity_id", &self.identity_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::IDENTITY;
    use super::super::environment::tests::with;
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Assertion, BuildError> {
        with(set, |variables| {
            Assertion::from_variables(variables, &["OWN_ID"], &["OWN_JWT"])
        })
    }

    #[test]
    fn the_usual_spellings_and_those_of_one_login_are_read() {
        let own = [("OWN_ID", "own"), ("OWN_JWT", "own")];
        assert_eq!(read(&own).unwrap().identity_id, "own");
        let usual = [(IDENTITY, "usual"), ("INFISICAL_JWT_FILE", "/run/jwt")];
        let found = read(&usual).unwrap();
        assert_eq!(found.identity_id, "usual");
        assert!(matches!(found.jwt, Credential::File(path) if path.ends_with("jwt")));
        let error = read(&[&own[..1], &usual].concat()).map(drop).unwrap_err();
        let shown = error.to_string();
        assert!(
            shown.contains(IDENTITY) && shown.contains("OWN_ID"),
            "{shown}"
        );
    }

    #[test]
    fn what_is_missing_is_named_at_once() {
        let error = read(&[]).map(drop).unwrap_err().to_string();
        assert!(
            error.contains(IDENTITY) && error.contains("INFISICAL_JWT"),
            "{error}"
        );
    }
}
