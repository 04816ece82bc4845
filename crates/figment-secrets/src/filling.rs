//! [`fill`]: secrets in the place of their references.

use std::iter::Peekable;
use std::vec;

use figment::Figment;
use figment::Metadata;
use figment::value::{Dict, Map, Tag, Value};

use crate::key_path::{KeyPath, Trail};
use crate::leaf::{Leaf, Piece};
use crate::provenance::Provenance;

/// Says what to put in the place of one string of the tree.
pub(crate) struct Filling {
    /// Which string of the tree it is, counted in the order of the walk.
    pub(crate) ordinal: usize,
    pub(crate) key: KeyPath,
    /// `None` leaves the key out.
    pub(crate) pieces: Option<Vec<Piece>>,
}

/// Is a tree in which references have given way to secrets.
pub(crate) struct Filled {
    pub(crate) tree: Dict,
    pub(crate) leaves: Vec<Leaf>,
    /// The metadata of the tags that say where each secret came from.
    pub(crate) metadata: Map<Tag, Metadata>,
}

/// Writes fillings, in the order of their ordinals, into a tree of `figment`.
pub(crate) fn fill(figment: &Figment, tree: Dict, fillings: Vec<Filling>) -> Filled {
    let mut walk = Walk {
        ordinal: 0,
        fillings: fillings.into_iter().peekable(),
        leaves: Vec::new(),
        provenance: Provenance::new(figment),
    };
    let tree = walk.dict(tree, Trail::Root);
    Filled {
        tree,
        leaves: walk.leaves,
        metadata: walk.provenance.into_metadata(),
    }
}

struct Walk<'f> {
    ordinal: usize,
    fillings: Peekable<vec::IntoIter<Filling>>,
    leaves: Vec<Leaf>,
    provenance: Provenance<'f>,
}

impl Walk<'_> {
    fn dict(&mut self, dict: Dict, here: Trail<'_>) -> Dict {
        let filled = dict.into_iter().filter_map(|(key, value)| {
            let value = self.value(value, Trail::Key(&here, &key))?;
            Some((key, value))
        });
        filled.collect()
    }

    fn value(&mut self, value: Value, here: Trail<'_>) -> Option<Value> {
        match value {
            Value::String(tag, text) => {
                let ordinal = self.ordinal;
                self.ordinal += 1;
                match self.fillings.next_if(|filling| filling.ordinal == ordinal) {
                    Some(filling) => self.string(tag, filling, here),
                    None => Some(Value::String(tag, text)),
                }
            }
            Value::Dict(tag, dict) => Some(Value::Dict(tag, self.dict(dict, here))),
            Value::Array(tag, elements) => {
                let mut kept = Vec::with_capacity(elements.len());
                for element in elements {
                    let element = self.value(element, Trail::Index(&here, kept.len()));
                    kept.extend(element);
                }
                Some(Value::Array(tag, kept))
            }
            other => Some(other),
        }
    }

    fn string(&mut self, tag: Tag, filling: Filling, here: Trail<'_>) -> Option<Value> {
        let leaf = Leaf {
            path: here.to_path(),
            key: filling.key,
            pieces: filling.pieces?,
        };
        let (text, origins) = (leaf.text(), leaf.origins());
        if origins.is_empty() {
            // Only escapes: what is left is text like any other.
            return Some(Value::String(tag, text));
        }
        self.leaves.push(leaf);
        Some(Value::String(self.provenance.tag(tag, origins), text))
    }
}
