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
    /// Tells whether tokens are obtained by logging in; else one was given, which belongs to others.
    pub(crate) fn logs_in(&self) -> bool {
        !matches!(self.method, Method::Token(_))
    }

    /// Tells whether there may be another token than the one that was refused.
    pub(crate) fn can_replace(&self) -> bool {
        self.logs_in() || self.reads_a_file()
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
