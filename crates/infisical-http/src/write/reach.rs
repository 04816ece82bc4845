//! [`Reach`]: whom the failure of a request concerns.

use secret_source::ErrorKind;

use crate::answer::failure::Failure;
use crate::answer::status::Remedy;

/// Says how far a failure reaches, and so what need not be sent any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// What was sent, and nothing else.
    Entry,
    /// Whatever lies in the folder.
    Folder,
    /// Whatever is left of the batch: the server asks for a pause, honours no login, or is away.
    Batch,
}

/// Tells whom a failure concerns.
pub(crate) fn reach(failure: &Failure) -> Reach {
    use ErrorKind::{
        Denied, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable, Unsupported,
    };

    match failure.kind {
        _ if failure.remedy == Remedy::ProbeEnvironment => Reach::Folder,
        RateLimited | Unauthenticated => Reach::Batch,
        // A handler that fails may do so for what it was sent.
        Unavailable if failure.status() == Some(500) => Reach::Folder,
        Unavailable => Reach::Batch,
        Invalid | Unsupported | NotFound(_) => Reach::Entry,
        Denied if failure.status().is_some() => Reach::Entry,
        // A change policy is the folder's.
        _ => Reach::Folder,
    }
}

/// Tells whether a refused batch may hold entries that would be accepted alone.
///
/// A batch is refused whole and nothing of it is done. Which entries were at fault cannot be taken from the
/// answer: servers of 2024 name those that exist where they mean those that do not.
pub(crate) fn concerns_some(failure: &Failure) -> bool {
    failure.status().is_some()
        && matches!(
            failure.kind,
            ErrorKind::Invalid | ErrorKind::Denied | ErrorKind::NotFound(_)
        )
}
