//! [`judged`]: a configuration extracted and validated, and what may be said where that fails.

use std::any::Any;
use std::fmt;

use serde::de::DeserializeOwned;

use super::error::{WatchError, caught};
use super::retired::let_go;
use crate::Resolved;
use crate::extract::Extraction;
use crate::leaf::Mask;

/// The application's own validation.
pub(super) type Validation<T> = Box<dyn Fn(&T) -> Result<(), Reason> + Send + Sync>;

/// Says why the application refused a configuration.
pub(super) enum Reason {
    /// A text of the program, in which no value can be.
    Written(&'static str),
    /// A text that was made then, of whatever was at hand.
    Made(String),
}

impl Reason {
    pub(super) fn of<E: fmt::Display + 'static>(reason: &E) -> Self {
        match (reason as &dyn Any).downcast_ref::<&'static str>() {
            Some(text) => Self::Written(text),
            None => Self::Made(reason.to_string()),
        }
    }
}

/// Extracts a configuration and lets the application validate it.
pub(super) fn judged<T: DeserializeOwned + Send + Sync + 'static>(
    resolved: &Resolved,
    validation: Option<&Validation<T>>,
) -> Result<T, WatchError> {
    let config =
        caught("extracted", || resolved.extract_explained::<T>())?.map_err(WatchError::misfit)?;
    let Some(validation) = validation else {
        return Ok(config);
    };
    let refused = match caught("validated", || validation(&config)) {
        Ok(Ok(())) => return Ok(config),
        Ok(Err(Reason::Written(text))) => WatchError::refused(Some(text.to_owned())),
        Ok(Err(Reason::Made(reason))) => {
            let shown = caught("validated", || {
                shown(&resolved.extraction(), validation, &reason)
            });
            // That the code panics when it is given masks is nothing that anyone needs to know.
            WatchError::refused(shown.ok().flatten())
        }
        Err(panicked) => panicked,
    };
    let_go([Box::new(config) as _]);
    Err(refused)
}

/// Returns the reason if it would have been the same without the secrets, as a deserialiser's message is shown.
fn shown<T: DeserializeOwned>(
    extraction: &Extraction<'_>,
    validation: &Validation<T>,
    reason: &str,
) -> Option<String> {
    let agreed = |mask| {
        let Err(Reason::Made(theirs)) = validation(&extraction.masked::<T>(mask)?) else {
            return None;
        };
        let leaves = extraction.leaves.iter();
        let ours = leaves.fold(reason.to_owned(), |text, leaf| leaf.scrub(text, mask));
        (reason == theirs || ours == theirs).then_some(theirs)
    };
    // What is said of one mask may be true of the secret by chance; of both it hardly is.
    agreed(Mask::Other)?;
    agreed(Mask::Shown)
}
