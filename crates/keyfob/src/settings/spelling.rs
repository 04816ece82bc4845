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
pub(super) fn read(
    setting: &Setting,
    environment: &Environment,
) -> Result<Option<Candidate>, Fault> {
    let spellings = setting.variables.iter().flat_map(|variable| {
        [
            plain(setting, variable, environment),
            from_file(setting, variable, environment),
        ]
    });
    let found = spellings
        .filter_map(Result::transpose)
        .collect::<Result<Vec<_>, Fault>>()?;
    let mut found = found.into_iter();
    let Some(first) = found.next() else {
        return Ok(None);
    };
    let normal = |candidate: &Candidate| setting.form.normal(candidate.text.expose_secret());
    match found.find(|other| normal(other) != normal(&first)) {
        Some(other) => Err(conflict(setting, &first, &other)),
        None => Ok(Some(first)),
    }
}

fn plain(
    setting: &Setting,
    variable: &str,
    environment: &Environment,
) -> Result<Option<Candidate>, Fault> {
    let value = value(setting, variable, environment)?;
    let from = || Provenance::Variable(variable.to_owned());
    Ok(value.and_then(|value| Candidate::new(value.expose_secret(), from())))
}

fn from_file(
    setting: &Setting,
    variable: &str,
    environment: &Environment,
) -> Result<Option<Candidate>, Fault> {
    let variable = format!("{variable}_FILE");
    let path = value(setting, &variable, environment)?.map(|path| path.expose_secret().trim());
    let Some(path) = path.filter(|path| !path.is_empty()) else {
        return Ok(None);
    };
    let text = file::read(Path::new(path)).map_err(|problem| {
        let hint = format!("correct the path, or unset {variable}");
        Fault::new(setting.name, problem)
            .at(&variable)
            .hint_at(hint)
    })?;
    let path = path.to_owned();
    Ok(Candidate::new(&text, Provenance::File { variable, path }))
}

fn value<'a>(
    setting: &Setting,
    variable: &str,
    environment: &'a Environment,
) -> Result<Option<&'a SecretString>, Fault> {
    environment.value(variable).map_err(|error| {
        let hint = error.hint().unwrap_or_default();
        Fault::new(setting.name, error.message())
            .at(variable)
            .hint_at(hint)
    })
}

fn conflict(setting: &Setting, first: &Candidate, other: &Candidate) -> Fault {
    Fault::new(
        setting.name,
        format!(
            "{} and {} are set to different values",
            first.from, other.from
        ),
    )
    .at(first.from.to_string())
    .hint_at("set one of them, or both to the same value")
}
