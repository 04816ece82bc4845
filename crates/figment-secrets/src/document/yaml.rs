//! Where values stand in YAML. What an alias means stands at its anchor; what `<<` merges in is found by its text.

use std::ops::Range;

use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, YamlData};

use super::Places;

pub(super) fn places(source: &str) -> Option<Places> {
    let documents = MarkedYaml::load_from_str(source).ok()?;
    let offsets = Offsets::of(source);
    let mut places = Places::default();
    node(documents.first()?, &offsets, &mut places);
    Some(places)
}

fn node(inner: &MarkedYaml<'_>, offsets: &Offsets, places: &mut Places) {
    match &inner.data {
        YamlData::Value(Scalar::String(text)) => {
            places.text(text, offsets.span(inner.span.start, inner.span.end));
        }
        YamlData::Mapping(entries) => {
            for (key, value) in entries {
                if let YamlData::Value(Scalar::String(key)) = &key.data {
                    places.within(key.as_ref(), |places| node(value, offsets, places));
                }
            }
        }
        YamlData::Sequence(elements) => {
            for (index, element) in elements.iter().enumerate() {
                places.within(index.to_string(), |places| node(element, offsets, places));
            }
        }
        YamlData::Value(_) => places.value(offsets.span(inner.span.start, inner.span.end)),
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
