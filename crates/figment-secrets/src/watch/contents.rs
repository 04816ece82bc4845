//! [`Contents`]: what a configuration holds, to be compared with the next one.

use std::collections::{BTreeMap, BTreeSet};

use figment::Error;
use figment::value::{Num, Value};

use crate::Resolved;
use crate::key_path::{KeyPath, Trail};
use crate::leaf::Leaf;

/// Is an effective configuration without a plain copy of its secrets: those are shared with whoever else holds them.
#[derive(Default)]
pub(crate) struct Contents(Node);

enum Node {
    Table(BTreeMap<String, Node>),
    List(Vec<Node>),
    Secret(Leaf),
    /// Neither a table nor a list.
    Plain(Value),
}

impl Contents {
    pub(crate) fn of(resolved: &Resolved) -> Result<Self, Error> {
        let mut root = Node::of(resolved.figment().find_value("")?);
        for leaf in resolved.leaves() {
            if let Some(node) = root.find_mut(&leaf.path) {
                *node = Node::Secret(leaf.clone());
            }
        }
        Ok(Self(root))
    }

    /// Returns the keys whose values differ, those that only one of the two has included. A key is that of a value:
    /// of a table that is new, each value counts.
    pub(crate) fn differing(&self, other: &Self) -> Vec<String> {
        let mut keys = Vec::new();
        compare(Some(&self.0), Some(&other.0), Trail::Root, &mut keys);
        keys.iter().map(KeyPath::to_string).collect()
    }
}

/// Is an empty table.
impl Default for Node {
    fn default() -> Self {
        Self::Table(BTreeMap::new())
    }
}

impl Node {
    fn of(value: Value) -> Self {
        match value {
            Value::Dict(_, dict) => {
                let entries = dict.into_iter();
                Self::Table(entries.map(|(key, value)| (key, Self::of(value))).collect())
            }
            Value::Array(_, elements) => Self::List(elements.into_iter().map(Self::of).collect()),
            plain => Self::Plain(plain),
        }
    }

    fn find_mut(&mut self, path: &KeyPath) -> Option<&mut Self> {
        path.keys().iter().try_fold(self, |node, key| match node {
            Self::Table(table) => table.get_mut(key),
            Self::List(elements) => elements.get_mut(key.parse::<usize>().ok()?),
            Self::Secret(_) | Self::Plain(_) => None,
        })
    }

    /// Returns the entries of a table that has some.
    fn table(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Table(table) => Some(table).filter(|table| !table.is_empty()),
            _ => None,
        }
    }

    /// Returns the elements of a list that has some.
    fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list.as_slice()).filter(|list| !list.is_empty()),
            _ => None,
        }
    }
}

/// Collects where two trees differ. What is absent is compared with each value of what is there.
fn compare(one: Option<&Node>, other: Option<&Node>, here: Trail<'_>, keys: &mut Vec<KeyPath>) {
    let both = (one, other);
    let tables = (one.and_then(Node::table), other.and_then(Node::table));
    let lists = (one.and_then(Node::list), other.and_then(Node::list));
    match (both, tables, lists) {
        (_, (Some(one), Some(other)), _) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names {
                let here = Trail::Key(&here, name);
                compare(one.get(name), other.get(name), here, keys);
            }
        }
        ((None, _) | (_, None), (Some(table), None) | (None, Some(table)), _) => {
            for (name, node) in table {
                compare(Some(node), None, Trail::Key(&here, name), keys);
            }
        }
        (_, _, (Some(one), Some(other))) => {
            for index in 0..one.len().max(other.len()) {
                let here = Trail::Index(&here, index);
                compare(one.get(index), other.get(index), here, keys);
            }
        }
        ((None, _) | (_, None), _, (Some(list), None) | (None, Some(list))) => {
            for (index, node) in list.iter().enumerate() {
                compare(Some(node), None, Trail::Index(&here, index), keys);
            }
        }
        ((Some(one), Some(other)), ..) if is_same(one, other) => {}
        _ => keys.push(here.to_path()),
    }
}

