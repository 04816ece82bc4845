//! [`UniversalAuth`]: a client id and a client secret.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::BuildError;

use super::credential::Credential;
use super::environment::{Variables, both, needed};
use super::login_form::LoginForm;

/// Logs in with a client id and a client secret, which any machine can hold.
#[derive(Clone)]
pub struct UniversalAuth {
    pub(crate) client_id: String,
    pub(crate) secret: Credential,
}

impl UniversalAuth {
    /// Takes both as they are.
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            client_id: client_id.into(),
            secret: Credential::Text(client_secret.into()),
        }
    }

    /// Takes the client secret from a file that is read at each login, so that it can be rotated.
    pub fn secret_file(client_id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            client_id: client_id.into(),
            secret: Credential::File(path.into()),
        }
    }

    /// Reads `INFISICAL_UNIVERSAL_AUTH_CLIENT_ID` and `…_CLIENT_SECRET`, or the shorter spellings
    /// `INFISICAL_CLIENT_ID` and `INFISICAL_CLIENT_SECRET`; `…_CLIENT_SECRET_FILE` names a file.
    ///
    /// # Errors
    ///
    /// Fails with the names of all variables that are needed and not set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let id = variables.text(&["INFISICAL_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"]);
        let secret = variables.credential(&[
            "INFISICAL_CLIENT_SECRET",
            "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
        ]);
        let id = needed(id, "INFISICAL_CLIENT_ID");
        let (client_id, secret) = both(id, needed(secret, "INFISICAL_CLIENT_SECRET"))?;
        Ok(Self { client_id, secret })
    }

    pub(crate) fn form(&self, secret: &SecretString) -> LoginForm {
        LoginForm::new("POST /api/v1/auth/universal-auth/login")
            .with("clientId", self.client_id.as_str())
            .with("clientSecret", secret.clone())
    }
}

/// Shows no credential.
impl fmt::Debug for UniversalAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UniversalAuth").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::environment::tests::with;
    use super::*;

    #[test]
    fn the_environment_names_both_in_either_spelling() {
        for (id, secret) in [
            ("INFISICAL_CLIENT_ID", "INFISICAL_CLIENT_SECRET"),
            (
                "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID",
                "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
            ),
        ] {
            let auth = with(&[(id, "id"), (secret, "s")], UniversalAuth::from_variables);
            let auth = auth.unwrap();
            assert_eq!(auth.client_id, "id");
            assert!(matches!(auth.secret, Credential::Text(_)));
            let file = format!("{secret}_FILE");
            let auth = with(&[(id, "id"), (&file, "/s")], UniversalAuth::from_variables);
            assert!(auth.unwrap().secret.is_file());
        }
        let error = with(&[], UniversalAuth::from_variables).unwrap_err();
        assert_eq!(error.faults().len(), 2, "{error}");
    }
}
