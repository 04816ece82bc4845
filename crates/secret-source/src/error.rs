//! [`SecretError`]: why a look-up failed, without ever showing a value.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::{CorrelationId, ErrorKind, Missing, SecretAddress};

/// Explains why a look-up failed.
///
/// One failure may answer many callers, so the error is cheap to clone. Authors of sources build it
/// with the constructors below and keep their own error as its [`source`](Error::source). Neither the
/// message nor the hint may hold a value, a response body or a URL with a query.
///
/// # Examples
///
/// ```
/// use secret_source::{ErrorKind, SecretError};
///
/// let cause = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error = SecretError::unavailable("the vault at vault.internal did not answer")
///     .with_hint("check that the vault is unsealed")
///     .with_source(cause);
/// assert_eq!(error.kind(), ErrorKind::Unavailable);
/// assert_eq!(error.to_string(), "the vault at vault.internal did not answer");
/// ```
#[derive(Clone)]
pub struct SecretError(Arc<Inside>);

#[derive(Clone)]
struct Inside {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    hint: Option<String>,
    address: Option<SecretAddress>,
    retry_after: Option<Duration>,
    correlation: CorrelationId,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl SecretError {
    /// Describes a failure of `kind` in one sentence, in lower case and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inside {
            kind,
            code: kind.code(),
            message: message.into(),
            hint: None,
            address: None,
            retry_after: None,
            correlation: CorrelationId::generate(),
            source: None,
        }))
    }

    /// Says that what was asked for does not exist, and what of it is missing.
    pub fn not_found(missing: Missing) -> Self {
        let kind = ErrorKind::NotFound(missing);
        Self::new(kind, kind.to_string())
    }

    /// Says that the identity may not read what it asked for.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Denied, message)
    }

    /// Says that the source refused the credentials.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unauthenticated, message)
    }

    /// Says that the source asked for fewer requests, and when it may be asked again.
    pub fn rate_limited(message: impl Into<String>, retry_after: Duration) -> Self {
        Self::new(ErrorKind::RateLimited, message).with_retry_after(retry_after)
    }

    /// Says that the source did not answer in time or cannot answer now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// Says that the request can never succeed as it is.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// Says that the source has no notion of what was asked for; never ignore a coordinate instead.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// Says that the answer cannot be understood or must not be used.
    pub fn protocol(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }

    /// Names the cause where the kind is too coarse for whoever looks it up, such as `circuit-open`: in lower case,
    /// with hyphens, and the same in every release.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> Self {
        self.changed(|inside| inside.code = code)
    }

    /// Names the secret that was asked for.
    #[must_use]
    pub fn with_address(self, address: &SecretAddress) -> Self {
        self.changed(|inside| inside.address = Some(address.clone()))
    }

    /// Says what the reader can do about it.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        self.changed(|inside| inside.hint = Some(hint.into()))
    }

    /// Says how long to wait before asking again.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        self.changed(|inside| inside.retry_after = Some(wait))
    }

    /// Uses the identifier of the operation that this failure belongs to.
    #[must_use]
    pub fn with_correlation(self, id: CorrelationId) -> Self {
        self.changed(|inside| inside.correlation = id)
    }

    /// Keeps the underlying error, which must not print a value either.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.changed(|inside| inside.source = Some(Arc::from(source.into())))
    }

    /// Returns what failed, for code to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the stable name of the cause, under which the book explains it; at least that of the
    /// [`kind`](Self::kind).
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Returns the secret that was asked for, where one was.
    pub fn address(&self) -> Option<&SecretAddress> {
        self.0.address.as_ref()
    }

    /// Returns what the reader can do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns how long to wait before asking again; with an open circuit breaker, until its probe.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the identifier of the operation, which the log carries too.
    pub fn correlation_id(&self) -> CorrelationId {
        self.0.correlation
    }

    /// Returns the sentence without the address.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns a text for answers that cross a trust boundary: kind and correlation id, no names.
    pub fn public_message(&self) -> String {
        format!(
            "access to a secret failed: {} (correlation id {})",
            self.0.kind, self.0.correlation
        )
    }

    fn changed(mut self, change: impl FnOnce(&mut Inside)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.address {
            Some(address) => write!(f, "{address}: {}", self.0.message),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretError")
            .field("kind", &self.0.kind)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("hint", &self.0.hint)
            .field("address", &self.0.address)
            .field("retry_after", &self.0.retry_after)
            .field("correlation_id", &self.0.correlation)
            .field("source", &self.0.source)
            .finish()
    }
}

impl Error for SecretError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_the_address_and_never_repeats_its_source() {
        let folder =
            crate::FolderAddress::new("infisical", "prod", &secret_ref::FolderPath::root());
        let error = SecretError::not_found(Missing::Secret)
            .with_address(&folder.secret("KEY"))
            .with_source("the cause");
        assert_eq!(error.to_string(), "infisical://prod/KEY: secret not found");
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }

    #[test]
    fn changing_a_clone_leaves_the_other_as_it_was() {
        let error = SecretError::unavailable("down");
        let changed = error.clone().with_hint("wait");
        assert_eq!(error.hint(), None);
        assert_eq!(changed.hint(), Some("wait"));
        assert_eq!(error.correlation_id(), changed.correlation_id());
    }

    #[test]
    fn the_public_message_names_no_secret() {
        let folder =
            crate::FolderAddress::new("infisical", "prod", &secret_ref::FolderPath::root());
        let error = SecretError::denied("you may not read KEY").with_address(&folder.secret("KEY"));
        assert!(!error.public_message().contains("KEY"));
        assert!(error.public_message().contains("permission denied"));
    }
}
