//! [`Extraction`]: figment's extraction with secrets in numbers and booleans, and without them in errors.

use std::borrow::Cow;

use figment::error::{Actual, Kind};
use figment::value::{Map, Value};
use figment::{Error, Figment};
use serde::de::DeserializeOwned;

use crate::Redactor;
use crate::key_path::KeyPath;
use crate::leaf::Leaf;
use crate::twin::Twin;
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
        let mut figment = Cow::Borrowed(self.figment);
        let mut before: Option<(Cow<'_, Figment>, Error)> = None;
        loop {
            let error = match self.attempt::<T>(&figment) {
                Ok(extracted) => return Ok(extracted),
                Err(error) => error,
            };
            if let Some((text, first)) = before.take().filter(|(_, first)| first.path == error.path)
            {
                // The number was not wanted either: the complaint about the text is the plainer one.
                return Err(self.scrubbed::<T>(&text, first));
            }
            match self.converted(&figment, &error) {
                Some(converted) => {
                    before = Some((figment, error));
                    figment = Cow::Owned(converted);
                }
                None => return Err(self.scrubbed::<T>(&figment, error)),
            }
        }
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

    /// Returns the figment with figment's lossy value in the place of a secret that is of the wrong type.
    fn converted(&self, figment: &Figment, error: &Error) -> Option<Figment> {
        let Kind::InvalidType(Actual::Str(_), expected) = &error.kind else {
            return None;
        };
        let path = KeyPath::of(error);
        self.leaves.iter().find(|leaf| leaf.path == path)?;
        let mut tree = figment.find_value("").ok()?;
        let value = path.find_mut(&mut tree)?;
        *value = match expected.as_str() {
            "a boolean" => Value::Bool(value.tag(), value.to_bool_lossy()?),
            _ => Value::Num(value.tag(), value.to_num_lossy()?),
        };
        Some(write_back(figment, tree.into_dict()?, Map::new()))
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
