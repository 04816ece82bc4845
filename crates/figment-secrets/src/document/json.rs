//! Where values stand in JSON.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Places;

pub(super) fn places(source: &str) -> Option<Places> {
    let parsed = parse_to_ast(source, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let mut places = Places::default();
    value(parsed.value.as_ref()?, &mut places);
    Some(places)
}

fn value(inner: &Value<'_>, places: &mut Places) {
    match inner {
        Value::StringLit(text) => places.text(&text.value, text.start()..text.end()),
        Value::Object(object) => {
            for property in &object.properties {
                places.within(property.name.as_str(), |places| {
                    value(&property.value, places)
                });
            }
        }
        Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                places.within(index.to_string(), |places| value(element, places));
            }
        }
        other => places.value(other.start()..other.end()),
    }
}
