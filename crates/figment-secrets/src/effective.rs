//! [`Effective`]: the effective tree of a configuration, secrets in place.

use std::sync::{Arc, OnceLock};

use figment::value::{Dict, Value};
use figment::{Figment, Profile};

use crate::key_path::KeyPath;
use crate::leaf::Leaf;
use crate::provenance::Provenance;
use crate::write_back::write_back;

/// Holds the tree that applications extract from, and makes a figment of it where one is needed.
///
/// Most applications extract once and never need that figment, whose making costs as much as the rest.
#[derive(Clone)]
pub(crate) struct Effective {
    tree: Value,
    /// Where the tree stands in the whole.
    base: KeyPath,
    leaves: Arc<[Leaf]>,
    /// Has the profile and metadata of the tree, and the references as they were written.
    unresolved: Arc<Figment>,
    figment: OnceLock<Figment>,
}

impl Effective {
    /// Takes a tree with secrets at `leaves`, which was the effective one of `unresolved`.
    pub(crate) fn new(tree: Dict, leaves: Vec<Leaf>, unresolved: Figment) -> Self {
        Self {
            tree: Value::from(tree),
            base: KeyPath::default(),
            leaves: leaves.into(),
            unresolved: Arc::new(unresolved),
            figment: OnceLock::new(),
        }
    }

    /// Returns the table at `path` as a tree of its own; an empty one where there is none.
    pub(crate) fn focus(&self, path: &str) -> Self {
        let base = KeyPath::dotted(path);
        let within = self.leaves.iter().filter_map(|leaf| {
            Some(Leaf {
                path: leaf.path.beneath(&base)?,
                ..leaf.clone()
            })
        });
        let table = self.tree.find_ref(path).and_then(Value::as_dict);
        Self {
            tree: Value::from(table.cloned().unwrap_or_default()),
            base: self.base.with(&base),
            leaves: within.collect(),
            unresolved: Arc::clone(&self.unresolved),
            figment: OnceLock::new(),
        }
    }

    /// Returns the configuration as it was written.
    pub(crate) fn unresolved(&self) -> &Figment {
        &self.unresolved
    }

    /// Returns where in the configuration a place of this tree is.
    pub(crate) fn absolute(&self, path: &KeyPath) -> KeyPath {
        self.base.with(path)
    }

    pub(crate) fn tree(&self) -> &Value {
        &self.tree
    }

    pub(crate) fn leaves(&self) -> &Arc<[Leaf]> {
        &self.leaves
    }

    pub(crate) fn profile(&self) -> &Profile {
        self.unresolved.profile()
    }

    /// Returns a figment with this tree.
    pub(crate) fn figment(&self) -> &Figment {
        let make = || self.written(self.tree.clone());
        self.figment.get_or_init(make)
    }

    /// Returns a figment with this tree, and keeps no copy of the values.
    pub(crate) fn into_figment(mut self) -> Figment {
        let figment = self.figment.take();
        figment.unwrap_or_else(|| {
            let tree = std::mem::replace(&mut self.tree, Value::from(false));
            self.written(tree)
        })
    }

    /// Writes the tree into a figment, each secret with its own provenance.
    fn written(&self, mut tree: Value) -> Figment {
        let mut provenance = Provenance::new(&self.unresolved);
        for leaf in &*self.leaves {
            if let Some(Value::String(tag, _)) = leaf.path.find_mut(&mut tree) {
                *tag = provenance.tag(*tag, leaf.origins());
            }
        }
        let tree = tree.into_dict().unwrap_or_default();
        write_back(&self.unresolved, tree, provenance.into_metadata())
    }
}
