//! [`Credentials`]: the method of login, and the organization it is for.

use secrecy::SecretString;
use secret_source::SecretError;

use super::login_form::LoginForm;
use super::metadata::Metadata;
use super::method::Method;

/// Holds what a login needs, or the token that makes one unnecessary.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) method: Method,
    pub(crate) organization: Option<String>,
}

impl Credentials {
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

    /// Puts together what a login sends.
    pub(crate) async fn form(&self, metadata: &Metadata) -> Result<LoginForm, SecretError> {
        let form = self.method.form(metadata).await?;
        Ok(match &self.organization {
            // The second spelling is that of servers of about December 2025; each ignores the other's.
            Some(slug) => form
                .with("organizationSlug", slug.as_str())
                .with("subOrganizationName", slug.as_str()),
            None => form,
        })
    }
}
