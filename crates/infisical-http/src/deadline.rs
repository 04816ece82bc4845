//! [`Deadline`]: the moment by which a whole look-up must have ended.

use std::future::Future;
use std::time::Duration;

use secret_source::CorrelationId;
use tokio::time::{Instant, timeout_at};

/// How far away a moment is that is too far away for the clock: thirty years.
const FARTHEST: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// Returns the end of a time that begins now, or of thirty years where that is longer than the clock can tell.
pub(crate) fn end_of(now: Instant, length: Duration) -> Instant {
    now.checked_add(length).unwrap_or(now + FARTHEST)
}

/// Bounds one look-up: token, folders, retries and the pauses between them; and names it, for the log and
/// the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at: Instant,
    length: Duration,
    correlation: CorrelationId,
}

impl Deadline {
    /// Sets a deadline that is `length` from now, for the operation that the task is in.
    pub(crate) fn after(length: Duration) -> Self {
        let now = Instant::now();
        Self {
            at: end_of(now, length),
            length,
            correlation: CorrelationId::current().unwrap_or_else(CorrelationId::generate),
        }
    }

    /// Sets a deadline for a part of the look-up, which leaves time for what stands in where it fails.
    pub(crate) fn within(self, length: Duration) -> Self {
        let length = length.min(self.remaining());
        Self {
            at: Instant::now() + length,
            length,
            ..self
        }
    }

    /// Returns what all requests of this look-up have in common.
    pub(crate) fn correlation(self) -> CorrelationId {
        self.correlation
    }

    /// Returns how much time is left.
    pub(crate) fn remaining(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Returns how long the look-up was allowed to take.
    pub(crate) fn length(self) -> Duration {
        self.length
    }

    /// Runs a future until the deadline; `None` where it did not end by then.
    pub(crate) async fn bound<T>(self, future: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.at, future).await.ok()
    }
}
