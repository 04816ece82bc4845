//! [`LdapAuth`]: the name and password of a directory.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::{BuildError, BuildFault};

use super::credential::Credential;
use super::environment::{Variables, needed};
use super::login_form::LoginForm;

/// Logs in with a name and a password that an LDAP directory knows.
#[derive(Clone)]
pub struct LdapAuth {
    pub(crate) identity_id: String,
    pub(crate) username: String,
    pub(crate) password: Credential,
}

impl LdapAuth {
    /// Takes the id of the identity, and name and password as they are.
    pub fn new(
        identity_id: impl Into<String>,
        username: impl Into<String>,
        password: impl Into<SecretString>,
    ) -> Self {
        Self {
            identity_id: identity_id.into(),
            username: username.into(),
            password: Credential::Text(password.into()),
        }
    }

    /// Takes the password from a file that is read at each login.
    pub fn password_file(
        identity_id: impl Into<String>,
        username: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> Self {
        Self {
            identity_id: identity_id.into(),
            username: username.into(),
            password: Credential::File(path.into()),
        }
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID` (or `INFISICAL_LDAP_AUTH_IDENTITY_ID`),
    /// `INFISICAL_LDAP_USERNAME`, and `INFISICAL_LDAP_PASSWORD` or `INFISICAL_LDAP_PASSWORD_FILE`.
    ///
    /// # Errors
    ///
    /// Fails with the names of all variables that are needed and not set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = variables.identity(&["INFISICAL_LDAP_AUTH_IDENTITY_ID"]);
        let name = "INFISICAL_LDAP_USERNAME";
        let username = needed(variables.text(&[name]), name);
        let name = "INFISICAL_LDAP_PASSWORD";
        let password = needed(variables.credential(&[name]), name);
        match (identity, username, password) {
            (Ok(identity_id), Ok(username), Ok(password)) => Ok(Self {
                identity_id,
                username,
                password,
            }),
            (identity, username, password) => {
                let faults: [Option<BuildFault>; 3] =
                    [identity.err(), username.err(), password.err()];
                Err(BuildError::new(faults.into_iter().flatten().collect()))
            }
        }
    }

    pub(crate) fn form(&self, password: &SecretString) -> LoginForm {
        LoginForm::new("POST /api/v1/auth/ldap-auth/login")
            .with("identityId", self.identity_id.as_str())
            .with("username", self.username.as_str())
            .with("password", password.clone())
    }
}

/// Shows no credential.
impl fmt::Debug for LdapAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LdapAuth")
            .field("identity_id", &self.identity_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_identity_user_and_password() {
        let set = [
            ("INFISICAL_LDAP_AUTH_IDENTITY_ID", "id"),
            ("INFISICAL_LDAP_USERNAME", "name"),
            ("INFISICAL_LDAP_PASSWORD_FILE", "/run/password"),
        ];
        let auth = with(&set, LdapAuth::from_variables).unwrap();
        assert_eq!((&*auth.identity_id, &*auth.username), ("id", "name"));
        assert!(auth.password.is_file());
        let error = with(&[], LdapAuth::from_variables).unwrap_err();
        assert_eq!(error.faults().len(), 3, "{error}");
    }
}
