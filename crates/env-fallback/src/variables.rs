//! [`Variables`]: named values, with an index that finds them by the end of their names.

use std::fmt;

use secret_source::Secret;

use crate::endings::Endings;
use crate::name_bytes;

/// The ending that makes a variable the path of a file that holds the value.
pub(crate) const FILE_SUFFIX: &str = "_FILE";

/// Holds the variables of an environment or of a `.env` file.
#[derive(Default)]
pub(crate) struct Variables {
    /// In the order of their names.
    list: Vec<Variable>,
    /// In the order of their tails, values before files.
    index: Vec<Entry>,
    endings: Endings,
}

pub(crate) struct Variable {
    pub(crate) name: String,
    /// `None` where the bytes are not UTF-8.
    pub(crate) secret: Option<Secret>,
}

/// What a variable is for the secret whose name it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holds {
    Value,
    Path,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    tail: u64,
    holds: Holds,
    position: usize,
}

impl Variables {
    /// Takes the variables; of equal names the last one counts.
    pub(crate) fn new(variables: impl IntoIterator<Item = Variable>) -> Self {
        let mut list: Vec<_> = variables.into_iter().collect();
        list.reverse();
        list.sort_by(|left, right| left.name.cmp(&right.name));
        list.dedup_by(|later, first| later.name == first.name);
        let mut index: Vec<_> = list
            .iter()
            .enumerate()
            .flat_map(|(position, variable)| {
                let value = (Holds::Value, Some(variable.name.as_str()));
                let path = (Holds::Path, variable.name.strip_suffix(FILE_SUFFIX));
                [value, path].into_iter().filter_map(move |(holds, name)| {
                    Some(Entry {
                        tail: name_bytes::tail(name_bytes::existing(name?)),
                        holds,
                        position,
                    })
                })
            })
            .collect();
        index.sort();
        let mut endings = Endings::default();
        let held = list
            .iter()
            .flat_map(|Variable { name, .. }| [Some(&**name), name.strip_suffix(FILE_SUFFIX)]);
        held.flatten().for_each(|name| endings.add(name));
        Self {
            list,
            index,
            endings,
        }
    }

    /// Returns the variable of exactly this name.
    pub(crate) fn named(&self, name: &str) -> Option<(usize, &Variable)> {
        let position = self
            .list
            .binary_search_by(|variable| variable.name.as_str().cmp(name))
            .ok()?;
        Some((position, &self.list[position]))
    }

    /// Tells whether a variable may stand for a secret of this key; `false` is certain, and cheap.
    pub(crate) fn may_hold(&self, key: &str) -> bool {
        !self.list.is_empty() && self.endings.may_end_with(key)
    }

    /// Finds the variables that hold the value of a name, given from its end, or a path to it.
    pub(crate) fn holding<'a>(
        &'a self,
        name: impl Iterator<Item = u8> + Clone + 'a,
    ) -> impl Iterator<Item = (usize, &'a Variable, Holds)> + 'a {
        let tail = name_bytes::tail(name.clone());
        let first = self.index.partition_point(|entry| entry.tail < tail);
        let alike = self.index[first..]
            .iter()
            .take_while(move |entry| entry.tail == tail);
        alike.filter_map(move |entry| {
            let variable = &self.list[entry.position];
            let held = match entry.holds {
                Holds::Value => &variable.name,
                Holds::Path => variable.name.strip_suffix(FILE_SUFFIX)?,
            };
            name_bytes::existing(held).eq(name.clone()).then_some((
                entry.position,
                variable,
                entry.holds,
            ))
        })
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Variable> {
        self.list.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.list.iter().map(|variable| &variable.name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use secret_source::{ExposeSecret, Origin};

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        Variables::new(pairs.iter().map(|(name, value)| Variable {
            name: (*name).to_owned(),
            secret: Some(Secret::new(*value, Origin::new("test"))),
        }))
    }

    fn found(variables: &Variables, name: &str) -> Vec<(String, Holds)> {
        let found = variables.holding(name_bytes::existing(name));
        found
            .map(|(_, variable, holds)| (variable.name.clone(), holds))
            .collect()
    }

    #[test]
    fn a_name_is_found_whole_with_its_value_before_its_file() {
        let variables = variables(&[
            ("DB_DSN_FILE", "/x"),
            ("DB_DSN", "v"),
            ("MY_DB_DSN", "w"),
            ("DSN", "u"),
        ]);
        assert_eq!(
            found(&variables, "DB_DSN"),
            [
                ("DB_DSN".to_owned(), Holds::Value),
                ("DB_DSN_FILE".to_owned(), Holds::Path)
            ]
        );
        assert_eq!(found(&variables, "DSN"), [("DSN".to_owned(), Holds::Value)]);
        assert_eq!(found(&variables, "B_DSN"), []);
        assert_eq!(
            found(&variables, "DB_DSN_FILE"),
            [("DB_DSN_FILE".to_owned(), Holds::Value)]
        );
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        let variables = variables(&[("A", "first"), ("B", "b"), ("A", "last")]);
        let (_, variable) = variables.named("A").unwrap();
        assert_eq!(
            variable.secret.as_ref().unwrap().value().expose_secret(),
            "last"
        );
        assert_eq!(variables.len(), 2);
    }
}
