//! [`KeyNames`]: which configuration key the name of a secret becomes.

use std::sync::Arc;

use figment::value::{Uncased, UncasedStr};

/// Is one step of a chain that rewrites keys, or drops them.
pub(super) type Step = Arc<dyn Fn(&UncasedStr) -> Option<Uncased<'static>> + Send + Sync>;

/// Makes keys of names: prefix, then the steps in order, then the case.
#[derive(Clone)]
pub(super) struct KeyNames {
    pub(super) prefix: Option<String>,
    pub(super) steps: Vec<Step>,
    pub(super) lowercase: bool,
}

impl KeyNames {
    /// Returns the key of a secret in the folder `parents` beneath the one that is loaded; `None` where it is
    /// not wanted. A part may be empty, and is no key then.
    pub(super) fn key(&self, parents: &[&str], name: &str) -> Option<Vec<String>> {
        let name = match &self.prefix {
            Some(prefix) => without_prefix(name, prefix)?,
            None => name,
        };
        let mut key = Uncased::from_owned([parents, &[name]].concat().join("."));
        for step in &self.steps {
            key = step(&key)?;
        }
        let key = key.into_string();
        let key = if self.lowercase {
            key.to_ascii_lowercase()
        } else {
            key
        };
        Some(key.split('.').map(str::to_owned).collect())
    }
}

impl Default for KeyNames {
    fn default() -> Self {
        Self {
            prefix: None,
            steps: Vec::new(),
            lowercase: true,
        }
    }
}

fn without_prefix<'n>(name: &'n str, prefix: &str) -> Option<&'n str> {
    let (head, rest) = name.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}
