//! [`Projects`]: which project an address means, as an id.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use secret_source::SecretError;

use crate::flight::Flight;

/// Knows the default project, the other names of projects, and the ids that slugs turned out to have.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    pub(crate) default: Option<String>,
    pub(crate) aliases: BTreeMap<String, String>,
    slugs: Mutex<HashMap<String, Arc<Slug>>>,
}

/// A slug and, once it was looked up, its id.
#[derive(Debug)]
pub(crate) struct Slug {
    pub(crate) id: OnceLock<String>,
    pub(crate) flight: Flight<Result<String, SecretError>>,
}

impl Projects {
    pub(crate) fn new(default: Option<String>, aliases: BTreeMap<String, String>) -> Self {
        Self {
            default,
            aliases,
            slugs: Mutex::default(),
        }
    }

    /// Returns the id or slug that an address means by its project, or by naming none.
    pub(crate) fn named<'a>(&'a self, project: Option<&'a str>) -> Result<&'a str, SecretError> {
        let project = match project {
            Some(alias) => self.aliases.get(alias).map_or(alias, String::as_str),
            None => self.default.as_deref().ok_or_else(|| {
                SecretError::invalid("the reference names no project and no default is set").with_code("no-project").with_hint(
                    "set the project (INFISICAL_PROJECT_ID), or name it in the reference: `infisical://project@prod/…`",
                )
            })?,
        };
        Ok(project)
    }

    /// Returns where the id of a slug is kept.
    pub(crate) fn slug(&self, slug: &str) -> Arc<Slug> {
        let mut slugs = self.slugs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = slugs.get(slug) {
            return Arc::clone(known);
        }
        let new = Arc::new(Slug {
            id: OnceLock::new(),
            flight: Flight::default(),
        });
        slugs.insert(slug.to_owned(), Arc::clone(&new));
        new
    }
}

/// Tells an id from a slug: ids are UUIDs in their common form.
pub(crate) fn is_id(project: &str) -> bool {
    project.len() == 36
        && project
            .bytes()
            .enumerate()
            .all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_slugs_are_told_apart() {
        assert!(is_id("4b7605fe-685e-40fd-a757-a40f06d3a8ee"));
        assert!(is_id("4B7605FE-685E-40FD-A757-A40F06D3A8EE"));
        for slug in [
            "live-project",
            "",
            "4b7605fe-685e-40fd-a757-a40f06d3a8eg",
            "4b7605fe685e40fda757a40f06d3a8ee",
        ] {
            assert!(!is_id(slug), "{slug}");
        }
    }

    #[test]
    fn an_alias_wins_over_an_id_of_the_same_text() {
        let aliases = BTreeMap::from([("acme".to_owned(), "acme-prod".to_owned())]);
        let projects = Projects::new(Some("main".to_owned()), aliases);
        assert_eq!(projects.named(None).unwrap(), "main");
        assert_eq!(projects.named(Some("acme")).unwrap(), "acme-prod");
        assert_eq!(projects.named(Some("other")).unwrap(), "other");
        assert!(Projects::default().named(None).is_err());
    }
}
