//! Variables that are probably misspelt.

use env_fallback::Environment;
use secret_source::suggest;

use super::table;

/// The beginnings of the variables that this table and Infisical's own tools share.
const PREFIXES: [&str; 2] = ["KEYFOB_", "INFISICAL_"];

/// Returns each variable that is nearly one of ours, with the one that was probably meant.
///
/// Variables that are like none of ours are left alone: other programs read some that begin alike.
pub(super) fn misspelt(environment: &Environment) -> Vec<(String, String)> {
    let known: Vec<String> = table::all()
        .flat_map(|setting| setting.variables)
        .flat_map(|variable| [(*variable).to_owned(), format!("{variable}_FILE")])
        .collect();
    let ours = environment
        .names()
        .filter(|name| PREFIXES.iter().any(|prefix| name.starts_with(prefix)));
    let unknown = ours.filter(|name| !known.iter().any(|known| known == name));
    unknown
        .filter_map(|name| {
            Some((
                name.to_owned(),
                suggest(name, known.iter().map(String::as_str))?.to_owned(),
            ))
        })
        .collect()
}
