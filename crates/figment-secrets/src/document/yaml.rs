//! Where texts stand in YAML. What an alias means stands at its anchor; what `<<` merges in is found by its text.

use std::ops::Range;

use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, YamlData};

use super::Texts;

pub(super) fn texts(source: &str) -> Option<Texts> {
    let documents = MarkedYaml::load_from_str(source).ok()?;
    let offsets = Offsets::of(source);
    let mut texts = Texts::default();
    node(documents.first()?, &offsets, &mut texts);
    Some(texts)
}

fn node(inner: &MarkedYaml<'_>, offsets: &Offsets, texts: &mut Texts) {
    match &inner.data {
        YamlData::Value(Scalar::String(text)) => {
            texts.text(text, offsets.span(inner.span.start, inner.span.end));
        }
        YamlData::Mapping(entries) => {
            for (key, value) in entries {
                if let YamlData::Value(Scalar::String(key)) = &key.data {
                    texts.within(key.as_ref(), |texts| node(value, offsets, texts));
                }
            }
        }
        YamlData::Sequence(elements) => {
            for (index, element) in elements.iter().enumerate() {
                texts.within(index.to_string(), |texts| node(element, offsets, texts));
            }
        }
        _ => {}
    }
}

/// Holds the byte at which each character begins: the parser counts characters.
struct Offsets(Vec<usize>);

impl Offsets {
    fn of(source: &str) -> Self {
        let starts = source.char_indices().map(|(byte, _)| byte);
        Self(starts.chain([source.len()]).collect())
    }

    fn span(&self, start: Marker, end: Marker) -> Range<usize> {
        let last = self.0.last().copied().unwrap_or_default();
        let byte = |marker: Marker| self.0.get(marker.index()).copied().unwrap_or(last);
        byte(start)..byte(end).max(byte(start))
    }
}
