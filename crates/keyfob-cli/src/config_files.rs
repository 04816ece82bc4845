//! Configuration files as one Figment.

use std::path::Path;

use keyfob::figment::providers::{Format, Json, Toml, Yaml};
use keyfob::figment::{Figment, Profile};

use crate::arguments::Files;
use crate::failure::Failure;
use crate::output;

/// Merges the files in order. With a profile, their top-level tables are profiles.
pub(crate) fn figment(files: &Files) -> Result<Figment, Failure> {
    let nested = files.profile.is_some();
    let merged = files
        .files
        .iter()
        .try_fold(Figment::new(), |figment, path| {
            // Figment takes a file that is not there for an empty one. A pipe, as of `<(…)`, is fine.
            match std::fs::metadata(path) {
                Ok(found) if found.is_dir() => {
                    return Err(Failure::usage(format!("{} is a folder", path.display())));
                }
                // A plain file is opened, to find out early whether that is allowed.
                Ok(found) if found.is_file() => std::fs::File::open(path).map(drop),
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            }
            .map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))?;
            merge(figment, path, nested)
        })?;
    let Some(profile) = &files.profile else {
        return Ok(merged);
    };
    let profile = Profile::new(profile);
    let known: Vec<_> = merged.profiles().map(ToString::to_string).collect();
    if !merged.profiles().any(|known| *known == profile) {
        // Its values are those of `default`, which is right for some and a typo for others.
        output::note(&format!(
            "no file has a profile `{profile}` (there are: {})",
            known.join(", ")
        ));
    }
    Ok(merged.select(profile))
}

fn merge(figment: Figment, path: &Path, nested: bool) -> Result<Figment, Failure> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    Ok(match ending.to_ascii_lowercase().as_str() {
        "toml" => figment.merge(Toml::file_exact(path).profile_tables(nested)),
        "yaml" | "yml" => figment.merge(Yaml::file_exact(path).profile_tables(nested)),
        "json" => figment.merge(Json::file_exact(path).profile_tables(nested)),
        _ => {
            let path = path.display();
            return Err(Failure::usage(format!(
                "{path} does not end in .toml, .yaml, .yml or .json"
            )));
        }
    })
}

/// Reads a file's top-level tables as profiles, or not.
trait ProfileTables {
    fn profile_tables(self, nested: bool) -> Self;
}

impl<F: Format> ProfileTables for keyfob::figment::providers::Data<F> {
    fn profile_tables(self, nested: bool) -> Self {
        if nested { self.nested() } else { self }
    }
}
