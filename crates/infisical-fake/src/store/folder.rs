//! What one folder holds: secrets, and imports of other folders.

use crate::store::id;
use crate::store::project::{Located, StoredSecret};

/// Holds one folder's secrets, in the order they were made, and its imports, lowest precedence first.
#[derive(Clone)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) secrets: Vec<StoredSecret>,
    pub(crate) imports: Vec<ImportLink>,
    /// How often it was given a name.
    pub(crate) version: u64,
    /// How many imports were ever made, so that each has an id of its own.
    imports_made: u64,
}

impl Folder {
    pub(crate) fn new(environment_id: &str, path: &str) -> Self {
        Self {
            id: id::uuid(&format!("folder {environment_id} {path}")),
            secrets: Vec::new(),
            imports: Vec::new(),
            version: 1,
            imports_made: 0,
        }
    }

    pub(crate) fn secret(&self, key: &str) -> Option<&StoredSecret> {
        self.secrets.iter().find(|secret| secret.key == key)
    }

    pub(crate) fn secret_mut(&mut self, key: &str) -> Option<&mut StoredSecret> {
        self.secrets.iter_mut().find(|secret| secret.key == key)
    }

    /// Makes a secret, or gives it a new version.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        match self.secret_mut(key) {
            Some(secret) => secret.revise(value),
            None => {
                let secret = StoredSecret::new(&self.id, key, value);
                self.secrets.push(secret);
            }
        }
    }

    /// Adds an import after those that are there, which gives it the highest precedence.
    pub(crate) fn import(&mut self, environment: &str, path: &str) {
        self.imports_made += 1;
        let name = format!("import {} {}", self.id, self.imports_made);
        self.imports.push(ImportLink {
            id: id::uuid(&name),
            environment: environment.to_owned(),
            path: path.to_owned(),
        });
    }
}

/// Names the folder that another folder imports; it need not exist.
#[derive(Clone)]
pub(crate) struct ImportLink {
    pub(crate) id: String,
    pub(crate) environment: String,
    pub(crate) path: String,
}

impl ImportLink {
    pub(crate) fn is_to(&self, located: &Located<'_>) -> bool {
        self.environment == located.environment.slug && self.path == located.path
    }

    /// Tells whether two imports, perhaps of different folders, bring the same folder.
    pub(crate) fn leads_where(&self, other: &Self) -> bool {
        self.environment == other.environment && self.path == other.path
    }
}
