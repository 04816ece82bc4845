//! [`Document`]: a configuration file once more, read for the places of its values.
//!
//! Figment tells which file a value came from and not where in it, since its parsers keep no positions.

#[cfg(feature = "json")]
mod json;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::collections::HashMap;
use std::ops::Range;

/// Reads a format; `None` where the text does not parse.
type Read = fn(&str) -> Option<Places>;

/// What reads each format, by figment's name for it.
const FORMATS: &[(&str, Read)] = &[
    #[cfg(feature = "json")]
    ("JSON", json::places),
    #[cfg(feature = "toml")]
    ("TOML", toml::places),
    #[cfg(feature = "yaml")]
    ("YAML", yaml::places),
];

/// Holds a file's text and where in it values stand.
pub(crate) struct Document {
    source: String,
    /// Where each line begins.
    lines: Vec<usize>,
    places: Vec<Place>,
    /// The places of each text that may be a reference. Other texts may be passwords.
    texts: HashMap<String, Vec<usize>>,
}

/// Is where a value stands: the bytes that it takes in the file, quotes included.
struct Place {
    path: Vec<String>,
    span: Range<usize>,
}

/// Collects the values of a document on the way through it.
#[derive(Default)]
pub(crate) struct Places {
    path: Vec<String>,
    found: Vec<Place>,
    texts: HashMap<String, Vec<usize>>,
}

impl Document {
    /// Reads a file's text, in the format that figment's name for its provider begins with; `None` where the format has
    /// no parser here or the text does not parse.
    pub(crate) fn read(provider: &str, source: String) -> Option<Self> {
        let format = provider.split(' ').next();
        let (_, read) = FORMATS.iter().find(|(name, _)| Some(*name) == format)?;
        let places = read(&source)?;
        Some(Self {
            lines: lines(&source),
            places: places.found,
            texts: places.texts,
            source,
        })
    }

    /// Returns the line that holds a byte, counted from 1, and what stands in it before that byte.
    pub(crate) fn line_to(&self, byte: usize) -> (usize, &str) {
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let lead = self.source.get(self.lines[line - 1]..byte);
        (line, lead.unwrap_or_default())
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Finds where a reference or template stands. Figment does not say whether the top-level tables of a file are profiles, and arrays
    /// that were joined count on: so a place counts only if the value stands there, and if no place fits and the value
    /// stands in one place only, that is it.
    pub(crate) fn find(&self, profile: &str, keys: &[String], value: &str) -> Option<Range<usize>> {
        let same = || {
            let numbers = self.texts.get(value).into_iter().flatten();
            numbers.map(|number| &self.places[*number])
        };
        // The last one: JSON takes the last of two keys.
        let place = same().rfind(|place| place.is_in(profile, keys));
        let place = place.or_else(|| same().rfind(|place| place.path == keys));
        let only = || same().next().filter(|_| same().count() == 1);
        Some(place.or_else(only)?.span.clone())
    }

    /// Finds where any value stands, by its keys alone; `None` where these may mean two places.
    pub(crate) fn find_keys(&self, profile: &str, keys: &[String]) -> Option<Range<usize>> {
        let in_profile = self.places.iter().rfind(|place| place.is_in(profile, keys));
        let at_root = self.places.iter().rfind(|place| place.path == keys);
        match (in_profile, at_root) {
            (Some(place), None) | (None, Some(place)) => Some(place.span.clone()),
            _ => None,
        }
    }
}

impl Place {
    /// Tells whether this is the place of a key in the table of a profile.
    fn is_in(&self, profile: &str, keys: &[String]) -> bool {
        self.path
            .split_first()
            .is_some_and(|(first, rest)| first.eq_ignore_ascii_case(profile) && rest == keys)
    }
}

#[cfg_attr(
    not(any(feature = "json", feature = "toml", feature = "yaml")),
    expect(dead_code, reason = "no format is read")
)]
impl Places {
    /// Goes into a table or array.
    fn within(&mut self, key: impl Into<String>, visit: impl FnOnce(&mut Self)) {
        self.path.push(key.into());
        visit(self);
        self.path.pop();
    }

    /// Keeps the place of a text, and the text if a reference can be in it.
    fn text(&mut self, text: &str, span: Range<usize>) {
        if text.contains(':') {
            let places = self.texts.entry(text.to_owned()).or_default();
            places.push(self.found.len());
        }
        self.value(span);
    }

    /// Keeps the place of any value.
    fn value(&mut self, span: Range<usize>) {
        self.found.push(Place {
            path: self.path.clone(),
            span,
        });
    }
}

fn lines(source: &str) -> Vec<usize> {
    let ends = source.match_indices('\n').map(|(end, _)| end + 1);
    [0].into_iter().chain(ends).collect()
}
