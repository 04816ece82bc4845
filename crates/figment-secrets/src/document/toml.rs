//! Where values stand in TOML.

use toml_edit::{ImDocument, Item, TableLike, Value};

use super::Places;

pub(super) fn places(source: &str) -> Option<Places> {
    let document = ImDocument::parse(source).ok()?;
    let mut places = Places::default();
    table(document.as_table(), &mut places);
    Some(places)
}

fn table(table: &dyn TableLike, places: &mut Places) {
    for (key, inner) in table.iter() {
        places.within(key, |places| item(inner, places));
    }
}

fn item(item: &Item, places: &mut Places) {
    match item {
        Item::None => {}
        Item::Value(inner) => value(inner, places),
        Item::Table(inner) => table(inner, places),
        Item::ArrayOfTables(tables) => {
            for (index, inner) in tables.iter().enumerate() {
                places.within(index.to_string(), |places| table(inner, places));
            }
        }
    }
}

fn value(inner: &Value, places: &mut Places) {
    match inner {
        Value::String(text) => {
            if let Some(span) = text.span() {
                places.text(text.value(), span);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                places.within(index.to_string(), |places| value(element, places));
            }
        }
        Value::InlineTable(inner) => table(inner, places),
        other => {
            if let Some(span) = other.span() {
                places.value(span);
            }
        }
    }
}
