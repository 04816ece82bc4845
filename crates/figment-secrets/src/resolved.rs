//! [`Resolved`]: a configuration whose secrets are in place.

use std::fmt;
use std::sync::Arc;

use figment::{Error, Figment, Profile};
use serde::de::DeserializeOwned;

use crate::effective::Effective;
use crate::explain::explain;
use crate::extract::Extraction;
use crate::leaf::Leaf;
use crate::{Problem, Redactor, Report, ResolveError};

/// Holds a configuration whose references have been replaced by the secrets' values.
///
/// No error of its methods and no `Debug` shows a value. An error tells the key, the file, where the
/// secret came from, and the expected type. A deserialiser's own message is shown if it would have
/// been the same without the secret, whichever of two masks stands there, and a general sentence
/// otherwise.
///
/// # Numbers and booleans
///
/// A secret is text. A field of type `String` gets it as it is (`00123` stays `00123`). Where a type asks
/// for a number or a boolean, the text is read as one, by the same rule in every method:
///
/// - spaces around a number and a `+` before it do not matter, nor do leading zeros (`" +016"`);
/// - a fraction has a point and may have an exponent (`0.1`, `1.5e3`); `1e3`, `0x10`, `1_000`, `NaN` are no
///   numbers;
/// - `true`, `yes`, `on`, `1` and `false`, `no`, `off`, `0` are booleans, in any case.
///
/// The lossy methods read the text of all other values in the same way, not only that of secrets. Figment
/// has no numbers of 128 bits.
///
/// # What figment cannot tell
///
/// - Under `#[serde(flatten)]`, in untagged and internally tagged enums, and in adjacently tagged ones
///   whose content comes before the tag, serde reads a value before it knows what is wanted. There text
///   stays text (give the field a `deserialize_with` that reads it), and an error names the table around
///   the field: its key and file.
/// - Where that table is the root of what is extracted with [`extract`](Self::extract), there is neither
///   key nor file.
/// - Of an untagged enum serde says only that no variant fits, not what they expect.
/// - A deserialiser that carries one field's value into another field's message (a stateful
///   `DeserializeSeed`) is beyond the comparison with masks: of that value only what stands there literally is
///   taken out.
///
/// The values are plain text from here on, since figment's tree holds `String`s, which are not wiped.
///
/// A profile cannot be selected any more: only what the selected one sees was resolved.
#[derive(Clone)]
pub struct Resolved {
    effective: Effective,
    report: Report,
    warnings: Vec<Problem>,
}

impl Resolved {
    pub(crate) fn new(effective: Effective, report: Report, warnings: Vec<Problem>) -> Self {
        Self {
            effective,
            report,
            warnings,
        }
    }

    /// Extracts the whole configuration.
    ///
    /// # Errors
    ///
    /// Fails where the configuration does not fit `T`.
    pub fn extract<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Extraction::new(&self.effective, None, false).run()
    }

    /// Extracts the whole configuration, and reports what is wrong with it as [`resolve_secrets`] does: like a compiler,
    /// with the line of the reference, what to do, and a stable code.
    ///
    /// Of several wrong values serde reports the first.
    ///
    /// [`resolve_secrets`]: crate::ResolveSecrets::resolve_secrets
    ///
    /// # Errors
    ///
    /// Fails where the configuration does not fit `T`.
    pub fn extract_explained<T: DeserializeOwned>(&self) -> Result<T, ResolveError> {
        self.extract().map_err(|error| {
            let problems = explain(&self.effective, &self.report, error);
            ResolveError::new(problems, self.warnings.clone(), self.report.rows().len())
        })
    }

    /// Extracts the whole configuration, and reads numbers and booleans from any text.
    ///
    /// # Errors
    ///
    /// Fails where the configuration does not fit `T`.
    pub fn extract_lossy<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Extraction::new(&self.effective, None, true).run()
    }

    /// Extracts the value at `path`, keys with dots between them.
    ///
    /// # Errors
    ///
    /// Fails where there is no such value, or it does not fit `T`.
    pub fn extract_inner<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        Extraction::new(&self.effective, Some(path), false).run()
    }

    /// Extracts the value at `path`, and reads numbers and booleans from any text.
    ///
    /// # Errors
    ///
    /// Fails where there is no such value, or it does not fit `T`.
    pub fn extract_inner_lossy<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        Extraction::new(&self.effective, Some(path), true).run()
    }

    /// Returns the table at `path` as a configuration of its own; its report is still that of the whole.
    #[must_use]
    pub fn focus(&self, path: &str) -> Self {
        Self {
            effective: self.effective.focus(path),
            report: self.report.clone(),
            warnings: self.warnings.clone(),
        }
    }

    /// Returns the profile that was selected.
    pub fn profile(&self) -> &Profile {
        self.effective.profile()
    }

    /// Tells which key came from where.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns what is suspicious: texts whose scheme is nearly a registered one, used as they are.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Returns what takes these secrets out of the errors of a plain figment.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(Arc::clone(self.effective.leaves()))
    }

    /// Gives out a plain figment, for frameworks that take one and for merging more on top.
    ///
    /// It shows the values in its errors and its `Debug`: keep a [`redactor`](Self::redactor) for the
    /// former. Resolve once: a value that looks like a reference would be taken for one.
    pub fn into_figment_exposed(self) -> Figment {
        self.effective.into_figment()
    }

    pub(crate) fn figment(&self) -> &Figment {
        self.effective.figment()
    }

    pub(crate) fn leaves(&self) -> &[Leaf] {
        self.effective.leaves()
    }

    pub(crate) fn extraction(&self) -> Extraction<'_> {
        Extraction::new(&self.effective, None, false)
    }
}

impl fmt::Debug for Resolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolved")
            .field("profile", self.profile())
            .field("report", &self.report)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}
