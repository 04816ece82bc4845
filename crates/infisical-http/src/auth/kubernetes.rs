//! [`KubernetesAuth`]: the service account of a pod.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::BuildError;

use super::assertion::Assertion;
use super::environment::Variables;
use super::login_form::LoginForm;

/// Where a kubelet puts the token of a pod's service account.
const TOKEN_FILE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/// Logs in as the service account of the pod, with the token that the kubelet keeps current.
#[derive(Clone)]
pub struct KubernetesAuth(pub(crate) Assertion);

impl KubernetesAuth {
    /// Takes the id of the identity; the token is in its usual place.
    pub fn new(identity_id: impl Into<String>) -> Self {
        Self(Assertion::file(identity_id, TOKEN_FILE))
    }

    /// Sets the file that holds the service account's token, which is read at each login
    /// (default: `/var/run/secrets/kubernetes.io/serviceaccount/token`).
    #[must_use]
    pub fn token_file(self, path: impl Into<PathBuf>) -> Self {
        Self(Assertion::file(self.0.identity_id, path))
    }

    /// Reads `INFISICAL_MACHINE_IDENTITY_ID` (or `INFISICAL_KUBERNETES_IDENTITY_ID`) and, where the token
    /// is not in its usual place, `INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH`.
    ///
    /// # Errors
    ///
    /// Fails where no identity is set.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::from_variables(&Variables::of_process())
    }

    fn from_variables(variables: &Variables<'_>) -> Result<Self, BuildError> {
        let identity = variables.identity(&["INFISICAL_KUBERNETES_IDENTITY_ID"]);
        let auth = Self::new(identity.map_err(|fault| BuildError::new(vec![fault]))?);
        let path = variables.first(&["INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH"]);
        Ok(match path {
            Some(path) => auth.token_file(path),
            None => auth,
        })
    }

    pub(crate) fn form(&self, jwt: &SecretString) -> LoginForm {
        self.0.form("POST /api/v1/auth/kubernetes-auth/login", jwt)
    }
}

/// Shows the identity.
impl fmt::Debug for KubernetesAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_as("KubernetesAuth", f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::credential::Credential;
    use super::super::environment::IDENTITY;
    use super::*;

    #[test]
    fn the_environment_names_identity_and_token() {
        let set = |name: &str| match name {
            "INFISICAL_KUBERNETES_IDENTITY_ID" => Some("id".to_owned()),
            "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH" => Some("/t".to_owned()),
            _ => None,
        };
        let auth = KubernetesAuth::from_variables(&Variables::of(&set)).unwrap();
        assert_eq!(auth.0.identity_id, "id");
        assert!(matches!(auth.0.jwt, Credential::File(path) if path.ends_with("t")));
        let error = KubernetesAuth::from_variables(&Variables::of(&|_| None)).unwrap_err();
        assert!(error.to_string().contains(IDENTITY), "{error}");
    }
}
