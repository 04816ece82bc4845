//! [`Effective`]: the effective tree of a configuration, secrets in place.

use std::sync::{Arc, OnceLock};

use figment::value::{Dict, Map, Tag, Value};
use figment::{Figment, Metadata, Profile};

use crate::write_back::write_back;

/// Holds the tree that applications extract from, and makes a figment of it where one is needed.
///
/// Most applications extract once and never need that figment, whose making costs as much as the rest.
#[derive(Clone)]
pub(crate) struct Effective {
    tree: Value,
    /// Has the profile and metadata of the tree; its own values are not used any more.
    unresolved: Arc<Figment>,
    /// The metadata of the tags of secrets, and of nothing else.
    added: Arc<Map<Tag, Metadata>>,
    figment: OnceLock<Figment>,
}

impl Effective {
    pub(crate) fn new(tree: Dict, unresolved: Figment, added: Map<Tag, Metadata>) -> Self {
        Self {
            tree: Value::from(tree),
            unresolved: Arc::new(unresolved),
            added: Arc::new(added),
            figment: OnceLock::new(),
        }
    }

    /// Returns the table at `path` as a tree of its own; an empty one where there is none.
    pub(crate) fn focus(&self, path: &str) -> Self {
        let table = self.tree.find_ref(path).and_then(Value::as_dict);
        Self {
            tree: Value::from(table.cloned().unwrap_or_default()),
            unresolved: Arc::clone(&self.unresolved),
            added: Arc::clone(&self.added),
            figment: OnceLock::new(),
        }
    }

    pub(crate) fn tree(&self) -> &Value {
        &self.tree
    }

    pub(crate) fn profile(&self) -> &Profile {
        self.unresolved.profile()
    }

    /// Tells whether a value of the tree holds a secret.
    pub(crate) fn is_secret(&self, value: &Value) -> bool {
        self.added.contains_key(&value.tag())
    }

    /// Returns a figment with this tree.
    pub(crate) fn figment(&self) -> &Figment {
        let make = || self.written(self.tree.clone());
        self.figment.get_or_init(make)
    }

    /// Returns a figment with this tree, and keeps no copy of the values.
    pub(crate) fn into_figment(mut self) -> Figment {
        match self.figment.take() {
            Some(figment) => figment,
            None => {
                let tree = std::mem::replace(&mut self.tree, Value::from(false));
                self.written(tree)
            }
        }
    }

    fn written(&self, tree: Value) -> Figment {
        let tree = tree.into_dict().unwrap_or_default();
        write_back(&self.unresolved, tree, Map::clone(&self.added))
    }
}
