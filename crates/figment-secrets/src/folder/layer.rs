//! [`Layer`]: the keys that one folder gives, with the references that are their values.

use std::collections::BTreeMap;

use figment::Profile;
use figment::value::{Dict, Value};
use secret_ref::SecretRef;
use secret_source::{FolderAddress, SecretAddress};

use super::error::{Clash, FolderError};
use super::keys::KeyNames;

/// Holds the keys of one folder and of those beneath it. No key is the beginning of another.
#[derive(Clone, Default)]
pub(super) struct Layer {
    pub(super) profile: Profile,
    keys: BTreeMap<Vec<String>, SecretAddress>,
}

impl Layer {
    /// Makes keys of what was listed in `root`, or says which secrets claim one key.
    pub(super) fn of(
        root: &FolderAddress,
        addresses: Vec<SecretAddress>,
        names: &KeyNames,
        profile: Profile,
    ) -> Result<Self, FolderError> {
        let mut keys: BTreeMap<Vec<String>, SecretAddress> = BTreeMap::new();
        let mut clashes = Vec::new();
        for address in addresses {
            let Some(key) = names.key(&parents(root, &address), address.key()) else {
                continue;
            };
            if SecretRef::parse(&address.to_string()).is_err() {
                clashes.push(Clash::Unspeakable(address));
            } else if key.iter().any(String::is_empty) {
                clashes.push(Clash::Nameless(address));
            } else if let Some(first) = keys.get(&key) {
                clashes.push(Clash::Same(key, first.clone(), address));
            } else {
                keys.insert(key, address);
            }
        }
        let layer = Self { profile, keys };
        clashes.extend(layer.tables_of(&layer));
        match clashes.is_empty() {
            true => Ok(layer),
            false => Err(FolderError::clashes(clashes)),
        }
    }

    /// Finds keys that are a value here and a table in `other`.
    ///
    /// What is beneath a key follows it in the order of the keys, so the next one tells.
    pub(super) fn tables_of<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Clash> + 'a {
        self.keys.iter().filter_map(|(key, address)| {
            let mut behind = other.keys.range(key.clone()..);
            let (beneath, inner) = behind.find(|(next, _)| *next != key)?;
            beneath
                .starts_with(key)
                .then(|| Clash::Table(key.clone(), address.clone(), inner.clone()))
        })
    }

    /// Returns the keys of each folder as a tree, whose leaves are canonical references.
    pub(super) fn trees(&self) -> BTreeMap<FolderAddress, Dict> {
        let mut trees: BTreeMap<FolderAddress, Dict> = BTreeMap::new();
        for (key, address) in &self.keys {
            let tree = trees.entry(address.folder_address()).or_default();
            // An address prints as the reference that means it.
            insert(tree, key, Value::from(address.to_string()));
        }
        trees
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns each key with dots between its parts, and the address that it stands for.
    pub(super) fn keys(&self) -> impl Iterator<Item = (String, &SecretAddress)> {
        self.keys
            .iter()
            .map(|(key, address)| (key.join("."), address))
    }
}

/// Returns the folders between the one that was listed and the one that a secret is in.
fn parents<'a>(root: &FolderAddress, address: &'a SecretAddress) -> Vec<&'a str> {
    let beneath = address.folder().strip_prefix(root.path());
    let beneath = beneath.unwrap_or_default().split('/');
    beneath.filter(|segment| !segment.is_empty()).collect()
}

fn insert(tree: &mut Dict, key: &[String], value: Value) {
    match key {
        [] => {}
        [last] => drop(tree.insert(last.clone(), value)),
        [first, rest @ ..] => {
            let entry = tree.entry(first.clone());
            // Nothing else can be there: no key is the beginning of another.
            if let Value::Dict(_, inner) = entry.or_insert_with(|| Value::from(Dict::new())) {
                insert(inner, rest, value);
            }
        }
    }
}
