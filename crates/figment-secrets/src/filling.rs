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
pub(crate) fn fill(figment: &Figment, mut tree: Dict, fillings: Vec<Filling>) -> Filled {
    let mut walk = Walk {
        ordinal: 0,
        leaves: Vec::with_capacity(fillings.len()),
        fillings: fillings.into_iter().peekable(),
        provenance: Provenance::new(figment),
    };
    walk.dict(&mut tree, Trail::Root);
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
    fn dict(&mut self, dict: &mut Dict, here: Trail<'_>) {
        dict.retain(|key, value| self.keeps(value, Trail::Key(&here, key)));
    }

    /// Fills what is to be filled in a value, and tells whether the value stays.
    fn keeps(&mut self, value: &mut Value, here: Trail<'_>) -> bool {
        match value {
            Value::String(..) => {
                let ordinal = self.ordinal;
                self.ordinal += 1;
                let filling = self.fillings.next_if(|filling| filling.ordinal == ordinal);
                return filling.is_none_or(|filling| self.fills(value, filling, here));
            }
            Value::Dict(_, dict) => self.dict(dict, here),
            Value::Array(_, elements) => {
                let mut kept = 0;
                elements.retain_mut(|element| {
                    let keeps = self.keeps(element, Trail::Index(&here, kept));
                    kept += usize::from(keeps);
                    keeps
                });
            }
            _ => {}
        }
        true
    }

    fn fills(&mut self, value: &mut Value, filling: Filling, here: Trail<'_>) -> bool {
        let Some(pieces) = filling.pieces else {
            return false;
        };
        let leaf = Leaf {
            path: here.to_path(),
            key: filling.key,
            pieces,
        };
        let (tag, text, origins) = (value.tag(), leaf.text(), leaf.origins());
        if origins.is_empty() {
            // Only escapes: what is left is text like any other.
            *value = Value::String(tag, text);
        } else {
            self.leaves.push(leaf);
            *value = Value::String(self.provenance.tag(tag, origins), text);
        }
        true
    }
}
