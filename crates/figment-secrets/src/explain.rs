//! Extraction errors as problems, which have lines and advice.

use figment::Error;
use figment::error::Kind;
use figment::value::Value;
use secret_ref::Schemes;
use secret_source::suggest;

use crate::effective::Effective;
use crate::finding::{Finding, Text};
use crate::key_path::KeyPath;
use crate::place::Place;
use crate::quoted::Quoted;
use crate::site::{Spot, Spots};
use crate::{Problem, ProblemKind, Report};

/// Makes a problem of each error in a chain, which must have been scrubbed.
pub(crate) fn explain(effective: &Effective, report: &Report, error: Error) -> Vec<Problem> {
    let problem = |error: Error| {
        at_a_secret(effective, report, &error)
            .unwrap_or_else(|| elsewhere(effective, report, &error))
    };
    error.into_iter().map(problem).collect()
}

/// Describes what is wrong with the value of a secret, at the place of its reference.
fn at_a_secret(effective: &Effective, report: &Report, error: &Error) -> Option<Problem> {
    let path = KeyPath::of(error);
    let leaf = effective.leaves().iter().find(|leaf| leaf.path == path)?;
    let figment = effective.unresolved();
    let written = figment.find_value("").ok()?;
    let written = leaf.key.find(&written)?;
    let text = Text {
        figment,
        ordinal: 0,
        tag: written.tag(),
        key: leaf.key.clone(),
        text: written.as_str()?,
    };
    let key = leaf.key.to_string();
    let references = report.rows().iter().filter(|row| row.key() == key);
    let schemes = Schemes::new(references.map(|row| row.reference().scheme())).ok()?;
    // Of several references in one text nobody knows which is to blame: the first shows the place.
    let span = schemes.spans(text.text).into_iter().next()?;
    let quoted = Quoted::to_blame(text.text.get(span.clone())?, code(&error.kind));
    let advice = (error.kind.to_string(), hint(&error.kind, true));
    let finding = text.finding(ProblemKind::Extraction, advice, span, quoted);
    let mut problem = Finding::settle(figment, vec![finding]).pop()?;
    problem.code = code(&error.kind);
    Some(problem)
}

/// Describes what is wrong with any other value, as far as figment tells where it stands.
fn elsewhere(effective: &Effective, report: &Report, error: &Error) -> Problem {
    let key = effective.absolute(&KeyPath::of(error));
    let spot = spot(effective, report, &key);
    let place = error.metadata.as_ref().map(Place::of_metadata);
    let place = place.unwrap_or_default();
    Problem {
        code: code(&error.kind),
        key: Some(key.to_string()).filter(|_| !key.is_root()),
        file: place.file,
        line: spot.as_ref().map(|spot| spot.line),
        column: spot.as_ref().map(|spot| spot.column),
        place: place.shown,
        message: error.kind.to_string(),
        hint: Some(hint(&error.kind, false)),
        ..Problem::without_place(ProblemKind::Extraction)
    }
}

/// Finds where a value that is no secret stands. Elements of arrays may have moved up, where one before them was left
/// out, and are then not looked for.
fn spot(effective: &Effective, report: &Report, key: &KeyPath) -> Option<Spot> {
    let is_index = |key: &String| key.parse::<usize>().is_ok();
    let left_out = || report.rows().iter().any(|row| row.origin().is_none());
    if key.keys().iter().any(is_index) && left_out() {
        return None;
    }
    let figment = effective.unresolved();
    let tree = figment.find_value("").ok()?;
    let tag = key.find(&tree).map(Value::tag)?;
    Spots::new(figment).find_value(tag, key)
}

fn code(kind: &Kind) -> &'static str {
    match kind {
        Kind::MissingField(_) => "missing-field",
        Kind::DuplicateField(_) => "duplicate-field",
        Kind::UnknownField(..) => "unknown-field",
        Kind::UnknownVariant(..) => "unknown-variant",
        Kind::InvalidLength(..) => "wrong-length",
        Kind::InvalidValue(..) => "wrong-value",
        Kind::Message(_) => "refused-value",
        _ => "wrong-type",
    }
}

fn hint(kind: &Kind, is_secret: bool) -> String {
    match kind {
        Kind::MissingField(_) => "set the key, or give the field a default".to_owned(),
        Kind::DuplicateField(_) => "remove one of the two".to_owned(),
        Kind::UnknownField(found, known) => one_of("known are", found, known),
        Kind::UnknownVariant(found, known) => one_of("store one of", found, known),
        _ if is_secret => "correct the stored value, or the type of the field".to_owned(),
        _ => "correct the value, or the type of the field".to_owned(),
    }
}

fn one_of(else_say: &str, found: &str, known: &[&str]) -> String {
    match suggest(found, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("{else_say} {}", known.join(", "))
        }
    }
}
