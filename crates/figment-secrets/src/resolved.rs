//! [`Resolved`]: a configuration whose secrets are in place.

use std::fmt;

use figment::{Error, Figment, Profile};
use serde::de::DeserializeOwned;

use crate::extract::Extraction;
use crate::key_path::KeyPath;
use crate::leaf::Leaf;
use crate::{Problem, Redactor, Report};

/// Holds a configuration whose references have been replaced by the secrets' values.
///
/// No error of its methods and no `Debug` shows a value. An error tells the key, the file, where the
/// secret came from, and the expected type. A deserialiser's own message is shown if it would have
/// been the same without the secret, and a general sentence otherwise.
///
/// A secret is text. A field of type `String` gets it as it is (`00123` stays `00123`); where a number
/// or a boolean is expected, it is read as figment's lossy methods do. Under `#[serde(flatten)]` and in
/// untagged enums figment tells neither path nor file, so there text stays text, and errors name no key.
///
/// The values are plain text from here on, since figment's tree holds `String`s, which are not wiped.
///
/// A profile cannot be selected any more: only what the selected one sees was resolved.
#[derive(Clone)]
pub struct Resolved {
    figment: Figment,
    redactor: Redactor,
    report: Report,
    warnings: Vec<Problem>,
}

impl Resolved {
    pub(crate) fn new(
        figment: Figment,
        leaves: Vec<Leaf>,
        report: Report,
        warnings: Vec<Problem>,
    ) -> Self {
        Self {
            figment,
            redactor: Redactor::new(leaves),
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
        self.extraction().run()
    }

    /// Extracts the whole configuration, and reads numbers and booleans from any text.
    ///
    /// # Errors
    ///
    /// Fails where the configuration does not fit `T`.
    pub fn extract_lossy<T: DeserializeOwned>(&self) -> Result<T, Error> {
        Extraction::new(&self.figment, &self.redactor, None, true).run()
    }

    /// Extracts the value at `path`, keys with dots between them.
    ///
    /// # Errors
    ///
    /// Fails where there is no such value, or it does not fit `T`.
    pub fn extract_inner<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        Extraction::new(&self.figment, &self.redactor, Some(path), false).run()
    }

    /// Extracts the value at `path`, and reads numbers and booleans from any text.
    ///
    /// # Errors
    ///
    /// Fails where there is no such value, or it does not fit `T`.
    pub fn extract_inner_lossy<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        Extraction::new(&self.figment, &self.redactor, Some(path), true).run()
    }

    /// Returns the table at `path` as a configuration of its own; its report is still that of the whole.
    #[must_use]
    pub fn focus(&self, path: &str) -> Self {
        let base = KeyPath::dotted(path);
        let leaves = self.redactor.leaves().iter();
        let within = leaves.filter_map(|leaf| {
            Some(Leaf {
                path: leaf.path.beneath(&base)?,
                ..leaf.clone()
            })
        });
        Self {
            figment: self.figment.focus(path),
            redactor: Redactor::new(within.collect()),
            ..self.clone()
        }
    }

    /// Returns the profile that was selected.
    pub fn profile(&self) -> &Profile {
        self.figment.profile()
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
        self.redactor.clone()
    }

    /// Gives out a plain figment, for frameworks that take one and for merging more on top.
    ///
    /// It shows the values in its errors and its `Debug`: keep a [`redactor`](Self::redactor) for the
    /// former. Resolve once: a value that looks like a reference would be taken for one.
    pub fn into_figment_exposed(self) -> Figment {
        self.figment
    }

    pub(crate) fn figment(&self) -> &Figment {
        &self.figment
    }

    pub(crate) fn leaves(&self) -> &[Leaf] {
        self.redactor.leaves()
    }

    pub(crate) fn extraction(&self) -> Extraction<'_> {
        Extraction::new(&self.figment, &self.redactor, None, false)
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
