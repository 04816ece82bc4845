//! The hint that names the variables which were tried.

use secret_source::{SecretAddress, SecretError};

use crate::VariableNames;
use crate::reserved::is_reserved;

/// Adds to a failure's hint which variables would have answered, and why one that is set did not.
pub(crate) fn explain(
    failure: SecretError,
    names: &VariableNames,
    address: &SecretAddress,
    dotenv_file: Option<&str>,
    refusal: Option<&SecretError>,
) -> SecretError {
    let tried = hint(names, address, dotenv_file, refusal);
    let hint = match failure.hint() {
        Some(hint) => format!("{hint}; {tried}"),
        None => tried,
    };
    failure.with_hint(hint)
}

/// Names the variables that would have answered, and says why one that is set did not.
pub(crate) fn hint(
    names: &VariableNames,
    address: &SecretAddress,
    dotenv_file: Option<&str>,
    refusal: Option<&SecretError>,
) -> String {
    if let Some(refusal) = refusal {
        return match refusal.hint() {
            Some(hint) => format!("{}: {hint}", refusal.message()),
            None => refusal.message().to_owned(),
        };
    }
    let is_mapped = names.mapped(address).is_some();
    let (reserved, usable): (Vec<_>, Vec<_>) = names
        .of(address)
        .into_iter()
        .partition(|name| !is_mapped && is_reserved(name));
    let mut sentences = Vec::new();
    if !usable.is_empty() {
        let place = dotenv_file.map_or(String::new(), |file| format!(", nor in {file}"));
        sentences.push(format!(
            "no variable {} is set, with or without `_FILE`{place}",
            quoted(&usable)
        ));
    }
    if !reserved.is_empty() {
        sentences.push(format!(
            "{} is reserved and never used, map another variable to the secret",
            quoted(&reserved)
        ));
    }
    sentences.join("; ")
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(" or ")
}
