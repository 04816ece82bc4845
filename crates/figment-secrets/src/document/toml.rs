//! Where texts stand in TOML.

use toml_edit::{ImDocument, Item, TableLike, Value};

use super::Texts;

pub(super) fn texts(source: &str) -> Option<Texts> {
    let document = ImDocument::parse(source).ok()?;
    let mut texts = Texts::default();
    table(document.as_table(), &mut texts);
    Some(texts)
}

fn table(table: &dyn TableLike, texts: &mut Texts) {
    for (key, inner) in table.iter() {
        texts.within(key, |texts| item(inner, texts));
    }
}

fn item(item: &Item, texts: &mut Texts) {
    match item {
        Item::None => {}
        Item::Value(inner) => value(inner, texts),
        Item::Table(inner) => table(inner, texts),
        Item::ArrayOfTables(tables) => {
            for (index, inner) in tables.iter().enumerate() {
                texts.within(index.to_string(), |texts| table(inner, texts));
            }
        }
    }
}

fn value(inner: &Value, texts: &mut Texts) {
    match inner {
        Value::String(text) => {
            if let Some(span) = text.span() {
                texts.text(text.value(), span);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                texts.within(index.to_string(), |texts| value(element, texts));
            }
        }
        Value::InlineTable(inner) => table(inner, texts),
        _ => {}
    }
}
