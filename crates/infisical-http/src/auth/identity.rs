//! [`Identity`]: who logs in, and how.

use secrecy::SecretString;
use secret_source::SecretError;

use super::login_form::LoginForm;
use super::metadata::Metadata;
use super::method::Method;

/// Holds what a login needs, or the token that makes one unnecessary.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) method: Method,
    pub(crate) organization: Option<String>,
}

impl Identity {
    /// Tells whether a new token can be had by logging in again.
    pub(crate) fn can_log_in(&self) -> bool {
        self.given_token().is_none()
    }

    /// Returns the token that was given instead of a way to log in.
    pub(crate) fn given_token(&self) -> Option<&SecretString> {
        match &self.method {
            Method::Token(auth) => Some(&auth.0),
            _ => None,
        }
    }

    /// Tells whether the credential is in a file, which someone may replace.
    pub(crate) fn reads_a_file(&self) -> bool {
        let credential = self.method.credential();
        credential.is_some_and(|credential| credential.is_file())
    }

    /// Returns the credential as it is now; empty where the method has none of its own.
    pub(crate) async fn credential(&self) -> Result<SecretString, SecretError> {
        match self.method.credential() {
            Some(credential) => credential.read().await,
            None => Ok(SecretString::default()),
        }
    }

    /// Puts together what a login sends with this credential.
    pub(crate) async fn form(
        &self,
        credential: &SecretString,
        metadata: &Metadata,
    ) -> Result<LoginForm, SecretError> {
        let form = self.method.form(credential, metadata).await?;
        Ok(match &self.organization {
            // The second spelling is that of servers of about December 2025; each ignores the other's.
            Some(slug) => form
                .with("organizationSlug", slug.as_str())
                .with("subOrganizationName", slug.as_str()),
            None => form,
        })
    }
}
