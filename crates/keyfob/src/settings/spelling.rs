//! The spellings of one setting's variable, each with its `_FILE` variant.

use std::path::Path;

use env_fallback::Environment;
use secrecy::{ExposeSecret, SecretString};

use super::candidate::Candidate;
use super::fault::Fault;
use super::file;
use super::provenance::Provenance;
use super::table::Setting;

/// Reads a setting from the environment; blank values count as unset.
///
/// # Errors
///
/// Fails where a file cannot be read, and where two spellings are set to different values.
pub(super) fn read(setting: &Setting, environment: &Environment) -> Result<Option<Candidate>, Fault> {
    let spellings = setting.variables.iter().flat_map(|variable| {
        [plain(variable, environment), from_file(setting, variable, environment)]
    });
    let found = spellings.filter_map(Result::transpose).collect::<Result<Vec<_>, Fault>>()?;
    let mut found = found.into_iter();
    let Some(first) = found.next() else { return Ok(None) };
    let normal = |candidate: &Candidate| setting.form.normal(candidate.text.expose_secret());
    match found.find(|other| normal(other) != normal(&first)) {
        Some(other) => Err(conflict(setting, &first, &other)),
        None => Ok(Some(first)),
    }
}

fn plain(variable: &str, environment: &Environment) -> Result<Option<Candidate>, Fault> {
    let text = environment.get(variable).map(|value| value.expose_secret().trim());
    Ok(text.and_then(|text| Candidate::new(text, Provenance::Variable(variable.to_owned()))))
}

fn from_file(setting: &Setting, variable: &str, environment: &Environment) -> Result<Option<Candidate>, Fault> {
    let variable = format!("{variable}_FILE");
    let path = environment.get(&variable).map(|value| value.expose_secret().trim());
    let Some(path) = path.filter(|path| !path.is_empty()) else { return Ok(None) };
    let text = file::read(Path::new(path)).map(SecretString::from).map_err(|problem| {
        Fault::new(setting.name, problem).at(&variable).hint_at(format!("correct the path, or unset {variable}"))
    })?;
    let from = Provenance::File { variable, path: path.to_owned() };
    Ok(Candidate::new(text.expose_secret(), from))
}

fn conflict(setting: &Setting, first: &Candidate, other: &Candidate) -> Fault {
    Fault::new(setting.name, format!("{} and {} are set to different values", first.from, other.from))
        .at(first.from.to_string())
        .hint_at("set one of them, or both to the same value")
}
