//! [`fill`]: secrets in the place of their references.

use std::iter::Peekable;
use std::vec;

use figment::value::{Dict, Value};

use crate::key_path::{KeyPath, Trail};
use crate::leaf::{Leaf, Piece};

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
}

/// Writes fillings, in the order of their ordinals, into a tree. Tags stay as they are.
pub(crate) fn fill(mut tree: Dict, fillings: Vec<Filling>) -> Filled {
    let mut walk = Walk {
        ordinal: 0,
        leaves: Vec::with_capacity(fillings.len()),
        fillings: fillings.into_iter().peekable(),
        has_moved: false,
    };
    walk.dict(&mut tree, Trail::Root);
    Filled {
        tree,
        leaves: walk.leaves,
    }
}

struct Walk {
    ordinal: usize,
    fillings: Peekable<vec::IntoIter<Filling>>,
    leaves: Vec<Leaf>,
    /// Whether an element of an array was left out, so that those behind it have moved up.
    has_moved: bool,
}

impl Walk {
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
                    self.has_moved |= !keeps;
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
            path: match self.has_moved {
                true => here.to_path(),
                false => filling.key.clone(),
            },
            key: filling.key,
            pieces,
        };
        *value = Value::String(value.tag(), leaf.text());
        // Where there were only escapes, what is left is text like any other.
        if leaf.secrets().next().is_some() {
            self.leaves.push(leaf);
        }
        true
    }
}
