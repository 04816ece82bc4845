//! [`Extraction`]: figment's extraction with secrets in numbers and booleans, and without them in errors.

use std::borrow::Cow;
use std::ptr;
use std::sync::Arc;

use figment::error::{Actual, Kind};
use figment::value::{Map, Tag, Value};
use figment::{Error, Figment};
use serde::de::DeserializeOwned;

use crate::Redactor;
use crate::effective::Effective;
use crate::key_path::KeyPath;
use crate::leaf::{Leaf, Mask};
use crate::provenance::profile_of;
use crate::reading::{Reading, number};
use crate::twin::{Twin, with_masks};
use crate::write_back::write_back;

/// Says what to extract from where.
pub(crate) struct Extraction<'r> {
    effective: &'r Effective,
    pub(crate) leaves: &'r [Leaf],
    /// The path to extract from; `None` means the root.
    at: Option<&'r str>,
    /// Whether figment reads numbers and booleans from any text.
    lossy: bool,
}

impl<'r> Extraction<'r> {
    pub(crate) fn new(effective: &'r Effective, at: Option<&'r str>, lossy: bool) -> Self {
        Self {
            effective,
            leaves: effective.leaves(),
            at,
            lossy,
        }
    }

    /// Extracts, and reads a secret's text as a number or boolean where one is expected.
    pub(crate) fn run<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let reading = Reading::new(self.effective, self.lossy);
        let part = self.effective.tree().find_ref(self.at.unwrap_or_default());
        match part.and_then(|part| reading.read(part).ok()) {
            Some(extracted) => Ok(extracted),
            None => self.run_with_figment(&reading.into_converted()),
        }
    }

    /// Extracts with figment, which takes longer and says what is wrong. Begins with the values that are
    /// known to be wanted in the place of texts.
    fn run_with_figment<T: DeserializeOwned>(
        &self,
        wanted: &[(&Value, Value)],
    ) -> Result<T, Error> {
        let mut figment = Cow::Borrowed(self.effective.figment());
        let mut converted = self.leaves_of(wanted);
        if !converted.is_empty() {
            figment = Cow::Owned(self.with_values(&figment, converted.clone())?);
        }
        loop {
            let error = match self.attempt::<T>(&figment) {
                Ok(extracted) => return Ok(extracted),
                Err(error) => error,
            };
            let path = KeyPath::of(&error);
            let failed = self.leaves.iter().position(|leaf| leaf.path == path);
            let is_converted = |leaf: &usize| converted.iter().any(|(other, _)| other == leaf);
            if let Some(leaf) = failed.filter(is_converted) {
                return Err(self.refused::<T>(&figment, leaf, error));
            }
            match failed.and_then(|leaf| self.conversion(&figment, leaf, &error)) {
                Some(conversion) => {
                    converted.push(conversion.clone());
                    figment = Cow::Owned(self.with_values(&figment, vec![conversion])?);
                }
                None => return Err(self.scrubbed::<T>(&figment, error)),
            }
        }
    }

    /// Returns the leaves that stand where values of the tree are converted, each with its new value.
    fn leaves_of(&self, converted: &[(&Value, Value)]) -> Vec<(usize, Value)> {
        let tree = self.effective.tree();
        let leaf_at = |(text, value): &(&Value, Value)| {
            let stands_there = |leaf: &Leaf| {
                leaf.path
                    .find(tree)
                    .is_some_and(|value| ptr::eq(value, *text))
            };
            Some((self.leaves.iter().position(stands_there)?, value.clone()))
        };
        converted.iter().filter_map(leaf_at).collect()
    }

    /// Extracts from a copy in which every secret is masked, if the type can do without them. Where numbers are wanted
    /// of texts, others stand there.
    pub(crate) fn masked<T: DeserializeOwned>(&self, mask: Mask) -> Option<T> {
        let reading = Reading::new(self.effective, self.lossy);
        reading.read::<T>(self.effective.tree()).ok()?;
        let converted = self.leaves_of(&reading.into_converted());
        let figment = self.with_values(self.effective.figment(), converted).ok()?;
        let leaves: Vec<_> = self.leaves.iter().collect();
        let masked = with_masks(&figment, figment.find_value("").ok()?, &leaves, mask)?;
        self.attempt(&masked).ok()
    }

    /// Extracts as figment does.
    pub(crate) fn attempt<T: DeserializeOwned>(&self, figment: &Figment) -> Result<T, Error> {
        match (self.at, self.lossy) {
            (None, false) => figment.extract(),
            (None, true) => figment.extract_lossy(),
            (Some(at), false) => figment
                .extract_inner(at)
                .map_err(|error| located(figment, at, error)),
            (Some(at), true) => figment
                .extract_inner_lossy(at)
                .map_err(|error| located(figment, at, error)),
        }
    }

    /// Returns the lossy value to try after a type error at a secret.
    fn conversion(
        &self,
        figment: &Figment,
        failed: usize,
        error: &Error,
    ) -> Option<(usize, Value)> {
        let Kind::InvalidType(Actual::Str(_), expected) = &error.kind else {
            return None;
        };
        let tree = figment.find_value("").ok()?;
        let value = self.leaves[failed].path.find(&tree)?;
        let lossy = match expected.as_str() {
            "a boolean" => Value::Bool(value.tag(), value.to_bool_lossy()?),
            _ => Value::Num(value.tag(), number(value)?),
        };
        Some((failed, lossy))
    }

    /// Returns the figment with other values in the places of secrets.
    fn with_values(
        &self,
        figment: &Figment,
        values: Vec<(usize, Value)>,
    ) -> Result<Figment, Error> {
        let mut tree = figment.find_value("")?;
        for (leaf, value) in values {
            if let Some(place) = self.leaves[leaf].path.find_mut(&mut tree) {
                *place = tagged(value, place.tag());
            }
        }
        Ok(write_back(
            figment,
            tree.into_dict().unwrap_or_default(),
            Map::new(),
        ))
    }

    /// Scrubs the error about a secret whose number was not wanted either. The complaint about its text
    /// is the plainer one.
    fn refused<T: DeserializeOwned>(&self, figment: &Figment, leaf: usize, error: Error) -> Error {
        let text = |value: &Value| Value::String(value.tag(), self.leaves[leaf].text());
        let complaint = || {
            let value = text(self.leaves[leaf].path.find(&figment.find_value("").ok()?)?);
            let figment = self.with_values(figment, vec![(leaf, value)]).ok()?;
            let error = self.attempt::<T>(&figment).err()?;
            Some((figment, error))
        };
        match complaint().filter(|(_, complaint)| complaint.path == error.path) {
            Some((figment, complaint)) => self.scrubbed::<T>(&figment, complaint),
            None => self.scrubbed::<T>(figment, error),
        }
    }

    fn scrubbed<T: DeserializeOwned>(&self, figment: &Figment, error: Error) -> Error {
        let redactor = Redactor::new(Arc::clone(self.effective.leaves()));
        let [shown, other] = Mask::BOTH.map(|mask| {
            let twin = Twin::of::<T>(self, figment, &error, mask);
            redactor.scrub_beside(error.clone(), twin.as_ref())
        });
        match shown.to_string() == other.to_string() {
            true => shown,
            false => redactor.scrub_beside(error, None),
        }
    }
}

/// Returns what stands in the place of a secret: the provenance is that of the place.
fn tagged(value: Value, tag: Tag) -> Value {
    match value {
        Value::Bool(_, boolean) => Value::Bool(tag, boolean),
        Value::Num(_, number) => Value::Num(tag, number),
        Value::String(_, text) => Value::String(tag, text),
        other => other,
    }
}

/// Puts the path that was asked for where it belongs: figment appends it to the path within, with the
/// keys that it did not follow because an empty one stood before them. Where figment knows nothing of the
/// value within, the file is that of the value that was asked for.
fn located(figment: &Figment, at: &str, mut error: Error) -> Error {
    let appended = at.split('.').filter(|key| !key.is_empty()).count();
    if let Some(within) = error.path.len().checked_sub(appended) {
        error.path.truncate(within);
        error
            .path
            .splice(..0, KeyPath::dotted(at).keys().iter().cloned());
    }
    if error.metadata.is_none()
        && let Ok(asked) = figment.find_value(at)
    {
        error.metadata = figment.get_metadata(asked.tag()).cloned();
        error.profile = Some(profile_of(asked.tag(), figment));
    }
    error
}
