//! [`judged`]: a configuration extracted and validated, and what may be said where that fails.

use serde::de::DeserializeOwned;

use super::error::{WatchError, caught};
use crate::Resolved;
use crate::extract::Extraction;
use crate::leaf::Mask;

/// The application's own validation, with its reason as text.
pub(super) type Validation<T> = Box<dyn Fn(&T) -> Result<(), String> + Send + Sync>;

/// Extracts a configuration and lets the application validate it.
pub(super) fn judged<T: DeserializeOwned>(
    resolved: &Resolved,
    validation: Option<&Validation<T>>,
) -> Result<T, WatchError> {
    let config =
        caught("extracted", || resolved.extract_explained::<T>())?.map_err(WatchError::misfit)?;
    let Some(validation) = validation else {
        return Ok(config);
    };
    match caught("validated", || validation(&config))? {
        Ok(()) => Ok(config),
        Err(reason) => {
            let shown = caught("validated", || {
                shown(&resolved.extraction(), validation, &reason)
            });
            // That the code panics when it is given masks is nothing that anyone needs to know.
            Err(WatchError::refused(shown.ok().flatten()))
        }
    }
}

/// Returns the reason if it would have been the same without the secrets, as a deserialiser's message is shown.
fn shown<T: DeserializeOwned>(
    extraction: &Extraction<'_>,
    validation: &Validation<T>,
    reason: &str,
) -> Option<String> {
    let agreed = |mask| {
        let theirs = validation(&extraction.masked::<T>(mask)?).err()?;
        let leaves = extraction.leaves.iter();
        let ours = leaves.fold(reason.to_owned(), |text, leaf| leaf.scrub(text, mask));
        (reason == theirs || ours == theirs).then_some(theirs)
    };
    // What is said of one mask may be true of the secret by chance; of both it hardly is.
    agreed(Mask::Other)?;
    agreed(Mask::Shown)
}
