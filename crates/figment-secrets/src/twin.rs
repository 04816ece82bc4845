//! [`Twin`]: the error that the same extraction fails with when it is not given the secrets.
//!
//! A deserialiser may put anything it was given into its message: in capitals, in part, or only
//! counted. So text is shown if the message would have been the same without the secret.

use figment::value::{Map, Num, Value};
use figment::{Error, Figment};
use serde::de::DeserializeOwned;

use crate::extract::Extraction;
use crate::key_path::KeyPath;
use crate::leaf::{Leaf, Mask};
use crate::write_back::write_back;

/// Is an error at the same place as the real one, from an extraction without the secrets.
pub(crate) struct Twin<'l> {
    pub(crate) error: Error,
    mask: Mask,
    leaves: &'l [Leaf],
    /// Leaves away from the failing place that the extraction did not get past without their value.
    unmasked: Vec<&'l Leaf>,
}

impl<'l> Twin<'l> {
    /// Extracts from copies of `figment` until one fails where the real extraction did.
    ///
    /// First every secret is masked. Where the masked extraction fails before it reaches that place,
    /// because a mask is no address or number, the values there are put back and it is tried again. A
    /// deserialiser is given its own part of the tree only, so what it writes does not depend on them.
    pub(crate) fn of<T: DeserializeOwned>(
        extraction: &Extraction<'l>,
        figment: &Figment,
        real: &Error,
        mask: Mask,
    ) -> Option<Self> {
        let tree = figment.find_value("").ok()?;
        let failed = KeyPath::of(real);
        let (mut masked, mut unmasked): (Vec<&Leaf>, _) =
            (extraction.leaves.iter().collect(), Vec::new());
        loop {
            let copy = with_masks(figment, tree.clone(), &masked, mask)?;
            let error = extraction.attempt::<T>(&copy).err()?;
            let place = KeyPath::of(&error);
            if place == failed {
                return Some(Self {
                    error,
                    mask,
                    leaves: extraction.leaves,
                    unmasked,
                });
            }
            let in_the_way = |leaf: &&Leaf| leaf.path.meets(&place) && !leaf.path.meets(&failed);
            let (freed, kept): (Vec<_>, Vec<_>) = masked.into_iter().partition(in_the_way);
            if freed.is_empty() {
                return None;
            }
            unmasked.extend(freed);
            masked = kept;
        }
    }

    /// Returns the text to show for what the real error says and its twin says in the same place.
    pub(crate) fn agreed(&self, ours: &str, theirs: &str) -> Option<String> {
        if ours != theirs && self.scrub(ours) != theirs {
            return None;
        }
        let text = self.leaves.iter().fold(theirs.to_owned(), |text, leaf| {
            leaf.with_shown_masks(text, self.mask)
        });
        let unmasked = self.unmasked.iter();
        let text = unmasked.fold(text, |text, leaf| leaf.scrub(text, Mask::Shown));
        let leaves = self.leaves.iter();
        Some(leaves.fold(text, |text, leaf| leaf.labelled(text)))
    }

    /// Masks every secret that stands literally in `text`; those at the failing place first, since one
    /// value may be the secret of several keys.
    fn scrub(&self, text: &str) -> String {
        let failed = KeyPath::of(&self.error);
        let (here, elsewhere): (Vec<_>, Vec<_>) = self
            .leaves
            .iter()
            .partition(|leaf| leaf.path.meets(&failed));
        let leaves = here.into_iter().chain(elsewhere);
        let known = |leaf: &&Leaf| {
            !self
                .unmasked
                .iter()
                .any(|unmasked| unmasked.path == leaf.path)
        };
        leaves
            .filter(known)
            .fold(text.to_owned(), |text, leaf| leaf.scrub(text, self.mask))
    }
}

/// Returns a copy of a figment with masks in the places of these secrets.
pub(crate) fn with_masks(
    figment: &Figment,
    mut tree: Value,
    masked: &[&Leaf],
    mask: Mask,
) -> Option<Figment> {
    for leaf in masked {
        if let Some(value) = leaf.path.find_mut(&mut tree) {
            *value = stand_in(value, leaf, mask);
        }
    }
    Some(write_back(figment, tree.into_dict()?, Map::new()))
}

/// Masks text. In the place of a converted number or boolean another one stands, never the same, so
/// that no message can be right about it by chance.
fn stand_in(value: &Value, leaf: &Leaf, mask: Mask) -> Value {
    match value {
        Value::Bool(tag, real) => Value::Bool(*tag, !real),
        Value::Num(tag, real) => {
            let numbers = match mask {
                Mask::Shown => [1, 2],
                Mask::Other => [3, 4],
            };
            let is_first = real.to_u128_lossy() == Some(u128::from(numbers[0]));
            Value::Num(*tag, Num::U8(numbers[usize::from(is_first)]))
        }
        _ => Value::String(value.tag(), leaf.masked(mask)),
    }
}
