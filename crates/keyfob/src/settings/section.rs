//! The settings in a section of an application's own figment.

use std::collections::BTreeMap;

use figment::value::{Num, Value};
use figment::{Figment, Metadata};
use secret_source::suggest;

use super::candidate::Candidate;
use super::fault::Fault;
use super::provenance::Provenance;
use super::table;

/// Holds the texts of a section by the names of their settings.
pub(super) type Section = BTreeMap<&'static str, Candidate>;

/// Reads every key of the section; the keys are the names of the settings.
///
/// Numbers and booleans count as their text, an array as its elements with commas between them, and
/// a table as one `key=value` a line. Unknown keys are faults: a typo must not become a default.
pub(super) fn read(figment: &Figment) -> (Section, Vec<Fault>) {
    // figment's own message may quote a line of the file, so only the place is kept.
    let Ok(tree) = figment.find_value("") else {
        let fault = Fault::new(
            "section",
            "the configuration that holds the settings cannot be read",
        );
        return (
            Section::new(),
            vec![fault.hint_at("correct the file; extracting from it says what is wrong")],
        );
    };
    let mut section = Section::new();
    let mut faults = Vec::new();
    for (key, value) in tree.as_dict().into_iter().flatten() {
        match entry(figment, key, value) {
            Ok((name, candidate)) => section.extend(candidate.map(|candidate| (name, candidate))),
            Err(fault) => faults.push(fault),
        }
    }
    (section, faults)
}

fn entry(
    figment: &Figment,
    key: &str,
    value: &Value,
) -> Result<(&'static str, Option<Candidate>), Fault> {
    let from = Provenance::Section {
        key: key.to_owned(),
        place: figment
            .get_metadata(value.tag())
            .map(place)
            .unwrap_or_default(),
    };
    let Some(setting) = table::named(key) else {
        let fault = Fault::new(key, "there is no such setting").at(from.to_string());
        return Err(
            match suggest(key, table::all().map(|setting| setting.name)) {
                Some(near) => fault.hint_at(format!("did you mean `{near}`?")),
                None => fault.hint_at("remove it; docs/settings.md lists the settings"),
            },
        );
    };
    // A number has lost how it was written, and a secret is what was written.
    let readable = !setting.form.is_secret() || value.as_str().is_some();
    match text(value).filter(|_| readable) {
        Some(text) => Ok((setting.name, Candidate::new(&text, from))),
        None => Err(Fault::new(setting.name, "the value must be text")
            .at(from.to_string())
            .hint_at("write it in quotes")),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(_, text) => Some(text.clone()),
        Value::Char(_, letter) => Some(letter.to_string()),
        Value::Bool(_, flag) => Some(flag.to_string()),
        Value::Num(_, number) => Some(number_text(*number)),
        Value::Empty(..) => Some(String::new()),
        Value::Array(_, elements) => Some(
            elements
                .iter()
                .map(text)
                .collect::<Option<Vec<_>>>()?
                .join(","),
        ),
        Value::Dict(_, entries) => {
            let line = |(key, value)| text(value).map(|value| format!("{key}={value}"));
            Some(
                entries
                    .iter()
                    .map(line)
                    .collect::<Option<Vec<_>>>()?
                    .join("\n"),
            )
        }
    }
}

fn number_text(number: Num) -> String {
    let signed = number.to_i128().map(|number| number.to_string());
    let unsigned = || number.to_u128().map(|number| number.to_string());
    signed
        .or_else(unsigned)
        .or_else(|| number.to_f64().map(|number| number.to_string()))
        .unwrap_or_default()
}

fn place(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(source) => format!("{source} {}", metadata.name),
        None => metadata.name.to_string(),
    }
}
