//! [`Site`]: a reference within a configuration text, and [`Spot`]: where in its file it stands.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use figment::value::Tag;
use figment::{Figment, Source};

use crate::document::Document;
use crate::key_path::KeyPath;
use crate::provenance::profile_of;

/// Files that are longer are not read a second time only to count lines. In bytes.
const LONGEST_FILE: u64 = 4 << 20;

/// Names a reference by the text of the configuration that holds it.
pub(crate) struct Site {
    pub(crate) tag: Tag,
    pub(crate) key: KeyPath,
    /// The whole text, which may hold a password around the reference.
    pub(crate) text: String,
    /// The bytes of the text that the reference takes.
    pub(crate) span: Range<usize>,
}

/// Is where a reference stands in its file. Both numbers count from 1, columns in characters.
pub(crate) struct Spot {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// What stands before it in that line, each character that may be secret replaced by a space.
    pub(crate) lead: String,
}

/// Finds spots in the files of a figment, each of which is read at most once.
pub(crate) struct Spots<'f> {
    figment: &'f Figment,
    documents: HashMap<PathBuf, Option<Document>>,
}

impl<'f> Spots<'f> {
    pub(crate) fn new(figment: &'f Figment) -> Self {
        Self {
            figment,
            documents: HashMap::new(),
        }
    }

    /// Finds where a reference stands; `None` where its file cannot tell, or there is none.
    pub(crate) fn find(&mut self, site: &Site) -> Option<Spot> {
        let profile = profile_of(site.tag, self.figment);
        let document = self.document(site.tag)?;
        let value = document.find(profile.as_str().as_str(), site.key.keys(), &site.text)?;
        let start = value.start + site.offset_within(&document.source()[value]);
        Some(Spot::at(document, start, &site.key))
    }

    /// Finds where any value stands.
    pub(crate) fn find_value(&mut self, tag: Tag, key: &KeyPath) -> Option<Spot> {
        let profile = profile_of(tag, self.figment);
        let document = self.document(tag)?;
        let value = document.find_keys(profile.as_str().as_str(), key.keys())?;
        Some(Spot::at(document, value.start, key))
    }

    fn document(&mut self, tag: Tag) -> Option<&Document> {
        let metadata = self.figment.get_metadata(tag)?;
        let path = metadata.source.as_ref().and_then(Source::file_path)?;
        let document = self.documents.entry(path.to_owned());
        document
            .or_insert_with(|| Document::read(&metadata.name, source_of(path)?))
            .as_ref()
    }
}

impl Site {
    fn reference(&self) -> &str {
        self.text.get(self.span.clone()).unwrap_or_default()
    }

    /// Returns where the reference begins in the text as it is written in the file, in quotes and with escapes.
    fn offset_within(&self, written: &str) -> usize {
        if self.span.is_empty() {
            return 0;
        }
        let before = self.text.get(..self.span.start).unwrap_or_default();
        let nth = before.matches(self.reference()).count();
        let mut places = written.match_indices(self.reference());
        places.nth(nth).map_or(0, |(offset, _)| offset)
    }
}

impl Spot {
    fn at(document: &Document, byte: usize, key: &KeyPath) -> Self {
        let (line, lead) = document.line_to(byte);
        Self {
            line,
            column: lead.chars().count() + 1,
            lead: shown(lead, key),
        }
    }
}

/// Keeps what stands before a value if that is its own key and no more: other values may stand in the same line.
fn shown(lead: &str, key: &KeyPath) -> String {
    let unquoted: String = lead.chars().filter(|c| !matches!(c, '"' | '\'')).collect();
    let written = unquoted
        .trim_start_matches(|c: char| c.is_whitespace() || c == '-')
        .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '=' | ':'));
    let own = written.is_empty() || key.ends_with(written);
    let kept = |c: char| if c == '\t' || !own { ' ' } else { c };
    lead.chars().map(kept).collect()
}

/// Reads a plain file. A pipe gave what it had to figment, and would wait for more.
fn source_of(path: &Path) -> Option<String> {
    let found = fs::metadata(path).ok()?;
    if !found.is_file() || found.len() > LONGEST_FILE {
        return None;
    }
    fs::read_to_string(path).ok()
}
