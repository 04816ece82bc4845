//! [`KeyPath`]: where in the configuration tree, and [`Trail`]: the way there, during a walk.

use std::fmt;
use std::sync::Arc;

use figment::value::{Dict, Value};

/// Names a place in the tree as figment's errors do: keys and array indices from the root. Shared by
/// its clones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyPath(Arc<[String]>);

/// Is a [`KeyPath`] in the making that borrows its keys, so that a walk allocates only for what it finds.
#[derive(Clone, Copy)]
pub(crate) enum Trail<'a> {
    Root,
    Key(&'a Trail<'a>, &'a str),
    Index(&'a Trail<'a>, usize),
}

impl KeyPath {
    /// Returns the place that an error is about; empty where figment does not tell.
    pub(crate) fn of(error: &figment::Error) -> Self {
        Self(error.path.clone().into())
    }

    /// Reads a path as figment's own methods follow it: keys with dots between them, up to an empty one.
    pub(crate) fn dotted(path: &str) -> Self {
        let keys = path.split('.').take_while(|key| !key.is_empty());
        Self(keys.map(str::to_owned).collect())
    }

    pub(crate) fn keys(&self) -> &[String] {
        &self.0
    }

    /// Tells whether `written`, keys with dots between them, is the last part of the path.
    pub(crate) fn ends_with(&self, written: &str) -> bool {
        let mut keys = self.0.iter().rev();
        let written = written.rsplit('.').map(str::trim);
        written
            .into_iter()
            .all(|part| keys.next().is_some_and(|key| key == part))
    }

    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Tells whether one of the two places lies within the other, or they are the same.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&*other.0).all(|(one, two)| one == two)
    }

    /// Goes on from here by another path.
    pub(crate) fn with(&self, path: &Self) -> Self {
        Self(self.0.iter().chain(&*path.0).cloned().collect())
    }

    /// Returns the path from `base`, if it leads there.
    pub(crate) fn beneath(&self, base: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(base.keys())?;
        Some(Self(rest.into()))
    }

    /// Follows the path to a text.
    pub(crate) fn text_in<'v>(&self, tree: &'v Dict) -> Option<&'v str> {
        let (first, rest) = self.0.split_first()?;
        Self(rest.into()).find(tree.get(first)?)?.as_str()
    }

    /// Follows the path into a tree.
    pub(crate) fn find<'v>(&self, tree: &'v Value) -> Option<&'v Value> {
        self.0.iter().try_fold(tree, |value, key| match value {
            Value::Dict(_, dict) => dict.get(key),
            Value::Array(_, elements) => elements.get(key.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Follows the path into a tree that is to be changed.
    pub(crate) fn find_mut<'v>(&self, tree: &'v mut Value) -> Option<&'v mut Value> {
        self.0.iter().try_fold(tree, |value, key| match value {
            Value::Dict(_, dict) => dict.get_mut(key),
            Value::Array(_, elements) => elements.get_mut(key.parse::<usize>().ok()?),
            _ => None,
        })
    }
}

/// Prints the keys with dots between them, and a key that holds a dot, a quote or a space in quotes.
impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            let plain = |c: char| !matches!(c, '.' | '"') && !c.is_whitespace() && !c.is_control();
            if !key.is_empty() && key.chars().all(plain) {
                f.write_str(key)?;
            } else {
                write!(f, "{key:?}")?;
            }
        }
        Ok(())
    }
}

impl Trail<'_> {
    pub(crate) fn to_path(self) -> KeyPath {
        let mut keys = Vec::new();
        let mut here = self;
        loop {
            here = match here {
                Trail::Root => break,
                Trail::Key(parent, key) => {
                    keys.push(key.to_owned());
                    *parent
                }
                Trail::Index(parent, index) => {
                    keys.push(index.to_string());
                    *parent
                }
            };
        }
        keys.reverse();
        KeyPath(keys.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(keys: &[&str]) -> KeyPath {
        KeyPath(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn a_key_with_a_dot_is_quoted_and_unicode_is_not() {
        assert_eq!(path(&["größe", "a.b", "0"]).to_string(), "größe.\"a.b\".0");
        assert_eq!(path(&["", "two words"]).to_string(), "\"\".\"two words\"");
    }

    #[test]
    fn places_meet_when_one_is_within_the_other() {
        let (db, pw, user) = (path(&["db"]), path(&["db", "pw"]), path(&["db", "user"]));
        assert!(db.meets(&pw) && pw.meets(&db) && KeyPath::default().meets(&pw));
        assert!(!pw.meets(&user));
        assert_eq!(pw.beneath(&db), Some(path(&["pw"])));
        assert_eq!(pw.beneath(&user), None);
    }

    #[test]
    fn a_path_leads_through_tables_and_arrays() {
        let mut tree = Value::from(vec![Value::from(figment::util::map!["a" => "x"])]);
        assert_eq!(
            path(&["0", "a"]).find_mut(&mut tree),
            Some(&mut Value::from("x"))
        );
        assert_eq!(path(&["1", "a"]).find_mut(&mut tree), None);
        assert_eq!(path(&["0", "a", "b"]).find_mut(&mut tree), None);
    }

    #[test]
    fn a_trail_becomes_the_path_it_went() {
        let list = Trail::Key(&Trail::Root, "list");
        assert_eq!(Trail::Index(&list, 2).to_path(), path(&["list", "2"]));
    }
}
