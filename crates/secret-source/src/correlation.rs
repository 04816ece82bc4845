//! [`CorrelationId`]: ties an answer that crossed a trust boundary to the log line that explains it.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};

tokio::task_local! {
    /// The operation that the task is in the middle of.
    static CURRENT: CorrelationId;
}

/// Identifies one operation in logs and in [`SecretError::public_message`](crate::SecretError::public_message).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CorrelationId(u64);

impl CorrelationId {
    /// Makes a new identifier, unlike the others of this process.
    pub fn generate() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    /// Uses an identifier that the caller already has, such as a request id of 64 bits.
    pub fn from_u64(id: u64) -> Self {
        Self(id)
    }

    /// Returns the identifier of the operation that this task is in the middle of, if it is known.
    ///
    /// A source sends it along and logs it, so that one id leads from the caller's error through every layer
    /// to the server's log. Callers who share one request share the id of whoever came first.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|id| *id).ok()
    }

    /// Runs a future as a part of this operation.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// Returns the identifier as a number.
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

/// Prints sixteen hexadecimal digits.
impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