fn is_same(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Secret(one), Node::Secret(other)) => one.bytes().eq(other.bytes()),
        // Where a value is written does not matter.
        (Node::Secret(secret), Node::Plain(Value::String(_, text)))
        | (Node::Plain(Value::String(_, text)), Node::Secret(secret)) => {
            secret.bytes().eq(text.bytes())
        }
        (Node::Plain(Value::Num(_, one)), Node::Plain(Value::Num(_, other))) => {
            one == other || (is_nan(one) && is_nan(other))
        }
        (Node::Plain(one), Node::Plain(other)) => one == other,
        // Those that are not empty were compared already.
        (Node::Table(one), Node::Table(other)) => one.is_empty() && other.is_empty(),
        (Node::List(one), Node::List(other)) => one.is_empty() && other.is_empty(),
        _ => false,
    }
}

/// Tells whether a number differs from itself, which is no change.
fn is_nan(number: &Num) -> bool {
    number.to_f64().is_some_and(f64::is_nan)
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};
    use secret_source::{MemorySource, Resolver};

    use super::*;
    use crate::ResolveSecrets;

    async fn contents(toml: &str, secret: &str) -> Contents {
        let source = MemorySource::new()
            .with("infisical://dev/A", secret)
            .unwrap()
            .with("infisical://dev/B", "b")
            .unwrap();
        let resolver = Resolver::builder(source).build().unwrap();
        let figment = Figment::from(Toml::string(toml));
        Contents::of(&figment.resolve_secrets(&resolver).await.unwrap()).unwrap()
    }

    async fn differing(one: &str, other: &str) -> Vec<String> {
        let (one, other) = (contents(one, "a").await, contents(other, "a").await);
        let forth = one.differing(&other);
        assert_eq!(forth, other.differing(&one), "either way");
        forth
    }

    #[tokio::test]
    async fn the_same_configuration_read_twice_does_not_differ() {
        let all =
            "a = 'infisical://dev/A'\nb = [1, 2.5, true, nan, {}]\n[t]\nd = 1979-05-27\ne = []";
        assert_eq!(differing(all, all).await, [""; 0]);
    }

    #[tokio::test]
    async fn a_changed_secret_is_named_wherever_it_stands() {
        let all = "a = 'infisical://dev/A'\nb = 'infisical://dev/B'\n[t]\nl = ['x', '${infisical://dev/A}!']";
        let (one, other) = (contents(all, "1").await, contents(all, "2").await);
        assert_eq!(one.differing(&other), ["a", "t.l.1"]);
    }

    #[tokio::test]
    async fn values_are_named_that_changed_came_or_went() {
        for (one, other, keys) in [
            ("a = 1", "a = 2", &["a"][..]),
            ("a = 1", "a = '1'", &["a"]),
            ("a = 1", "b = 1", &["a", "b"]),
            ("l = [1, 2]", "l = [1, 3, 4]", &["l.1", "l.2"]),
            (
                "x = 1",
                "x = 1\n[t.u]\na = 1\nb = [2]",
                &["t.u.a", "t.u.b.0"],
            ),
            ("t = {}", "t = { a = 1 }", &["t"]),
            ("l = []", "l = [[]]", &["l"]),
            ("t = { a = 1 }", "t = 1", &["t"]),
            ("x = 1", "x = 1\nt = {}", &["t"]),
            ("'a.b' = 1", "'a.b' = 2", &["\"a.b\""]),
        ] {
            assert_eq!(differing(one, other).await, keys, "{one} -> {other}");
        }
    }

    #[tokio::test]
    async fn only_the_text_counts_and_not_where_it_came_from() {
        assert_eq!(
            differing("a = 'infisical://dev/B'", "a = 'b'").await,
            [""; 0]
        );
        let template = "a = 'x${infisical://dev/B}x'";
        assert_eq!(differing(template, "a = 'xbx'").await, [""; 0]);
        assert_eq!(differing(template, "a = 'x<secret of a>x'").await, ["a"]);
    }
}
