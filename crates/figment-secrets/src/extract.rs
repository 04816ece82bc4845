//! [`Extraction`]: figment's extraction with secrets in numbers and booleans, and without them in errors.

use std::borrow::Cow;
use std::ptr;

use figment::error::{Actual, Kind};
use figment::value::{Map, Value};
use figment::{Error, Figment};
use serde::de::DeserializeOwned;

use crate::Redactor;
use crate::key_path::KeyPath;
use crate::leaf::Leaf;
use crate::numbers::wanted_numbers;
use crate::twin::{Twin, with_masks};
use crate::write_back::write_back;

/// Says what to extract from where.
pub(crate) struct Extraction<'r> {
    figment: &'r Figment,
    redactor: &'r Redactor,
    pub(crate) leaves: &'r [Leaf],
    /// The path to extract from; `None` means the root.
    at: Option<&'r str>,
    /// Whether figment reads numbers and booleans from any text.
    lossy: bool,
}

impl<'r> Extraction<'r> {
    pub(crate) fn new(
        figment: &'r Figment,
        redactor: &'r Redactor,
        at: Option<&'r str>,
        lossy: bool,
    ) -> Self {
        Self {
            figment,
            redactor,
            leaves: redactor.leaves(),
            at,
            lossy,
        }
    }

    /// Extracts, and reads a secret's text as a number or boolean where one is expected.
    pub(crate) fn run<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.converted().map(|(extracted, _)| extracted)
    }

    /// Extracts, and returns beside it the figment that did it, with numbers in the places of their texts.
    pub(crate) fn converted<T: DeserializeOwned>(&self) -> Result<(T, Cow<'r, Figment>), Error> {
        let mut figment = Cow::Borrowed(self.figment);
        let mut converted: Vec<usize> = Vec::new();
        loop {
            let error = match self.attempt::<T>(&figment) {
                Ok(extracted) => return Ok((extracted, figment)),
                Err(error) => error,
            };
            let path = KeyPath::of(&error);
            let failed = self.leaves.iter().position(|leaf| leaf.path == path);
            if let Some(leaf) = failed.filter(|leaf| converted.contains(leaf)) {
                return Err(self.refused::<T>(&figment, leaf, error));
            }
            match failed.and_then(|leaf| self.conversions::<T>(&figment, leaf, &error)) {
                Some(conversions) => {
                    converted.extend(conversions.iter().map(|(leaf, _)| *leaf));
                    figment = Cow::Owned(self.with_values(&figment, conversions)?);
                }
                None => return Err(self.scrubbed::<T>(&figment, error)),
            }
        }
    }

    /// Extracts from a copy of `figment` in which every secret is masked, if the type can do without them.
    pub(crate) fn masked<T: DeserializeOwned>(&self, figment: &Figment) -> Option<T> {
        let leaves: Vec<_> = self.leaves.iter().collect();
        let masked = with_masks(figment, figment.find_value("").ok()?, &leaves)?;
        self.attempt(&masked).ok()
    }

    /// Extracts as figment does.
    pub(crate) fn attempt<T: DeserializeOwned>(&self, figment: &Figment) -> Result<T, Error> {
        match (self.at, self.lossy) {
            (None, false) => figment.extract(),
            (None, true) => figment.extract_lossy(),
            (Some(at), false) => figment
                .extract_inner(at)
                .map_err(|error| put_first(at, error)),
            (Some(at), true) => figment
                .extract_inner_lossy(at)
                .map_err(|error| put_first(at, error)),
        }
    }

    /// Returns the lossy values to try after a type error at a secret: there, and where else one is wanted.
    fn conversions<T: DeserializeOwned>(
        &self,
        figment: &Figment,
        failed: usize,
        error: &Error,
    ) -> Option<Vec<(usize, Value)>> {
        let Kind::InvalidType(Actual::Str(_), expected) = &error.kind else {
            return None;
        };
        let tree = figment.find_value("").ok()?;
        let value = self.leaves[failed].path.find(&tree)?;
        let lossy = match expected.as_str() {
            "a boolean" => Value::Bool(value.tag(), value.to_bool_lossy()?),
            _ => Value::Num(value.tag(), value.to_num_lossy()?),
        };
        let places = self.leaves.iter().enumerate().filter_map(|(index, leaf)| {
            let value = leaf.path.find(&tree)?;
            Some((ptr::from_ref(value), index))
        });
        let asked = tree.find_ref(self.at.unwrap_or_default())?;
        let mut conversions = wanted_numbers::<T>(asked, &places.collect());
        conversions.retain(|(leaf, _)| *leaf != failed);
        conversions.push((failed, lossy));
        Some(conversions)
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
                *place = value;
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
        let twin = Twin::of::<T>(self, figment, &error);
        self.redactor.scrub_beside(error, twin.as_ref())
    }
}

/// Puts the path that was asked for where it belongs: figment appends it to the path within.
fn put_first(at: &str, mut error: Error) -> Error {
    let length = KeyPath::dotted(at).len();
    if error.path.len() > length {
        error.path.rotate_right(length);
    }
    error
}
