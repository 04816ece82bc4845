//! One secret of a seed.

use std::fmt;

use crate::store::folder::Folder;
use crate::store::id;
use crate::store::project::StoredSecret;

/// Describes one secret with more than key and value.
#[derive(Clone)]
pub struct SecretSeed {
    secret: StoredSecret,
    is_beside: bool,
}

impl SecretSeed {
    /// Describes a secret; the value is kept as it is, untrimmed.
    #[must_use]
    pub fn new(key: &str, value: &str) -> Self {
        Self {
            secret: StoredSecret::new("", key, value),
            is_beside: false,
        }
    }

    /// Sets the comment.
    #[must_use]
    pub fn comment(mut self, comment: &str) -> Self {
        comment.clone_into(&mut self.secret.comment);
        self
    }

    /// Adds a tag by its slug.
    #[must_use]
    pub fn tag(mut self, slug: &str) -> Self {
        self.secret.tags.push(slug.to_owned());
        self
    }

    /// Sets the number of the current version (default 1); older ones are unknown.
    #[must_use]
    pub fn version(mut self, version: u64) -> Self {
        self.secret.first_version = version;
        self
    }

    /// Sets the flag that makes a server quote a multi-line value once it has expanded references in it.
    #[must_use]
    pub fn skip_multiline_encoding(mut self, skip: bool) -> Self {
        self.secret.skip_multiline_encoding = skip;
        self
    }

    /// Lets readers see that the secret exists and not what it is.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.secret.hidden = true;
        self
    }

    /// Adds the value that the user has for it, which no machine identity sees
    /// ([`Fake::issue_user_token`](crate::Fake::issue_user_token)).
    #[must_use]
    pub fn personal(mut self, value: &str) -> Self {
        self.secret.personal = Some(value.to_owned());
        self
    }

    /// Leaves a secret of the same key where it is: a folder can hold two, as creations at the same moment leave
    /// them behind.
    #[must_use]
    pub fn beside_another(mut self) -> Self {
        self.is_beside = true;
        self
    }

    /// Puts the secret into a folder, in place of one of the same key.
    pub(crate) fn store(self, folder: &mut Folder) {
        let mut secret = self.secret;
        let row = folder.secrets.len();
        secret.id = match self.is_beside {
            true => id::uuid(&format!("secret {} {} {row}", folder.id, secret.key)),
            false => id::uuid(&format!("secret {} {}", folder.id, secret.key)),
        };
        match folder.secret_mut(&secret.key).filter(|_| !self.is_beside) {
            Some(known) => *known = secret,
            None => folder.secrets.push(secret),
        }
    }
}

impl fmt::Debug for SecretSeed {
    /// Shows the key and not the value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSeed")
            .field("key", &self.secret.key)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_key_and_not_the_value() {
        let text = format!("{:?}", SecretSeed::new("KEY", "canary-value"));
        assert!(text.contains("KEY") && !text.contains("canary"));
    }
}
