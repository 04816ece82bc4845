//! [`WatchError`]: why a configuration did not become the current one.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use secret_source::SecretError;
use serde::{Serialize, Serializer};

use crate::ResolveError;

/// Says why a configuration did not become the current one. It holds no value.
///
/// It serialises to its text. Clones share it, since one reload may answer many callers.
#[derive(Clone)]
pub struct WatchError(Arc<Inside>);

struct Inside {
    kind: WatchErrorKind,
    message: String,
    resolve: Option<ResolveError>,
}

/// Says at which step a configuration was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WatchErrorKind {
    /// A layer could not be read, a reference is wrong, or a look-up failed.
    Resolve,
    /// It does not fit the application's type.
    Extract,
    /// The application's own validation refused it.
    Validate,
    /// The application's code panicked.
    Panic,
    /// It took longer than a reload may take.
    Late,
    /// The watch has ended, or could not begin.
    Stopped,
    /// The interval is zero.
    Interval,
}

impl WatchErrorKind {
    /// Returns the name that logs use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Extract => "extract",
            Self::Validate => "validate",
            Self::Panic => "panic",
            Self::Late => "late",
            Self::Stopped => "stopped",
            Self::Interval => "interval",
        }
    }
}

impl WatchError {
    fn new(kind: WatchErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inside {
            kind,
            message: message.into(),
            resolve: None,
        }))
    }

    /// Takes what does not fit the application's type.
    pub(super) fn misfit(error: ResolveError) -> Self {
        Self::because(WatchErrorKind::Extract, error)
    }

    fn because(kind: WatchErrorKind, error: ResolveError) -> Self {
        Self(Arc::new(Inside {
            kind,
            message: error.to_string(),
            resolve: Some(error),
        }))
    }

    /// Takes the reason of a validation, as far as it may be shown.
    pub(super) fn refused(reason: Option<String>) -> Self {
        let reason = reason
            .unwrap_or_else(|| "the reason is not shown, since it may quote a secret".to_owned());
        let message = format!("the configuration was refused: {reason}");
        Self::new(WatchErrorKind::Validate, message)
    }

    pub(super) fn panicked(doing: &str) -> Self {
        let message = format!(
            "the application's code panicked while the configuration was {doing}; what it said is not repeated, \
             since it may quote a secret"
        );
        Self::new(WatchErrorKind::Panic, message)
    }

    pub(super) fn late(limit: Duration) -> Self {
        let message = format!("the configuration was not there within {limit:?}");
        Self::new(WatchErrorKind::Late, message)
    }

    pub(super) fn stopped() -> Self {
        Self::new(WatchErrorKind::Stopped, "the watch has ended")
    }

    pub(super) fn no_runtime() -> Self {
        let message =
            "a watch needs a tokio runtime: start it inside one, or with `start_blocking`";
        Self::new(WatchErrorKind::Stopped, message)
    }

    pub(super) fn driver(error: &SecretError) -> Self {
        let message = format!("the watch could not be started: {error}");
        Self::new(WatchErrorKind::Stopped, message)
    }

    pub(super) fn interval() -> Self {
        let message = "the interval of a watch is zero, and must be longer";
        Self::new(WatchErrorKind::Interval, message)
    }

    /// Returns what stays the same while the failure does. Hints count down the time to wait, and causes name what was
    /// different this time, so neither is in it.
    pub(super) fn gist(&self) -> Vec<String> {
        let mut gist = vec![self.kind().as_str().to_owned()];
        match self.resolve_error() {
            Some(error) => gist.extend(error.problems().iter().map(|problem| {
                let key = problem.key.as_deref().unwrap_or_default();
                format!("{} {key} {}", problem.code, problem.message)
            })),
            None => gist.push(self.0.message.clone()),
        }
        gist
    }

    /// Returns the longest time that a source asked to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let problems = self.resolve_error()?.problems().iter();
        let errors = problems.filter_map(|problem| problem.error.as_ref());
        errors.filter_map(SecretError::retry_after).max()
    }

    /// Returns the step at which it was refused, for code to branch on.
    pub fn kind(&self) -> WatchErrorKind {
        self.0.kind
    }

    /// Returns what is wrong with references or values, where that was the reason.
    pub fn resolve_error(&self) -> Option<&ResolveError> {
        self.0.resolve.as_ref()
    }
}

impl From<ResolveError> for WatchError {
    fn from(error: ResolveError) -> Self {
        Self::because(WatchErrorKind::Resolve, error)
    }
}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

/// Prints what `Display` prints, since this is what `fn main() -> Result<(), _>` shows.
impl fmt::Debug for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Its text holds that of the [`ResolveError`], so that is no `source()`.
impl std::error::Error for WatchError {}

impl Serialize for WatchError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Runs code of the application, and makes a failure of a panic.
pub(super) fn caught<T>(doing: &str, run: impl FnOnce() -> T) -> Result<T, WatchError> {
    // Nothing that was changed half is looked at afterwards.
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| WatchError::panicked(doing))
}
