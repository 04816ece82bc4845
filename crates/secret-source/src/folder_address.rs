//! [`FolderAddress`]: which folder, completely.

use std::fmt;
use std::sync::Arc;

use secret_ref::{FolderPath, SecretType, encoded_authority, encoded_segment};

use crate::SecretAddress;

/// Names one folder completely: scheme, project or tenant, environment, path.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderAddress(Arc<Parts>);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Parts {
    scheme: String,
    project: Option<String>,
    environment: String,
    path: String,
}

impl FolderAddress {
    /// Names a folder of the default project.
    pub fn new(scheme: &str, environment: &str, path: &FolderPath) -> Self {
        Self::from_parts(scheme, None, environment, path.as_str())
    }

    /// Names the same folder in `project`, a project id, slug or tenant.
    #[must_use]
    pub fn with_project(mut self, project: &str) -> Self {
        Arc::make_mut(&mut self.0).project = Some(project.to_owned());
        self
    }

    /// Names the current, shared value of `key` in this folder.
    pub fn secret(&self, key: &str) -> SecretAddress {
        let project = self.project().unwrap_or_default();
        let parts = [self.scheme(), project, self.environment(), self.path(), key];
        SecretAddress::assemble(parts, None, SecretType::Shared)
    }

    /// Returns the scheme, in lower case, which chooses the source.
    pub fn scheme(&self) -> &str {
        &self.0.scheme
    }

    /// Returns the project id, slug or tenant; `None` leaves the choice to the source.
    pub fn project(&self) -> Option<&str> {
        self.0.project.as_deref()
    }

    /// Returns the environment's slug.
    pub fn environment(&self) -> &str {
        &self.0.environment
    }

    /// Returns the absolute path, `/` for the root.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    pub(crate) fn from_parts(
        scheme: &str,
        project: Option<&str>,
        environment: &str,
        path: &str,
    ) -> Self {
        Self(Arc::new(Parts {
            scheme: scheme.to_owned(),
            project: project.map(str::to_owned),
            environment: environment.to_owned(),
            path: path.to_owned(),
        }))
    }
}

/// Prints the canonical folder reference, which ends in `/`.
impl fmt::Display for FolderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://", self.scheme())?;
        if let Some(project) = self.project() {
            write!(f, "{}@", encoded_authority(project))?;
        }
        write!(f, "{}", encoded_authority(self.environment()))?;
        for segment in self.path().split('/').filter(|segment| !segment.is_empty()) {
            write!(f, "/{}", encoded_segment(segment))?;
        }
        f.write_str("/")
    }
}

impl fmt::Debug for FolderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FolderAddress({self})")
    }
}
