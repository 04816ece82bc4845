//! [`Document`]: a configuration file once more, read for the places of its texts.
//!
//! Figment tells which file a value came from and not where in it, since its parsers keep no positions.

#[cfg(feature = "json")]
mod json;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::ops::Range;

/// Reads a format; `None` where the text does not parse.
type Read = fn(&str) -> Option<Texts>;

/// What reads each format, by figment's name for it.
const FORMATS: &[(&str, Read)] = &[
    #[cfg(feature = "json")]
    ("JSON", json::texts),
    #[cfg(feature = "toml")]
    ("TOML", toml::texts),
    #[cfg(feature = "yaml")]
    ("YAML", yaml::texts),
];

/// Holds a file's text and where in it texts stand that may be references.
pub(crate) struct Document {
    source: String,
    texts: Vec<Text>,
}

/// Is a text of a document: its value, and the bytes that it takes in the file, quotes included.
pub(crate) struct Text {
    path: Vec<String>,
    value: String,
    span: Range<usize>,
}

/// Collects the texts of a document on the way through it.
#[derive(Default)]
pub(crate) struct Texts {
    path: Vec<String>,
    found: Vec<Text>,
}

impl Document {
    /// Reads a file's text, in the format that figment's name for its provider begins with; `None` where the format has
    /// no parser here or the text does not parse.
    pub(crate) fn read(provider: &str, source: String) -> Option<Self> {
        let format = provider.split(' ').next();
        let (_, read) = FORMATS.iter().find(|(name, _)| Some(*name) == format)?;
        let texts = read(&source)?;
        Some(Self {
            texts: texts.found,
            source,
        })
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Finds where a value stands. Figment does not say whether the top-level tables of a file are profiles, and arrays
    /// that were joined count on: so a place counts only if the value stands there, and if no place fits and the value
    /// stands in one place only, that is it.
    pub(crate) fn find(&self, profile: &str, keys: &[String], value: &str) -> Option<Range<usize>> {
        let same = || self.texts.iter().filter(|text| text.value == value);
        let in_profile = |text: &&Text| {
            let (first, rest) = text.path.split_first()?;
            (first.eq_ignore_ascii_case(profile) && rest == keys).then_some(())
        };
        // The last one: JSON takes the last of two keys.
        let place = same().rfind(|text| in_profile(text).is_some());
        let place = place.or_else(|| same().rfind(|text| text.path == keys));
        let only = || same().next().filter(|_| same().count() == 1);
        Some(place.or_else(only)?.span.clone())
    }
}

#[cfg_attr(
    not(any(feature = "json", feature = "toml", feature = "yaml")),
    expect(dead_code, reason = "no format is read")
)]
impl Texts {
    /// Goes into a table or array.
    fn within(&mut self, key: impl Into<String>, visit: impl FnOnce(&mut Self)) {
        self.path.push(key.into());
        visit(self);
        self.path.pop();
    }

    /// Keeps a text if a reference can be in it. Others are of no use here, and may be passwords.
    fn text(&mut self, value: &str, span: Range<usize>) {
        if value.contains(':') {
            self.found.push(Text {
                path: self.path.clone(),
                value: value.to_owned(),
                span,
            });
        }
    }
}
