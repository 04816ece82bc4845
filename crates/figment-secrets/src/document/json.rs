//! Where texts stand in JSON.

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Texts;

pub(super) fn texts(source: &str) -> Option<Texts> {
    let parsed = parse_to_ast(source, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let mut texts = Texts::default();
    value(parsed.value.as_ref()?, &mut texts);
    Some(texts)
}

fn value(inner: &Value<'_>, texts: &mut Texts) {
    match inner {
        Value::StringLit(text) => texts.text(&text.value, text.start()..text.end()),
        Value::Object(object) => {
            for property in &object.properties {
                texts.within(property.name.as_str(), |texts| {
                    value(&property.value, texts)
                });
            }
        }
        Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                texts.within(index.to_string(), |texts| value(element, texts));
            }
        }
        _ => {}
    }
}
