//! Configuration files as one Figment.

use std::path::Path;

use keyfob::figment::Figment;
use keyfob::figment::providers::{Format, Json, Toml, Yaml};

use crate::arguments::Files;
use crate::failure::Failure;

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
                Ok(_) => {}
                Err(error) => {
                    return Err(Failure::usage(format!(
                        "cannot read {}: {error}",
                        path.display()
                    )));
                }
            }
            merge(figment, path, nested)
        })?;
    Ok(match &files.profile {
        Some(profile) => merged.select(profile),
        None => merged,
    })
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
