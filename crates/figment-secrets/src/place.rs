//! [`Place`]: where figment says that something was written.

use figment::value::Tag;
use figment::{Figment, Metadata, Source};

/// Says where a value of the configuration comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, relative to the working directory where it lies beneath.
    pub(crate) file: Option<String>,
    /// The file, or else what figment calls the provider, such as `` `APP_` environment variable(s)``.
    pub(crate) shown: Option<String>,
}

impl Place {
    pub(crate) fn of_tag(figment: &Figment, tag: Tag) -> Self {
        figment
            .get_metadata(tag)
            .map(Self::of_metadata)
            .unwrap_or_default()
    }

    pub(crate) fn of_metadata(metadata: &Metadata) -> Self {
        match &metadata.source {
            Some(source @ Source::File(_)) => {
                let file = source.to_string();
                Self {
                    file: Some(file.clone()),
                    shown: Some(file),
                }
            }
            Some(source) => Self {
                file: None,
                shown: Some(format!("{source} {}", metadata.name)),
            },
            None => Self {
                file: None,
                shown: Some(metadata.name.to_string()),
            },
        }
    }
}
