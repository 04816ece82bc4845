//! Configuration files as one Figment.

use std::error::Error;

use keyfob::ConfigFiles;
use keyfob::figment::{Figment, Profile};

use crate::arguments::Files;
use crate::failure::Failure;
use crate::output;

/// Merges the files in order. With a profile, their top-level tables are profiles.
pub(crate) fn figment(files: &Files) -> Result<Figment, Failure> {
    let read = ConfigFiles::new(&files.files);
    let read = match &files.profile {
        Some(profile) => read.profile(Profile::new(profile)),
        None => read,
    };
    let merged = read.figment().map_err(|error| {
        let cause = error.source().map(|cause| format!(": {cause}"));
        Failure::usage(format!("{error}{}", cause.unwrap_or_default()))
    })?;
    if let Some(profile) = &files.profile
        && !merged.profiles().any(|known| known == profile.as_str())
    {
        // Its values are those of `default`, which is right for some and a typo for others.
        let known: Vec<_> = merged.profiles().map(ToString::to_string).collect();
        output::note(&format!(
            "no file has a profile `{profile}` (there are: {})",
            known.join(", ")
        ));
    }
    Ok(merged)
}
